/** The git repository in which a workflow runs under act. */
import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ownRepository = join(import.meta.dirname, '../..');

/** What no workflow needs. act copies the repository for each job. */
const LEFT_OUT = [':!.github', ':!bench', ':!demo', ':!src/*.ts', ':!test'];

/**
 * Makes a git repository at `directory` with the files of `source` as they are on disk, tracked and untracked, but without
 * ignored files and without those that are left out. `files` are added, or replace others, by path.
 */
export async function makeRepository(
  directory: string,
  files: Readonly<Record<string, string>> = {},
  source: string = ownRepository,
): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await git(source, [...list, '--', '.', ...LEFT_OUT]);
  const deleted = await git(source, ['ls-files', '-z', '--deleted']);
  const gone = new Set(deleted.stdout.split('\0'));
  for (const path of stdout.split('\0')) {
    if (path !== '' && !gone.has(path))
      await cp(join(source, path), join(directory, path), { recursive: true });
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await git(directory, ['init', '--quiet', '--initial-branch=main']);
  await git(directory, ['remote', 'add', 'origin', 'https://github.com/octo-org/octo-repo.git']);
  await commit(directory);
}

/** Commits everything in the repository. */
export async function commit(directory: string): Promise<void> {
  await git(directory, ['add', '--all', '--force']);
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  await git(directory, [...author, 'commit', '--quiet', '--allow-empty', '--no-verify', '--message', 'test']);
}

function git(directory: string, args: readonly string[]): Promise<{ stdout: string }> {
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return run('git', ['-C', directory, ...args], {
    env: Object.fromEntries(ours),
    maxBuffer: 64 * 1024 * 1024,
  });
}
