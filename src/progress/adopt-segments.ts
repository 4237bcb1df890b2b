/** Adds the sealed journal segments of one state to another. Nothing in the other state is trusted. */
import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, PRIVATE_FILE } from './directories.ts';
import { checksumOfFile, linkOrCopy } from './durable.ts';
import { headerOfFile } from './journal-header.ts';
import type { JournalLimits } from './journal-limits.ts';
import { journalNames, lastNumber, segmentFiles } from './journal-segment.ts';
import { evalFileStem, type StatePaths } from './paths.ts';

export interface Adoption {
  /** Journals of other repositories are left out. */
  readonly repository: string;
  /** Keys of the evals whose journals can be used; undefined when that is unknown, so that all are adopted. */
  readonly evals?: readonly string[] | undefined;
}

/** @returns what was left out; undefined when nothing was */
export function adoptSegments(
  from: StatePaths,
  to: StatePaths,
  { repository, evals }: Adoption,
  limits: JournalLimits,
): string | undefined {
  const wanted = evals && new Set(evals.map(evalFileStem));
  const names = journalNames(from.journal, limits.journals);
  if (names.length > limits.journals) return `more than ${limits.journals} journals`;
  let excessive = 0;
  let foreign = 0;
  for (const name of names.filter((it) => wanted?.has(it) ?? true)) {
    const theirs = segmentFiles(join(from.journal, name), limits.segments);
    if (theirs.length > limits.segments) {
      excessive += 1;
      continue;
    }
    const own = theirs.filter(({ path }) => isSegmentOf(path, name, repository));
    foreign += theirs.length - own.length;
    if (own.length > 0) addSegments(own, join(to.journal, name));
  }
  const reasons = [
    ...(excessive > 0 ? [`journals with more than ${limits.segments} segments (${excessive})`] : []),
    ...(foreign > 0 ? [`files that are not journals of their evals (${foreign})`] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(' and ');
}

/** Whether the header of a segment names this eval, whatever content of it the responses belong to. */
function isSegmentOf(path: string, evalStem: string, repository: string): boolean {
  const owner = headerOfFile(path)?.owner;
  return owner?.repository === repository && evalFileStem(owner.eval) === evalStem;
}

function addSegments(theirs: readonly { readonly path: string }[], target: string): void {
  const present = new FileContents(segmentFiles(target).map(({ path }) => path));
  let number = lastNumber(target);
  for (const { path } of theirs) {
    if (present.has(path)) continue;
    number += 1;
    makeDirectory(target);
    const added = join(target, `${number}.jsonl`);
    linkOrCopy(path, added);
    chmodSync(added, PRIVATE_FILE);
  }
}

/** The contents of some files. Reads only files of the same size, and each of them once. */
class FileContents {
  readonly #bySize: ReadonlyMap<number, readonly string[]>;
  readonly #checksums = new Map<number, ReadonlySet<number>>();

  constructor(paths: readonly string[]) {
    this.#bySize = Map.groupBy(paths, (path) => lstatSync(path).size);
  }

  /** Whether one of them has the same content as this file. */
  has(path: string): boolean {
    const { size } = lstatSync(path);
    const sameSize = this.#bySize.get(size);
    if (!sameSize) return false;
    const checksums = this.#checksums.get(size) ?? new Set(sameSize.map(checksumOfFile));
    this.#checksums.set(size, checksums);
    return checksums.has(checksumOfFile(path));
  }
}
