/**
 * Builds dist/: tsc emits lib/, ncc bundles each entry (it cannot compile TypeScript 7 itself), and the licences of
 * what was bundled are put beside it. `--check` builds into a temporary directory instead and compares.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ncc from '@vercel/ncc';

const root = join(import.meta.dirname, '..');
const entries = ['main', 'post', 'cache-worker'] as const;

async function build(target: string): Promise<void> {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  rmSync(target, { recursive: true, force: true });
  for (const entry of entries) {
    const { code, assets } = await ncc(join(root, 'lib', `${entry}.js`), { license: 'licenses.txt', quiet: true });
    const directory = join(target, entry);
    cpSync(join(root, 'package.json'), join(directory, 'package.json'));
    writeFileSync(join(directory, 'package.json'), '{\n  "type": "module"\n}\n');
    writeFileSync(join(directory, 'index.js'), code);
    for (const [name, asset] of Object.entries(assets)) {
      if (name !== 'package.json') writeFileSync(join(directory, name), asset.source);
    }
  }
}

function contents(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  return new Map(
    files.map((f) => {
      const path = join(f.parentPath, f.name);
      return [relative(directory, path), readFileSync(path, 'latin1')];
    }),
  );
}

const dist = join(root, 'dist');
if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'dist-check-'));
  try {
    await build(fresh);
    const [expected, actual] = [contents(fresh), contents(dist)];
    const stale = [...new Set([...expected.keys(), ...actual.keys()])].filter((f) => expected.get(f) !== actual.get(f));
    if (stale.length > 0) {
      console.error(`dist/ is not what src/ builds to: ${stale.join(', ')}\nRun 'npm run build' and commit dist/.`);
      process.exitCode = 1;
    } else {
      console.log(`dist/ is fresh: ${expected.size} files compared`);
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  await build(dist);
}
