/** Whether an attempt at an eval ended with a result that can be relied on. Pure: it reads and changes nothing. */

import type { MetricValue } from '../model/completion-record.ts';
import { wholeNumber } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { Exit } from '../process/group.ts';
import type { RecordSummary } from '../record/record-file.ts';
import type { AttemptOutput } from './attempt-output.ts';
import { describeFailure, isOfApiClient, type PythonFailure } from './failure-cause.ts';

export interface AttemptFacts {
  readonly planned: PlannedEval;
  readonly exit: Exit;
  /** Undefined when there is no record file. */
  readonly record: RecordSummary | undefined;
  readonly output: Pick<AttemptOutput, 'evaluated' | 'interrupted' | 'lost'>;
  /** The Python exception that ended it, when it printed one. */
  readonly failure: PythonFailure | undefined;
  /** Requests that the API has not answered and will not. */
  readonly unanswered: number;
  /** The last refusal of the API, in its words. */
  readonly refusal: string | undefined;
}

/**
 * `exit`: the eval itself says so. `no-report`, `no-samples`: it says nothing. `unanswered`: the API did not answer. `record`:
 * the result may be right, but it was not recorded whole; no answer has a part in that.
 */
export type FailureCause = 'exit' | 'no-report' | 'unanswered' | 'record' | 'no-samples';

export type Judgement =
  | {
      readonly kind: 'done';
      readonly metrics: Readonly<Record<string, MetricValue>>;
      /** Samples that were evaluated; null when nothing says how many. */
      readonly samples: number | null;
      readonly record: RecordSummary;
    }
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      /** What happened and why, as a clause. */
      readonly reason: string;
    };

export function judgeAttempt(facts: AttemptFacts): Judgement {
  const { planned, exit, record, output, unanswered, refusal } = facts;
  if (exit.signal) return { kind: 'failed', cause: 'exit', reason: `it was killed by ${exit.signal}` };
  if (exit.code !== 0) return { kind: 'failed', cause: 'exit', reason: whyItExited(facts) };
  if (!record?.finalReport) {
    const why = record?.problem ? ` (${record.problem})` : '';
    const reason = `oaieval exited with code 0 but recorded no final report${why}, so its result is not known`;
    return { kind: 'failed', cause: 'no-report', reason };
  }
  if (unanswered > 0) {
    const reason = `${wholeNumber(unanswered)} of its requests were not answered by the API, and it reported a result without them${refusal === undefined ? '' : `: ${refusal}`}`;
    return { kind: 'failed', cause: 'unanswered', reason };
  }
  const missing = whatIsMissing(record, output);
  if (missing) return { kind: 'failed', cause: 'record', reason: missing };
  const samples = record.samples ?? output.evaluated ?? planned.samples;
  if (evaluatedNothing(record, samples)) return { kind: 'failed', cause: 'no-samples', reason: NO_SAMPLES };
  return { kind: 'done', metrics: record.finalReport, samples, record };
}

function whyItExited({ exit, failure, refusal }: AttemptFacts): string {
  const exception = failure && `it ended with ${describeFailure(failure)}`;
  // What an eval has caught need not be what ended it.
  if (exception && refusal !== undefined && !isOfApiClient(failure))
    return `${exception}, and before that the API refused a request: ${refusal}`;
  if (refusal !== undefined) return `the API refused a request: ${refusal}`;
  return exception ?? `oaieval exited with code ${exit.code}`;
}

const NO_SAMPLES =
  'it evaluated no sample, so its report is about nothing: check that the data file it reads has samples, and --max_samples';

/** Events of a batch that evals writes while it runs (evals/record.py, MIN_FLUSH_EVENTS). */
const BATCH = 100;

function whatIsMissing(record: RecordSummary, output: AttemptFacts['output']): string | undefined {
  if (output.lost) return `its last events could not be recorded: ${output.lost}`;
  if (record.problem)
    return `its record is not whole, which happens when the disk is full: ${record.problem}`;
  if (output.interrupted) return `it was interrupted: its report covers ${output.interrupted}`;
  // A class need not record an event for each sample. But one that records any records the last of them behind its report,
  // unless that one filled a batch.
  const { evaluated = 0 } = output;
  if (
    record.samples !== null &&
    record.samples < evaluated &&
    record.endsWithReport &&
    record.events >= BATCH
  )
    return `its record is not whole: it has events of ${wholeNumber(record.samples)} of the ${wholeNumber(evaluated)} samples that were evaluated, and none behind the report`;
  return undefined;
}

/**
 * Whether a result is about no sample at all. A class that records no events has none in its record either, so it has to be
 * known otherwise: evals said how many samples it evaluates, the data file has none, or what it reports is no number.
 */
function evaluatedNothing(
  { samples: recorded, finalReport = {} }: RecordSummary,
  known: number | null,
): boolean {
  if (recorded !== null) return false;
  if (known !== null) return known === 0;
  const values = Object.values(finalReport);
  return values.includes('NaN') && values.every((value) => value === 'NaN' || value === 0 || value === null);
}
