import type { Lane } from '../gateway/lane/lane.ts';
import type { AttemptRecord } from '../model/attempt-record.ts';
import { MAX_RECORDED_ADAPTATIONS } from '../model/completion-record.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import { subtractTraffic, type Traffic } from '../model/traffic.ts';
import type { Attempt } from './run-attempt.ts';

export interface EndedAttempt {
  readonly planned: PlannedEval;
  /** Counts from 1. */
  readonly attempt: number;
  readonly result: Attempt;
  readonly lane: Pick<Lane, 'traffic' | 'adaptations'>;
  /** Traffic of the lane when the attempt began. */
  readonly before: Traffic;
  readonly willRetry: boolean;
  readonly run: RunIdentity;
}

const STATUS = { fresh: 'completed', failed: 'failed', pending: 'interrupted' } as const;

/** The record of an attempt that has just ended. */
export function attemptRecord(ended: EndedAttempt): AttemptRecord {
  const { planned, attempt, result, lane, before, willRetry, run } = ended;
  const { outcome, endReason, cause, startedAt } = result;
  const isCompleted = outcome.status === 'fresh';
  return {
    version: 1,
    eval: planned.key,
    argv: [...planned.command],
    attempt,
    status: STATUS[outcome.status],
    willRetry,
    cause: isCompleted ? null : endReason === 'exited' ? (cause ?? 'exit') : endReason,
    reason: isCompleted ? '' : outcome.reason,
    ...(outcome.status === 'failed' && outcome.failure ? { failure: outcome.failure } : {}),
    lastLines: outcome.status === 'failed' ? outcome.lastLines : [],
    traffic: subtractTraffic(lane.traffic(), before),
    adaptations: lane.adaptations().slice(0, MAX_RECORDED_ADAPTATIONS),
    run,
    started: startedAt.toISOString(),
    ended: new Date().toISOString(),
  };
}
