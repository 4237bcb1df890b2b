import type { RunEstimate } from './estimate.ts';
import type { PriceFacts } from './price.ts';
import type { EvalDecision, ResultsRun, Versions } from './results.ts';
import type { Shard } from './shard.ts';

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
  /** Missing when the run has the whole set. */
  readonly shard?: ShardFacts | undefined;
  /** Missing when an earlier version of the action wrote the facts. */
  readonly prices?: PriceFacts | undefined;
  /** Of the evals that are not reused; missing when there is none, and in files of earlier versions. */
  readonly estimate?: RunEstimate | undefined;
  /** By eval key, of the evals of the shard. */
  readonly decisions: Readonly<Record<string, EvalDecision>>;
}

export interface ShardFacts extends Shard {
  /** SHA-256 (hex) of the plan of the whole set, which is the same for all shards of a run (src/plan/plan-digest.ts). */
  readonly plan: string;
}
