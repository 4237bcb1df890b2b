/** Git in one repository. Its errors are those that git prints. */
import { execFileSync } from 'node:child_process';

/** @throws Error with what git printed */
export function git(root: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  } catch (error) {
    const printed = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`git ${args.join(' ')} failed: ${printed || String(error)}`);
  }
}

/** The changed and untracked files, one a line; empty if there are none. */
export function changedFiles(root: string): string {
  return git(root, 'status', '--porcelain');
}

/** The commits of all tags of `origin`. An annotated tag counts as the commit to which it points. */
export function remoteTags(root: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of git(root, 'ls-remote', '--tags', 'origin').split('\n').filter(Boolean)) {
    const [commit = '', ref = ''] = line.split('\t');
    // The line of the tag itself comes first, and that of its commit, `refs/tags/v1^{}`, replaces it.
    tags.set(ref.replace('refs/tags/', '').replace('^{}', ''), commit);
  }
  return tags;
}
