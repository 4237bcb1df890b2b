import type { AttemptRecord } from '../model/attempt-record.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { addTraffic, noTraffic, type Traffic } from '../model/traffic.ts';
import { isContentOf } from '../plan/content.ts';
import { doubtOf } from '../progress/doubt.ts';
import type { State } from '../progress/state.ts';

type Disk = Pick<State, 'plan' | 'record' | 'isDone' | 'attempts'>;
type Attempts = ReadonlyMap<string, AttemptRecord>;

/** The outcomes of the last plan, read from the state alone after the process that ran the evals has ended. */
export function outcomesOnDisk(state: Disk, run: RunIdentity, now = new Date()): Outcome[] {
  // The last attempt at each eval counts.
  const attempts: Attempts = new Map(attemptsOf(state, run).map((attempt) => [attempt.eval, attempt]));
  return (state.plan?.evals ?? []).map((planned) => outcomeOf(planned, state, run, attempts, now));
}

/** The traffic of this run, summed over all attempts that ended. */
export function trafficOnDisk(state: Pick<State, 'attempts'>, run: RunIdentity): Traffic {
  return attemptsOf(state, run).reduce((sum, { traffic }) => addTraffic(sum, traffic), noTraffic);
}

function attemptsOf(
  { attempts }: Pick<State, 'attempts'>,
  { id, attempt }: RunIdentity,
): readonly AttemptRecord[] {
  return attempts.filter(({ run }) => run.id === id && run.attempt === attempt);
}

function outcomeOf(
  planned: PlannedEval,
  state: Disk,
  run: RunIdentity,
  attempts: Attempts,
  now: Date,
): Outcome {
  const record = state.record(planned.command);
  if (record && isContentOf(planned, record) && !doubtOf(record, now, undefined)) {
    const isFresh = record.run.id === run.id && record.run.attempt === run.attempt;
    return { status: isFresh ? 'fresh' : 'reused', eval: planned, record };
  }
  if (!record && state.isDone(planned.command)) return { status: 'reused', eval: planned, record: undefined };
  const last = attempts.get(planned.key);
  if (last?.status === 'failed' && !last.willRetry)
    return { status: 'failed', eval: planned, reason: last.reason, lastLines: last.lastLines };
  const reason = last?.status === 'interrupted' ? last.reason : 'not completed when the step ended';
  return { status: 'pending', eval: planned, reason };
}
