import type { EvalDecision, ResultsRun, Versions } from './results.ts';

/**
 * `run.json`: what a run is, written before its first eval starts, so that the reports of a run that was killed, and of one
 * shard of it, can tell it.
 */
export interface RunFacts {
  readonly version: 1;
  readonly run: Omit<ResultsRun, 'ended'>;
  readonly versions: Versions;
  /** Null when the input judge-model is empty. */
  readonly judgeModel: string | null;
  readonly modelMap: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** By eval key. */
  readonly decisions: Readonly<Record<string, EvalDecision>>;
}
