/** Whether an attempt ended with a result that is valid. Pure. */
import type { MetricValue } from '../model/completion-record.ts';
import { wholeNumber } from '../model/format.ts';
import { describeLost, type LostRequest } from '../model/lost-request.ts';
import type { PlannedEval } from '../model/plan.ts';
import { isOfApiClient } from '../model/python-code.ts';
import type { Exit } from '../process/group.ts';
import type { RecordSummary } from '../record/record-file.ts';
import { shorten } from '../text.ts';
import type { AttemptOutput } from './attempt-output.ts';
import { describeFailure, type PythonFailure } from './failure-cause.ts';

export interface AttemptFacts {
  readonly planned: PlannedEval;
  readonly exit: Exit;
  /** Undefined when there is no record file. */
  readonly record: RecordSummary | undefined;
  readonly output: Pick<AttemptOutput, 'evaluated' | 'interrupted' | 'lost' | 'sample' | 'lastLine'>;
  /** The Python exception that ended the eval, if it printed one. */
  readonly failure: PythonFailure | undefined;
  /** Requests to which the API has not responded and will not. */
  readonly unanswered: number;
  /** The last request that will never get a successful response. */
  readonly lost: LostRequest | undefined;
}

/**
 * `exit`: the exit code or a signal. `no-report`, `no-samples`: there is no result. `unanswered`: requests have no response.
 * `record`: the result may be right, but its record is incomplete, which has nothing to do with responses.
 */
export type FailureCause = 'exit' | 'no-report' | 'unanswered' | 'record' | 'no-samples';

export type Judgement =
  | {
      readonly kind: 'completed';
      readonly metrics: Readonly<Record<string, MetricValue>>;
      /** Samples that were evaluated; null when their number is unknown. */
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
  const { planned, exit, record, output, unanswered, lost } = facts;
  if (exit.signal) return { kind: 'failed', cause: 'exit', reason: whyItWasKilled(exit.signal, facts) };
  if (exit.code !== 0) return { kind: 'failed', cause: 'exit', reason: whyItExited(facts) };
  if (!record?.finalReport) {
    const why = record?.problem ? ` (${record.problem})` : '';
    const reason = `oaieval exited with code 0 but recorded no final report${why}, so its result is unknown`;
    return { kind: 'failed', cause: 'no-report', reason };
  }
  if (unanswered > 0) {
    const reason = `${wholeNumber(unanswered)} of its requests got no response from the API, but it reported a result${lost ? `: ${lost.words}` : ''}`;
    return { kind: 'failed', cause: 'unanswered', reason };
  }
  const missing = whatIsMissing(record, output);
  if (missing) return { kind: 'failed', cause: 'record', reason: missing };
  const samples = record.samples ?? output.evaluated ?? planned.samples;
  if (evaluatedNothing(record, samples)) return { kind: 'failed', cause: 'no-samples', reason: NO_SAMPLES };
  return { kind: 'completed', metrics: record.finalReport, samples, record };
}

/** A process may crash while it ends because of something else, which is what a user wants to know. */
function whyItWasKilled(signal: string, { failure, lost, output }: AttemptFacts): string {
  const killed = `it was killed by ${signal}`;
  if (lost) return `${killed}, and before that ${describeLost(lost)}`;
  if (failure) return `${killed}, and before that it printed ${describeFailure(failure, output.sample)}`;
  return killed;
}

function whyItExited({ exit, failure, lost, output }: AttemptFacts): string {
  const exception = failure && `it ended with ${describeFailure(failure, output.sample)}`;
  // The eval may have caught the exception of the API client, and another one ended it.
  if (exception && lost && !isOfApiClient(failure.type))
    return `${exception}, and before that ${describeLost(lost)}`;
  if (lost) return describeLost(lost);
  if (exception) return exception;
  const last =
    output.lastLine === ''
      ? 'it printed nothing'
      : `its last line was: ${shorten(output.lastLine, MAX_LINE_BYTES)}`;
  return `it exited with code ${exit.code}; ${last}`;
}

const MAX_LINE_BYTES = 300;

const NO_SAMPLES = 'it evaluated no sample: check that its data file has samples, and check --max_samples';

/** Events in each batch that evals writes while it runs (evals/record.py, MIN_FLUSH_EVENTS). */
const BATCH = 100;

function whatIsMissing(record: RecordSummary, output: AttemptFacts['output']): string | undefined {
  if (output.lost) return `its last events could not be recorded: ${output.lost}`;
  if (record.problem) return `its record is incomplete, as when the disk is full: ${record.problem}`;
  if (output.interrupted) return `it was interrupted: its report covers ${output.interrupted}`;
  // A class need not record an event for each sample. But if it records any, its last ones are written after the report,
  // unless they filled a batch.
  const { evaluated = 0 } = output;
  if (
    record.samples !== null &&
    record.samples < evaluated &&
    record.endsWithReport &&
    record.events >= BATCH
  )
    return `its record is incomplete: it has events of ${wholeNumber(record.samples)} of the ${wholeNumber(evaluated)} samples that were evaluated, and none after the report`;
  return undefined;
}

/**
 * Whether a result is about no sample. The record of a class that records no events has no samples in any case, so other facts
 * decide: the number of samples that evals printed or that the data file has, and whether the report contains a number.
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
