/** Makes one run of the runs of all shards of a set. */
import { addEstimates } from '../model/estimate.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { isCompleted, type Outcome } from '../model/outcome.ts';
import type { PlannedEval, SavedPlan } from '../model/plan.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { SamplesText } from '../model/sample.ts';
import { describeShard, type Shard } from '../model/shard.ts';
import { addTraffic, noTraffic } from '../model/traffic.ts';
import { AnswerStore } from '../progress/answer-store.ts';
import { Journals } from '../progress/journals.ts';
import type { State } from '../progress/state.ts';
import { runOnDisk } from './run-on-disk.ts';

export interface MergedRunRequest {
  readonly model: string;
  readonly evalSet: string;
  /** Of the whole set. */
  readonly plan: Pick<SavedPlan, 'evals' | 'leftOut'>;
  /** The evals of each shard, in the order of the shards. */
  readonly evalsOf: readonly (readonly PlannedEval[])[];
  /** What each shard left, at least one. */
  readonly shards: readonly ShardOnDisk[];
  /** What is known of this run without the shards. */
  readonly facts: RunFacts;
  readonly texts: SamplesText;
}

export interface ShardOnDisk {
  readonly shard: Shard;
  readonly state: State;
}

export async function mergedRun(request: MergedRunRequest): Promise<FinishedRun> {
  const { model, evalSet, plan, evalsOf, shards, texts } = request;
  const runs: FinishedRun[] = [];
  for (const each of shards) {
    const evals = evalsOf[each.shard.index - 1];
    const facts = each.state.runFacts;
    if (!evals || !facts) continue;
    const { state, shard } = each;
    const whyPending = `${describeShard(shard)} did not complete it`;
    const journals = new Journals(state.paths);
    const part = { evals, elsewhere: { length: plan.evals.length - evals.length } };
    runs.push(
      await runOnDisk({ model, evalSet, state, journals, part, excluded: [], facts, texts, whyPending }),
    );
  }
  const outcomes = new Map(
    [...runs.flatMap((run) => run.outcomes), ...outcomesOfMissing(request)].map((outcome) => [
      outcome.eval.key,
      outcome,
    ]),
  );
  return {
    model,
    evalSet,
    facts: mergedFacts(
      request.facts,
      runs.map(({ facts }) => facts),
    ),
    outcomes: plan.evals.flatMap(({ key }) => outcomes.get(key) ?? []),
    excluded: plan.leftOut ?? [],
    traffic: runs.reduce((sum, { traffic }) => addTraffic(sum, traffic), noTraffic),
    samples: new Map(runs.flatMap(({ samples }) => [...samples])),
    attempts: new Map(runs.flatMap(({ attempts }) => [...attempts])),
    ended: new Date(),
  };
}

/** The results of a missing shard are not known, whatever earlier runs completed. */
function outcomesOfMissing({ shards, evalsOf }: MergedRunRequest): Outcome[] {
  const found = new Set(shards.map(({ shard }) => shard.index));
  return evalsOf.flatMap((evals, at) => {
    const [index, count] = [at + 1, evalsOf.length];
    if (found.has(index)) return [];
    const reason = `${describeShard({ index, count })} left no checkpoint in this run`;
    return evals.map((planned): Outcome => ({ status: 'pending', eval: planned, reason }));
  });
}

function mergedFacts(own: RunFacts, ofShards: readonly RunFacts[]): RunFacts {
  const { versions, judgeModel, modelMap, args, prices } = ofShards[0] ?? own;
  const started = ofShards.map(({ run }) => run.started).sort()[0] ?? own.run.started;
  return {
    ...own,
    run: { ...own.run, started },
    versions,
    judgeModel,
    modelMap,
    args,
    ...(prices ? { prices } : {}),
    ...mergedEstimate(ofShards),
    decisions: Object.fromEntries(ofShards.flatMap(({ decisions }) => Object.entries(decisions))),
  };
}

function mergedEstimate(ofShards: readonly RunFacts[]): Pick<RunFacts, 'estimate'> {
  const [first, ...others] = ofShards.flatMap(({ estimate }) => estimate ?? []);
  return first ? { estimate: others.reduce(addEstimates, first) } : {};
}

/**
 * Takes from a merged state what the shards do not have any more: results of other content, journals of completed evals, and kept
 * answers. The shards' kept answers may together take more room than one state has.
 * @returns keys of the evals whose kept answers were dropped for that
 */
export function tidyMerged(
  state: State,
  { plan, evalsOf, shards }: Pick<MergedRunRequest, 'plan' | 'evalsOf' | 'shards'>,
  outcomes: readonly Outcome[],
): readonly string[] {
  const ofFound = new Set(
    shards.flatMap(({ shard }) => evalsOf[shard.index - 1] ?? []).map(({ key }) => key),
  );
  const unfinished = outcomes.filter((outcome) => !isCompleted(outcome)).map((outcome) => outcome.eval);
  state.forget(unfinished.filter(({ key }) => ofFound.has(key)).map(({ command }) => command));
  new Journals(state.paths).retain([...unfinished.map(({ key }) => key), ...(plan.leftOut ?? [])]);
  const answers = new AnswerStore(state.paths);
  for (const { shard, state: theirs } of shards) {
    const kept = new AnswerStore(theirs.paths);
    for (const { key } of evalsOf[shard.index - 1] ?? []) if (!kept.has(key)) answers.remove(key);
  }
  answers.trim();
  return answers.dropped;
}
