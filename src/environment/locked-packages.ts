import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '../errors.ts';
import { REQUIREMENTS } from './python-sources.ts';

/** All packages to install for a version of evals, evals included. Each has an exact version and hashes. */
export interface LockedPackages {
  readonly evalsVersion: string;
  /** Absolute path of the list, in the format of pip's requirements files. */
  readonly file: string;
  readonly text: string;
}

const FILE_NAME = /^evals-(.+)\.txt$/;

/** The versions of evals that the action can install. */
export async function supportedEvalsVersions(): Promise<string[]> {
  const names = await readdir(REQUIREMENTS);
  return names
    .map((name) => FILE_NAME.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .sort();
}

/** @throws ActionError EVALS_UNSUPPORTED when there is no locked list for this version. */
export async function lockedPackagesFor(evalsVersion: string): Promise<LockedPackages> {
  const supported = await supportedEvalsVersions();
  if (!supported.includes(evalsVersion)) {
    throw new ActionError(
      'EVALS_UNSUPPORTED',
      `The action cannot install evals ${evalsVersion}: it has a locked list of packages for ${supported.join(', ')} only.`,
      `Set \`evals-version\` to ${supported.join(' or ')}, or leave it empty, install evals ${evalsVersion} in a step before this one, and set \`python\` to that interpreter.`,
    );
  }
  const file = join(REQUIREMENTS, `evals-${evalsVersion}.txt`);
  return { evalsVersion, file, text: await readFile(file, 'utf8') };
}
