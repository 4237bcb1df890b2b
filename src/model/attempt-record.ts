import type { Adaptation } from './adaptation.ts';
import type { RunIdentity } from './run-identity.ts';
import type { Traffic } from './traffic.ts';

/** Lines of an attempt's output that its record holds. */
export const MOST_LAST_LINES = 30;

/** One ended attempt at an eval: one line of `attempts.jsonl`. An eval that was reused has none. */
export interface AttemptRecord {
  readonly version: 1;
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly eval: string;
  /** The command in the progress file. */
  readonly argv: readonly string[];
  /** Number of the attempt at this eval in this run, from 1. */
  readonly attempt: number;
  /** `interrupted`: the run ended it before it could complete or fail. */
  readonly status: 'completed' | 'failed' | 'interrupted';
  /** Whether the run was to try the eval again: a failed attempt that is not the last says nothing about the eval. */
  readonly willRetry: boolean;
  /** A short, machine-readable kind such as `exit` or `time-budget`; null when there is none. */
  readonly cause: string | null;
  /** What happened and why, for people; empty when the attempt completed. */
  readonly reason: string;
  /** The end of its output, at most `MOST_LAST_LINES` lines. */
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
