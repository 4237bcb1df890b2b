/**
 * Builds dist/. First tsc compiles src/ to lib/, because ncc cannot compile TypeScript 7 itself. Then ncc bundles each entry,
 * and the licences of the bundled packages are written next to it. (ncc writes only those of one file, and a bundle with a
 * dynamic import has several.) The script and the style of report.html are built beside them. `--check` only compares dist/ with a fresh build.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type BundledModule, licencesOf } from './licences.ts';
import { writePageAssets } from './page-assets.ts';

const root = join(import.meta.dirname, '..');
const entries = ['main', 'post', 'merge', 'comment', 'compare', 'cache-worker'] as const;

async function build(target: string): Promise<void> {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  for (const entry of entries) {
    const directory = join(target, entry);
    const stats = join(root, 'lib', `${entry}.stats.json`);
    const options = ['--out', directory, '--stats-out', stats, '--quiet'];
    execFileSync('ncc', ['build', join(root, 'lib', `${entry}.js`), ...options], { stdio: 'inherit' });
    const { modules } = JSON.parse(readFileSync(stats, 'utf8')) as { modules: BundledModule[] };
    writeFileSync(join(directory, 'licenses.txt'), licencesOf(modules));
  }
  await writePageAssets(join(target, 'report'));
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

/** Replaces the files of `target` with those of `fresh`. Each is renamed into place: a running test never reads half a file. */
function replace(target: string, fresh: string): void {
  const files = contents(fresh);
  for (const [path, text] of contents(target)) {
    if (files.get(path) === text) files.delete(path);
    else if (!files.has(path)) rmSync(join(target, path));
  }
  for (const path of files.keys()) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    const half = join(target, `${path}.new`);
    copyFileSync(join(fresh, path), half);
    renameSync(half, join(target, path));
  }
}

const dist = join(root, 'dist');
const fresh = mkdtempSync(join(tmpdir(), 'dist-'));
try {
  await build(fresh);
  if (!process.argv.includes('--check')) {
    replace(dist, fresh);
  } else {
    const [expected, actual] = [contents(fresh), contents(dist)];
    const stale = [...new Set([...expected.keys(), ...actual.keys()])].filter(
      (f) => expected.get(f) !== actual.get(f),
    );
    if (stale.length > 0) {
      console.error(
        `dist/ is stale: a fresh build of src/ differs in ${stale.join(', ')}.\nRun 'npm run build' and commit dist/.`,
      );
      process.exitCode = 1;
    } else {
      console.log(`dist/ is up to date (${expected.size} files).`);
    }
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
