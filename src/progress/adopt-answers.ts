/** Takes over the kept answers of another state, which others may have written. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Adoption } from './adopt-segments.ts';
import { makeDirectory } from './directories.ts';
import { plausibleTime } from './doubt.ts';
import { replaceByLink } from './durable.ts';
import { headerOfFile } from './journal-header.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import { answerFiles, answersFileName, type StatePaths } from './paths.ts';
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
  const wanted = evals && new Set(evals.map(answersFileName));
  const names = answerFiles(from, JOURNAL_LIMITS.journals);
  if (names.length > JOURNAL_LIMITS.journals)
    return `kept answers of more than ${JOURNAL_LIMITS.journals} evals`;
  let foreign = 0;
  for (const name of names.filter((each) => wanted?.has(each) ?? true)) {
    const source = join(from.answers, name);
    const header = lstatSync(source).size > maxBytes ? undefined : headerOfFile(source);
    if (header?.owner.repository !== repository || answersFileName(header.owner.eval) !== name) {
      foreign += 1;
      continue;
    }
    const target = join(to.answers, name);
    if (sizeOfFile(target) >= 0) {
      const ours = headerOfFile(target)?.made ?? 0;
      if (plausibleTime(header.made, now) <= plausibleTime(ours, now)) continue;
    }
    makeDirectory(to.answers);
    replaceByLink(source, target);
  }
  return foreign === 0 ? undefined : `files that are not kept answers of their evals (${foreign})`;
}
