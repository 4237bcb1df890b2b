/** The tags of a release. They are pushed as they are, without local tags: what counts is what GitHub has. */
import { git, remoteTags } from './git.ts';
import { tagProblems } from './problems.ts';
import type { Version } from './version.ts';

/**
 * Tags the commit that is checked out, unless its tag exists.
 * @throws Error when the tag is at another commit, or a newer release exists
 */
export function pushTag(root: string, version: Version): void {
  const commit = git(root, 'rev-parse', 'HEAD');
  requireFree(version, commit, root);
  git(root, 'push', 'origin', `${commit}:refs/tags/${version.tag}`);
}

/**
 * Moves the tag of the major version to the released commit.
 * @throws Error when the release has no tag, or a newer one exists
 */
export function moveMajorTag(root: string, version: Version): void {
  const commit = remoteTags(root).get(version.tag);
  if (commit === undefined)
    throw new Error(
      `origin has no tag ${version.tag}. Tag the release before ${version.majorTag} moves to it.`,
    );
  requireFree(version, commit, root);
  git(root, 'push', '--force', 'origin', `${commit}:refs/tags/${version.majorTag}`);
}

function requireFree(version: Version, commit: string, root: string): void {
  const problems = tagProblems(version, commit, remoteTags(root));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
