import type { FinishedRun } from '../model/finished-run.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import type { SamplesText } from '../model/sample.ts';
import { WHOLE } from '../model/shard.ts';
import { type Part, shardOf } from '../plan/assign-shards.ts';
import type { Journals } from '../progress/journals.ts';
import type { State } from '../progress/state.ts';
import { attemptCounts, outcomesOnDisk, trafficOnDisk } from './outcomes-on-disk.ts';
import { withRecorded } from './recorded-responses.ts';
import { samplesOnDisk } from './samples-on-disk.ts';

export interface RunOnDiskRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly state: State;
  readonly journals: Journals;
  /** What the run had of the plan, and how much the other shards had. */
  readonly part: Pick<Part, 'evals'> & { readonly elsewhere: Pick<Part['elsewhere'], 'length'> };
  /** Keys of evals of the set that are not in the plan. */
  readonly excluded: readonly string[];
  readonly facts: RunFacts;
  readonly texts: SamplesText;
  /** Why evals without a result are pending, as a clause; undefined when it is not known. */
  readonly whyPending: string | undefined;
}

/** The run whose process has ended, from what is on disk alone. */
export async function runOnDisk(request: RunOnDiskRequest): Promise<FinishedRun> {
  const { model, evalSet, state, journals, part, excluded, facts, texts, whyPending } = request;
  const { run, decisions, shard = WHOLE } = facts;
  const onDisk = outcomesOnDisk(part.evals, state, run, { decisions, whyPending });
  const outcomes = withRecorded(onDisk, journals, run.repository);
  return {
    model,
    evalSet,
    facts,
    ...shardOf(shard, part.elsewhere),
    outcomes,
    excluded,
    traffic: trafficOnDisk(state, run),
    samples: await samplesOnDisk(outcomes, state.paths, texts),
    attempts: attemptCounts(state, run),
    ended: new Date(),
  };
}

/** What the run is, as its state says it, or else what is known without. */
export function factsOnDisk({ runFacts }: Pick<State, 'runFacts'>, fallback: RunFacts): RunFacts {
  return runFacts && isSameRun(runFacts.run, fallback.run) ? runFacts : fallback;
}

function isSameRun(a: RunIdentity, b: RunIdentity): boolean {
  return a.id === b.id && a.attempt === b.attempt;
}
