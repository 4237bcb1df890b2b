import type { Adaptation } from './adaptation.ts';
import type { EvalFailure } from './eval-failure.ts';
import type { RunIdentity } from './run-identity.ts';
import type { Traffic } from './traffic.ts';

/** A record contains at most this many lines of the attempt's output. */
export const MAX_LAST_LINES = 30;

/** One ended attempt of an eval: one line of `attempts.jsonl`. A reused eval has no attempt. */
export interface AttemptRecord {
  readonly version: 1;
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly eval: string;
  /** The command, as in the progress file. */
  readonly argv: readonly string[];
  /** Number of this attempt among the attempts of the eval in this run, from 1. */
  readonly attempt: number;
  /** `interrupted`: the run stopped the attempt before it completed or failed. */
  readonly status: 'completed' | 'failed' | 'interrupted';
  /** Whether another attempt follows in this run. Only the last attempt decides whether the eval failed. */
  readonly willRetry: boolean;
  /** A short, machine-readable kind of the reason, such as `exit` or `time-budget`; null when there is none. */
  readonly cause: string | null;
  /** What happened and why, as text for people; empty when the attempt completed. */
  readonly reason: string;
  /** The exception that ended the attempt; missing when there was none, or when an earlier version wrote the record. */
  readonly failure?: EvalFailure | undefined;
  /** The end of the output, at most `MAX_LAST_LINES` lines. */
  readonly lastLines: readonly string[];
  /** Requests of this attempt only. */
  readonly traffic: Traffic;
  /** What was changed in requests because a model does not accept it. */
  readonly adaptations: readonly Adaptation[];
  readonly run: RunIdentity;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
}
