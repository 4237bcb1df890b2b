/** The version in package.json and package-lock.json. The action reads it from package.json when it runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Package {
  readonly version: string;
}

interface Lock extends Package {
  readonly packages: Readonly<Record<string, Package>>;
}

// No package checks these files: the workflow tags a release without installing any.
function packageOf(root: string): Package {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
}

function lockOf(root: string): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
}

export function packageVersion(root: string): string {
  return packageOf(root).version;
}

/** The lock names the version twice. */
export function lockedVersions(root: string): string[] {
  const { version, packages } = lockOf(root);
  return [version, packages['']?.version ?? '(none)'];
}

export function writeVersion(root: string, version: string): void {
  const write = (name: string, content: object) =>
    writeFileSync(join(root, name), `${JSON.stringify(content, null, 2)}\n`);
  write('package.json', { ...packageOf(root), version });
  const lock = lockOf(root);
  write('package-lock.json', {
    ...lock,
    version,
    packages: { ...lock.packages, '': { ...lock.packages[''], version } },
  });
}
