import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionError } from '../errors.ts';
import { REQUIREMENTS } from './python-sources.ts';

/** All packages that may be installed for a version of evals, evals included. Each has an exact version and hashes. */
export interface LockedPackages {
  readonly evalsVersion: string;
  /** The list, in the format of pip's requirements files. */
  readonly text: string;
  readonly groups: PackageGroups;
}

/** Which of the packages are installed when. scripts/package-groups.py makes it. */
export type PackageGroups = z.infer<typeof GROUPS>;

const GROUPS = z.object({
  /** The packages that every eval needs. */
  core: z.array(z.string()),
  /** By the name of a module that suites of evals import: the packages that it needs besides the core. */
  imports: z.record(z.string(), z.array(z.string())),
});

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
export async function requireSupportedVersion(evalsVersion: string): Promise<void> {
  const supported = await supportedEvalsVersions();
  if (supported.includes(evalsVersion)) return;
  throw new ActionError(
    'EVALS_UNSUPPORTED',
    `The input evals-version is ${JSON.stringify(evalsVersion)}, but the action can install only ${supported.join(', ')}.`,
    `Set evals-version to ${supported.join(' or ')}. To use another version, leave evals-version empty, install evals in a step before this one, and set python to that interpreter.`,
  );
}

/** @throws ActionError EVALS_UNSUPPORTED when there is no locked list for this version. */
export async function lockedPackagesFor(evalsVersion: string): Promise<LockedPackages> {
  await requireSupportedVersion(evalsVersion);
  const [text, groups] = await Promise.all(
    ['txt', 'groups.json'].map((type) =>
      readFile(join(REQUIREMENTS, `evals-${evalsVersion}.${type}`), 'utf8'),
    ),
  );
  return { evalsVersion, text: text ?? '', groups: GROUPS.parse(JSON.parse(groups ?? '')) };
}

/** The part of the list that every eval needs, or those of it that are wanted. */
export function corePackages(
  { text, groups }: LockedPackages,
  isWanted: (name: string) => boolean = () => true,
): string {
  const core = new Set(groups.core);
  return requirements(text, (name) => core.has(name) && isWanted(name));
}

/**
 * The part of the list that these modules need besides the core; empty when the core has everything.
 * @param modules top-level names. Everything is needed when the list does not know one of them.
 */
export function furtherPackages(
  { text, groups }: LockedPackages,
  modules: readonly string[] | 'all',
): string {
  const core = new Set(groups.core);
  if (modules === 'all' || !modules.every((name) => Object.hasOwn(groups.imports, name)))
    return requirements(text, (name) => !core.has(name));
  const needed = new Set(modules.flatMap((name) => groups.imports[name] ?? []));
  return requirements(text, (name) => needed.has(name));
}

/** A requirement has several lines, of which all but the first begin with a blank. */
function requirements(text: string, isWanted: (name: string) => boolean): string {
  const wanted = text.split(/\n(?=\S)/).filter((requirement) => {
    const name = /^([\w.-]+)==/.exec(requirement)?.[1];
    return name !== undefined && isWanted(name);
  });
  return wanted.map((requirement) => `${requirement.trimEnd()}\n`).join('');
}
