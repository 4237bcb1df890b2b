/** What the job summary says of a run besides its results. Pure. */
import type { ApiTrouble } from '../model/api-trouble.ts';
import type { Results } from '../model/results.ts';
import { type ClosingMessage, RESUME, whatHappened } from './closing-message.ts';
import { describeKept } from './describe-results.ts';
import { describeAtEnd, describeAtKill } from './describe-trouble.ts';

/** Each is one or several whole sentences. */
export interface Remarks {
  /** What is unusual about the run. */
  readonly notes: readonly string[];
  /** What to do; empty when the run passed. */
  readonly next: string;
}

export interface RunEnd {
  /** Why the run did not pass; undefined when it did. */
  readonly closing: ClosingMessage | undefined;
  /** The trouble of the API that lasted when the run ended, or else the longest. `closing` describes it, if there is one. */
  readonly trouble: ApiTrouble | undefined;
  /** What else is unusual, in whole sentences. */
  readonly notes: readonly string[];
}

export function remarksOf({ closing, trouble, notes: others }: RunEnd): Remarks {
  const ending = closing ? whatHappened(closing) : trouble && describeAtEnd(trouble);
  const notes = [ending ?? '', ...others].filter((note) => note !== '');
  return { notes, next: closing?.next ?? '' };
}

/** Of a step that was killed. */
export function interruptionRemarks(results: Results, trouble: ApiTrouble | undefined): Remarks {
  const uncounted =
    results.totals.evals.pending > 0 ? 'Requests of evals that were running then are not counted.' : '';
  const notes = [
    'The step was interrupted.',
    trouble ? describeAtKill(trouble) : '',
    describeKept(results),
    uncounted,
  ];
  return { notes: [notes.filter((note) => note !== '').join(' ')], next: RESUME };
}
