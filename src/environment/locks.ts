import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '../errors.ts';
import { PYTHON_SOURCES } from './python-sources.ts';

/** A locked list of packages for one version of evals, evals itself included: every one pinned and hashed. */
export interface Lock {
  readonly evalsVersion: string;
  /** Absolute path, in the format of pip's requirements files. */
  readonly file: string;
  readonly text: string;
}

const LOCKS = join(PYTHON_SOURCES, 'requirements');
const LOCK_NAME = /^evals-(.+)\.txt$/;

/** The versions of evals that can be installed: those there is a lock for. */
export async function supportedEvalsVersions(): Promise<string[]> {
  const names = await readdir(LOCKS);
  return names
    .map((name) => LOCK_NAME.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .sort();
}

/** @throws ActionError EVALS_UNSUPPORTED when there is no lock for this version. */
export async function lockFor(evalsVersion: string): Promise<Lock> {
  const supported = await supportedEvalsVersions();
  if (!supported.includes(evalsVersion)) {
    throw new ActionError(
      'EVALS_UNSUPPORTED',
      `evals ${evalsVersion} cannot be installed: there is a locked list of packages for ${supported.join(', ')} only.`,
      `Set \`evals-version\` to ${supported.join(' or ')}, or leave it empty, install evals ${evalsVersion} in a step before this one, and point \`python\` at that interpreter.`,
    );
  }
  const file = join(LOCKS, `evals-${evalsVersion}.txt`);
  return { evalsVersion, file, text: await readFile(file, 'utf8') };
}
