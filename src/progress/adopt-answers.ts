/** Takes over the kept answers of another state, which others may have written. */
import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Adoption } from './adopt-segments.ts';
import { makeDirectory, PRIVATE_FILE } from './directories.ts';
import { isAhead } from './doubt.ts';
import { linkOrCopy, TEMPORARY } from './durable.ts';
import { headerOfFile } from './journal-header.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import { answerFiles, evalFileStem, type StatePaths } from './paths.ts';
import { sizeOfFile } from './untrusted-files.ts';

interface AnswerAdoption {
  readonly maxBytes: number;
  readonly now: Date;
}

/**
 * Of two files of one eval the newer one counts, in whatever order states are merged.
 * @returns what was left out; undefined when nothing was
 */
export function adoptAnswers(
  from: StatePaths,
  to: StatePaths,
  { repository, evals }: Adoption,
  { maxBytes, now }: AnswerAdoption,
): string | undefined {
  const wanted = evals && new Set(evals.map((key) => `${evalFileStem(key)}.jsonl`));
  const names = answerFiles(from, JOURNAL_LIMITS.journals);
  if (names.length > JOURNAL_LIMITS.journals)
    return `kept answers of more than ${JOURNAL_LIMITS.journals} evals`;
  let foreign = 0;
  for (const name of names.filter((each) => wanted?.has(each) ?? true)) {
    const source = join(from.answers, name);
    const header = lstatSync(source).size > maxBytes ? undefined : headerOfFile(source);
    if (header?.owner.repository !== repository || `${evalFileStem(header.owner.eval)}.jsonl` !== name) {
      foreign += 1;
      continue;
    }
    const target = join(to.answers, name);
    if (sizeOfFile(target) >= 0 && !isNewer(header.made, headerOfFile(target)?.made ?? 0, now)) continue;
    replaceWith(source, target, to);
  }
  return foreign === 0 ? undefined : `files that are not kept answers of their evals (${foreign})`;
}

/** What is dated in the future is of a wrong clock: otherwise it would win until that date. */
function isNewer(theirs: number, ours: number, now: Date): boolean {
  const time = (made: number) => (isAhead(made, now) ? 0 : made);
  return time(theirs) > time(ours);
}

function replaceWith(source: string, target: string, { answers }: StatePaths): void {
  makeDirectory(answers);
  const temporary = `${target}${TEMPORARY}`;
  rmSync(temporary, { force: true });
  linkOrCopy(source, temporary);
  chmodSync(temporary, PRIVATE_FILE);
  renameSync(temporary, target);
}
