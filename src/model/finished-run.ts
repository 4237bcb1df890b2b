import type { Outcome } from './outcome.ts';
import type { ResultsShard } from './results.ts';
import type { RunFacts } from './run-facts.ts';
import type { SamplesByEval } from './sample.ts';
import type { Traffic } from './traffic.ts';

/** All facts about a run that its results are made from. */
export interface FinishedRun {
  readonly model: string;
  readonly evalSet: string;
  readonly facts: RunFacts;
  /** In the order of the set; of a shard, those that it has. */
  readonly outcomes: readonly Outcome[];
  /** Missing when this is a run of the whole set. */
  readonly shard?: ResultsShard | undefined;
  /** Keys of evals of the set that have no outcome, because they are not part of the plan. */
  readonly excluded: readonly string[];
  /** Of this run. */
  readonly traffic: Traffic;
  readonly samples: SamplesByEval;
  /** Attempts in this run, by eval key. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly ended: Date;
}
