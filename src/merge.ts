/** merge/action.yml: merges the shards of a set that a matrix ran, and judges and reports the whole. docs/shards.md */
import { conclude } from './action/conclude.ts';
import { fail, finish } from './action/finish.ts';
import { actionLog as log } from './action/log.ts';
import { readMergeStep, requireShards, shardIdentity } from './action/merge-step.ts';
import { reportPaths } from './action/report-files.ts';
import { storeRequest } from './action/requests.ts';
import { bareFacts } from './action/run-facts.ts';
import { ownerOf } from './action/session.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { restoreShards } from './checkpoint/restore-shards.ts';
import { restoreCheckpoint } from './checkpoint/restored-checkpoint.ts';
import { WHOLE } from './model/shard.ts';
import { evalsOfShards } from './plan/assign-shards.ts';
import { sharedPlan } from './plan/shared-plan.ts';
import { statePaths } from './progress/paths.ts';
import { requireOwnState } from './progress/state-directory.ts';
import { statesOnMachine } from './progress/states-on-machine.ts';
import { describeMissing } from './report/describe-shards.ts';
import { describeDropped } from './run/dropped-answers.ts';
import { mergedRun, tidyMerged } from './run/merge-shards.ts';
import { openMerged } from './run/open-state.ts';

async function merge(): Promise<void> {
  const step = await readMergeStep(log);
  const { inputs, context } = step;
  const { model, evalSet, shards: count } = inputs;
  const owner = ownerOf(step);
  const paths = statePaths(inputs.stateDirectory, model, evalSet);
  requireOwnState(paths);

  const ofShards = shardIdentity(step);
  const identity = { ...ofShards, shard: WHOLE };
  const store = checkpointStore(storeRequest(step, identity, 1));
  using restored = await restoreShards({ store, identity: ofShards, owner, log });
  await requireShards(restored, store, step);
  const shards = restored.found;
  log.info(`Restored the checkpoints of ${shards.length} of ${count} shards of this run`);
  const missing = describeMissing(restored.missing, count);
  for (const sentence of missing) log.warning(sentence, 'Shards missing');

  const plan = sharedPlan(shards, owner);
  const facts = bareFacts(context);
  const ofSet = { plan, evalsOf: evalsOfShards(plan, count), shards };
  const run = await mergedRun({ ...ofSet, model, evalSet, facts, texts: inputs.report.samplesText });

  const machine = statesOnMachine(paths, owner);
  const earlier = { store, identity, owner, machine, resume: true, scope: 'user', log } as const;
  await using checkpoint = await restoreCheckpoint(earlier);
  await using opened = await openMerged({ paths, owner, checkpoint, log });
  const { state, journals } = opened;
  state.merge(...shards.map((shard) => shard.state));
  state.savePlan(plan);
  const dropped = tidyMerged(state, ofSet, run.outcomes);
  if (dropped.length > 0) log.info(describeDropped(dropped));
  state.beginRun(run.facts);
  const isUnchanged = () => checkpoint.isUnchanged();
  const saved = await new Checkpointer({ state, isUnchanged, journals, store, log }).finish();

  const places = {
    restoredKey: checkpoint.restoredKey,
    savedKey: saved.key,
    progressFile: paths.progressFile,
    logsDirectory: paths.logs,
    report: reportPaths(inputs.report.reportDirectory, context),
  };
  const never = new AbortController().signal;
  const stops = { unusable: undefined, stopped: never, trouble: undefined };
  // This action has no post step.
  const session = { save() {} };
  const resumesFrom = 'the checkpoints of the shards';
  const more = { notes: missing, resumesFrom, isSaved: true, commentDeadline: never };
  const ended = { session, run, stops, places, ...more };
  finish(await conclude(step, ended, log));
}

await merge().catch(fail);
