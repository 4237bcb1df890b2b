/** What is said of an eval whose next run used its kept answers. Pure. */
import type { CompletionRecord, ReusedAnswers } from '../model/completion-record.ts';
import { counted, minuteText, wholeNumber } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import { compareText } from '../text.ts';

type Requests = NonNullable<CompletionRecord['requests']>;

/** `998 of 1,000 answers reused`, `2 sent`; without kept answers `2 requests sent`, `998 replayed`. */
export function describeRequests({ sent, replayed }: Requests, reused: ReusedAnswers | undefined): string[] {
  if (!reused)
    return [
      ...(sent > 0 ? [`${counted(sent, 'request')} sent`] : []),
      ...(replayed > 0 ? [`${wholeNumber(replayed)} replayed`] : []),
    ];
  const resumed = replayed - reused.count;
  return [
    reusedOf(sent + replayed, reused),
    ...(resumed > 0 ? [`${wholeNumber(resumed)} replayed`] : []),
    `${wholeNumber(sent)} sent`,
  ];
}

/** `998 of 1,000 answers reused, the oldest of 2026-11-27 14:00 UTC`; empty without kept answers. */
export function describeReused({ requests, reusedAnswers: reused }: Completed): string {
  return reused
    ? `${reusedOf(allOf(requests, reused), reused)}, the oldest of ${minuteText(reused.oldest)}`
    : '';
}

/** The same of all evals with kept answers together. */
export function reusedAnswerLines({ evals }: Pick<Results, 'evals'>): string[] {
  const reusing = evals.flatMap(({ requests, reusedAnswers: reused }) =>
    reused ? [{ reused, all: allOf(requests, reused) }] : [],
  );
  const [oldest] = reusing.map(({ reused }) => reused).toSorted((a, b) => compareText(a.oldest, b.oldest));
  if (!oldest) return [];
  const count = reusing.reduce((sum, { reused }) => sum + reused.count, 0);
  const all = reusing.reduce((sum, each) => sum + each.all, 0);
  const text = reusedOf(all, { ...oldest, count });
  return [
    `${text} from earlier runs in ${counted(reusing.length, 'eval')}, the oldest of ${minuteText(oldest.oldest)}.`,
  ];
}

type Completed = Pick<CompletionRecord, 'requests' | 'reusedAnswers'>;

function allOf(requests: Completed['requests'], { count }: ReusedAnswers): number {
  return requests ? requests.sent + requests.replayed : count;
}

function reusedOf(all: number, { count }: ReusedAnswers): string {
  return `${wholeNumber(count)} of ${counted(all, 'answer')} reused`;
}
