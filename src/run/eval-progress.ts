/** How far an eval is that runs or has completed. Pure. */
import type { CompletionRecord } from '../model/completion-record.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { EvalProgress, WaitedFor } from '../model/run-event.ts';
import type { LiveCounts } from './execute-eval.ts';
import type { Advance } from './schedule.ts';

export interface LiveEval {
  readonly startedAt: number;
  /** Undefined until its lane is open. */
  counts: LiveCounts | undefined;
  /** Responses at the last heartbeat. */
  responsesBefore: number;
}

/** @param now milliseconds since the epoch */
export function progressOf({ name, samples }: PlannedEval, live: LiveEval, now: number): EvalProgress {
  const { counts, startedAt, responsesBefore } = live;
  const responses = counts?.responses() ?? 0;
  return {
    name,
    samples,
    responses,
    replayed: counts?.replayed() ?? 0,
    runningMs: now - startedAt,
    waitsFor: responses > responsesBefore ? undefined : waitedForBy(counts),
  };
}

function waitedForBy(counts: LiveCounts | undefined): WaitedFor {
  const count = counts?.openRequests() ?? 0;
  if (count > 0) return { kind: 'responses', count };
  return { kind: counts?.pid() === undefined ? 'process' : 'requests' };
}

export type Share = Pick<Advance, 'share' | 'replayed'>;

/** An eval may send several requests for a sample, but most send one. */
export function shareOfRunning({ samples }: PlannedEval, counts: LiveCounts | undefined): Share {
  if (!samples || !counts) return { share: 0, replayed: 0 };
  const share = Math.min(1, counts.responses() / samples);
  return { share, replayed: Math.min(share, counts.replayed() / samples) };
}

export function shareOfCompleted({ requests }: Pick<CompletionRecord, 'requests'>): Share {
  const { sent = 0, replayed = 0 } = requests ?? {};
  return { share: 1, replayed: replayed === 0 ? 0 : replayed / (sent + replayed) };
}
