/** What keeps a commit from being released. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogProblems } from './changelog.ts';
import { changedFiles, git, remoteTags } from './git.ts';
import { lockedVersions, packageVersion } from './package-version.ts';
import { documentsOf, otherPins } from './pins.ts';
import { isNewer, type Version, versionOfTag } from './version.ts';

/** All problems, so that one run of the workflow names everything that has to be changed. */
export function releaseProblems(root: string, version: Version): string[] {
  return [
    ...treeProblems(root),
    ...versionProblems(root, version),
    ...changelogProblems(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version),
    ...pinProblems(root, version),
    ...tagProblems(version, git(root, 'rev-parse', 'HEAD'), remoteTags(root)),
  ];
}

/** The release is what others have reviewed and tested: the newest commit of main, and nothing else. */
function treeProblems(root: string): string[] {
  const changed = changedFiles(root);
  const [, newest = ''] = /^(\w+)/.exec(git(root, 'ls-remote', 'origin', 'refs/heads/main')) ?? [];
  const head = git(root, 'rev-parse', 'HEAD');
  return [
    ...(changed === '' ? [] : [`The working tree has changes:\n${changed}`]),
    ...(head === newest
      ? []
      : [`The commit ${short(head)} is not the newest commit of main, ${short(newest)}. Release from main.`]),
  ];
}

function versionProblems(root: string, version: Version): string[] {
  const files = [
    ['package.json', [packageVersion(root)]],
    ['package-lock.json', lockedVersions(root)],
  ] as const;
  return files.flatMap(([name, found]) => {
    const other = found.find((each) => each !== version.text);
    return other === undefined ? [] : [`${name} has the version ${other}, not ${version.text}.`];
  });
}

function pinProblems(root: string, { tag }: Version): string[] {
  return documentsOf(root).flatMap((name) =>
    otherPins(readFileSync(join(root, name), 'utf8'), tag).map(
      ({ line, text }) => `${name}:${line} uses ${text}, not the release ${tag}.`,
    ),
  );
}

/** A tag at this very commit is no problem: a release that was interrupted is run again. */
export function tagProblems(version: Version, commit: string, tags: ReadonlyMap<string, string>): string[] {
  const tagged = tags.get(version.tag);
  if (tagged === commit) return newerProblems(version, tags);
  if (tagged !== undefined)
    return [
      `The tag ${version.tag} exists at the commit ${short(tagged)}, not ${short(commit)}. Release the next version.`,
    ];
  return newerProblems(version, tags);
}

/** The tag of the major version would move back. */
function newerProblems(version: Version, tags: ReadonlyMap<string, string>): string[] {
  const newer = [...tags.keys()].find((tag) => {
    const other = versionOfTag(tag);
    return other?.majorTag === version.majorTag && isNewer(other, version);
  });
  return newer === undefined
    ? []
    : [`${newer} is released and newer than ${version.text}. ${version.majorTag} would move back.`];
}

function short(commit: string): string {
  return commit === '' ? '(none)' : commit.slice(0, 9);
}
