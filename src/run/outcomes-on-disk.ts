import type { AttemptRecord } from '../model/attempt-record.ts';
import type { Outcome } from '../model/outcome.ts';
import { ownValue } from '../model/own-value.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { addTraffic, noTraffic, type Traffic } from '../model/traffic.ts';
import { isContentOf } from '../plan/content.ts';
import { doubtOf } from '../progress/doubt.ts';
import type { State } from '../progress/state.ts';

type Disk = Pick<State, 'record' | 'isDone' | 'attempts'>;
type Attempts = ReadonlyMap<string, AttemptRecord>;

/** Why evals without a result are pending when nobody knows why the run ended. */
const NOT_COMPLETED = 'not completed when the step ended';

export interface OutcomesOptions {
  /** What the run decided for each eval, by key; empty when it is not known. */
  readonly decisions?: RunFacts['decisions'];
  /** Why evals without a result are pending, as a clause. */
  readonly whyPending?: string | undefined;
  readonly now?: Date;
}

/** The outcomes of planned evals, read from the state alone after the process that ran the evals has ended. */
export function outcomesOnDisk(
  evals: readonly PlannedEval[],
  state: Disk,
  run: RunIdentity,
  { decisions = {}, whyPending = NOT_COMPLETED, now = new Date() }: OutcomesOptions = {},
): Outcome[] {
  // The last attempt at each eval counts.
  const attempts: Attempts = new Map(attemptsIn(state, run).map((attempt) => [attempt.eval, attempt]));
  return evals.map((planned) => outcomeOf(planned, { state, run, attempts, decisions, whyPending, now }));
}

/** The number of attempts of this run, by eval key. */
export function attemptCounts(state: Pick<State, 'attempts'>, run: RunIdentity): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { eval: key } of attemptsIn(state, run)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The traffic of this run, summed over all attempts that ended. */
export function trafficOnDisk(state: Pick<State, 'attempts'>, run: RunIdentity): Traffic {
  return attemptsIn(state, run).reduce((sum, { traffic }) => addTraffic(sum, traffic), noTraffic);
}

function attemptsIn(
  { attempts }: Pick<State, 'attempts'>,
  { id, attempt }: RunIdentity,
): readonly AttemptRecord[] {
  return attempts.filter(({ run }) => run.id === id && run.attempt === attempt);
}

interface EndedRun {
  readonly state: Disk;
  readonly run: RunIdentity;
  readonly attempts: Attempts;
  readonly decisions: RunFacts['decisions'];
  readonly whyPending: string;
  readonly now: Date;
}

function outcomeOf(planned: PlannedEval, ended: EndedRun): Outcome {
  const { state, run, attempts, decisions, whyPending, now } = ended;
  const record = state.record(planned.command);
  if (record && isContentOf(planned, record) && !doubtOf(record, now, undefined)) {
    const isFresh = record.run.id === run.id && record.run.attempt === run.attempt;
    // A run that is killed early has not yet removed the records that it does not reuse, such as those that are too old.
    const isReusable = ownValue(decisions, planned.key)?.kind !== 'run';
    if (isFresh || isReusable) return { status: isFresh ? 'fresh' : 'reused', eval: planned, record };
  }
  if (!record && state.isDone(planned.command)) return { status: 'reused', eval: planned, record: undefined };
  const last = attempts.get(planned.key);
  if (last?.status === 'failed' && !last.willRetry)
    return {
      status: 'failed',
      eval: planned,
      reason: last.reason,
      failure: last.failure,
      lastLines: last.lastLines,
    };
  const reason = last?.status === 'interrupted' ? last.reason : whyPending;
  return { status: 'pending', eval: planned, reason };
}
