/** Writes the version into the files of the commit that will be tagged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseChangelog } from './changelog.ts';
import { changedFiles, git } from './git.ts';
import { packageVersion, writeVersion } from './package-version.ts';
import { documentsOf, pinTo } from './pins.ts';
import { isNewer, parseVersion, type Version } from './version.ts';

/**
 * Changes nothing when it throws.
 * @returns the changed files
 * @throws Error that says why the version cannot be released from this working tree
 */
export function prepareRelease(root: string, version: Version, date: string): string[] {
  const changed = changedFiles(root);
  if (changed !== '')
    throw new Error(
      `The working tree has changes. Commit or stash them, so that the release is one commit:\n${changed}`,
    );
  const current = packageVersion(root);
  if (isNewer(parseVersion(current), version))
    throw new Error(`package.json has the newer version ${current}. Release a later one than that.`);
  if (git(root, 'tag', '--list', version.tag) !== '')
    throw new Error(`The tag ${version.tag} exists: ${version.text} is released. Release the next version.`);
  const changelog = join(root, 'CHANGELOG.md');
  writeFileSync(changelog, releaseChangelog(readFileSync(changelog, 'utf8'), version, date));
  writeVersion(root, version.text);
  for (const name of documentsOf(root)) {
    const path = join(root, name);
    const text = readFileSync(path, 'utf8');
    const pinned = pinTo(text, version.tag);
    if (pinned !== text) writeFileSync(path, pinned);
  }
  return git(root, 'diff', '--name-only').split('\n');
}
