/** Finds the Pythons on this machine for which the action can install evals. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NEWEST_MINOR, OLDEST_MINOR } from '../../src/environment/locked-venv.ts';

export interface FoundPython {
  /** `3.9` */
  readonly name: string;
  /** `3.9.18` */
  readonly version: string;
  /** A path, or a name on PATH. */
  readonly path: string;
}

/** `3.9`, `3.10`… */
export const PYTHON_NAMES: readonly string[] = Array.from(
  { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
  (_, index) => `3.${OLDEST_MINOR + index}`,
);

/** One Python of each of these versions that the machine has, oldest first. */
export function findPythons(names: readonly string[] = PYTHON_NAMES): FoundPython[] {
  return names.flatMap((name) => {
    for (const path of candidates(name)) {
      const version = versionOf(path);
      if (version?.startsWith(`${name}.`)) return [{ name, version, path }];
    }
    return [];
  });
}

/** On PATH, in the tool cache of a GitHub runner, and among the versions of pyenv. */
function candidates(name: string): string[] {
  const { RUNNER_TOOL_CACHE: toolCache, PYENV_ROOT: pyenv = join(homedir(), '.pyenv') } = process.env;
  return [
    `python${name}`,
    ...(toolCache ? versionsIn(join(toolCache, 'Python'), name, `${process.arch}/bin/python`) : []),
    ...versionsIn(join(pyenv, 'versions'), name, 'bin/python'),
  ];
}

function versionsIn(directory: string, name: string, python: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((version) => version.startsWith(`${name}.`))
    .map((version) => join(directory, version, python));
}

/** @returns undefined for a Python that does not start, such as a shim of pyenv for a version that is not active */
function versionOf(path: string): string | undefined {
  const program = 'import platform; print(platform.python_version())';
  try {
    return execFileSync(path, ['-c', program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
