/** The step, as a table of contents. docs/architecture.md explains each line. */
import { announceBaseline, announceRun, announceSet } from './action/announce.ts';
import { conclude } from './action/conclude.ts';
import { fail, finish, requireCheckpoints, requireSaved } from './action/finish.ts';
import { actionLog as log } from './action/log.ts';
import { reportPlan } from './action/plan-only.ts';
import { budgetPrices, requirePrices } from './action/prices.ts';
import { reportPaths } from './action/report-files.ts';
import * as pick from './action/requests.ts';
import { runFacts } from './action/run-facts.ts';
import { ownerOf, RunningSession, sessionInputs } from './action/session.ts';
import { type Cancellation, cancellation } from './action/signals.ts';
import { readStep } from './action/step.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { restoreCheckpoint } from './checkpoint/restored-checkpoint.ts';
import { SupersededCheckpoints } from './checkpoint/superseded.ts';
import { engines } from './engine/engines.ts';
import { Installation } from './environment/installation.ts';
import { installerLog } from './environment/installer-log.ts';
import { estimateRun } from './estimate/estimate-run.ts';
import type { PlannedEval } from './model/plan.ts';
import { partOf, shardOf } from './plan/assign-shards.ts';
import { planSet } from './plan/plan-set.ts';
import { reconcile, renewedRecords } from './plan/reconcile.ts';
import { keepMemorySmall } from './process/memory.ts';
import { outputFile, statePaths } from './progress/paths.ts';
import { readSavedPlan } from './progress/saved-plan.ts';
import { requireOwnState } from './progress/state-directory.ts';
import { statesOnMachine } from './progress/states-on-machine.ts';
import { LiveLog } from './report/live-log.ts';
import { requireApiKey } from './run/eval-environment.ts';
import { openState } from './run/open-state.ts';
import { attemptCounts } from './run/outcomes-on-disk.ts';
import { runSet } from './run/run-set.ts';
import { samplesOnDisk } from './run/samples-on-disk.ts';

async function main(cancelled: Cancellation): Promise<void> {
  keepMemorySmall();
  const step = await readStep(log);
  const { inputs, context } = step;
  const { model, evalSet, shard, resume, planOnly } = inputs;
  const owner = ownerOf(step);
  const command = pick.commandOf(step);
  const paths = statePaths(pick.stateDirectoryOf(step), model, evalSet, shard);

  const identity = pick.identityOf(step);
  const store = checkpointStore(pick.storeRequest(step, identity, 1));
  const { signal } = cancelled;
  const machine = statesOnMachine(paths, owner);
  await using checkpoint = await restoreCheckpoint({ store, identity, owner, machine, resume, log, signal });
  if (!planOnly) requireCheckpoints(shard, checkpoint.knownUnavailable);

  requireOwnState(paths);
  const installation = new Installation(pick.installationOf(step), installerLog(log, inputs.verbose));
  const python = async () => (await installation.environment()).python;
  await using running = engines({ ...pick.enginesRequest(step), python, log });
  const plan = await planSet({
    ...pick.planRequest(step),
    saved: checkpoint.plan ?? readSavedPlan(paths, owner),
    planner: running.planner,
    installation,
    signal,
  });
  announceSet(step, plan, log);
  announceBaseline(step, log);
  const { elsewhere, ...part } = partOf(plan, shard);

  const prices = await budgetPrices(step);
  const requireKeyAndPrices = (toRun: readonly PlannedEval[]) => {
    requireApiKey(plan, step.keys, context.withheldSecrets);
    requirePrices(prices, step, plan, toRun);
  };
  // Nothing is completed, so every eval will run. What is missing is reported before the state is created.
  if (!planOnly && checkpoint.kind !== 'hit' && !machine.hasState) requireKeyAndPrices(part.evals);
  await using opened = await openState({ paths, owner, plan, command, elsewhere, checkpoint, resume, log });
  const { state, journals } = opened;
  const start = { checkpoint: identity, nextSeq: store.nextSeq, ended: false };
  const session = new RunningSession({ inputs: sessionInputs(inputs), context, ...start }, log);

  const decisions = reconcile(part, state, { maxAgeMs: inputs.maxAgeMs, now: new Date() });
  const estimating = await pick.estimateRequest(step, opened, decisions);
  const estimated = estimateRun(decisions, estimating);
  const estimate = estimated.total;
  const { hasKept } = estimating;
  announceRun(step, { plan, elsewhere, decisions, journals, hasKept, estimate }, log);
  const { restoredKey } = checkpoint;
  const known = { restoredKey, progressFile: paths.progressFile, logsDirectory: paths.logs };
  if (planOnly) {
    const [total, leftOut] = [decisions.length, plan.leftOut.length];
    await reportPlan(step, { estimated, total, leftOut, places: known }, log);
    return;
  }
  state.renew(renewedRecords(decisions));
  const facts = await runFacts(step, { plan, decisions, estimate });
  state.beginRun(facts);
  const toRun = decisions.flatMap((decision) => (decision.kind === 'run' ? [decision.eval] : []));
  if (toRun.length > 0) requireKeyAndPrices(toRun);
  session.save();
  signal.throwIfAborted();

  const ended = await runSet({
    ...pick.runRequest(step, cancelled, prices),
    command,
    decisions,
    notHere: [...plan.leftOut, ...elsewhere],
    state,
    journals,
    listener: new LiveLog(log, {
      verbose: inputs.verbose,
      outputFileOf: (evalKey) => outputFile(paths, evalKey),
    }),
    onTrouble: (reported) => session.save({ trouble: reported }),
    openEngine: (evals) => running.open({ evals }),
    checkpoints: {
      store,
      intervalMs: inputs.checkpointIntervalMs,
      isUnchanged: () => checkpoint.isUnchanged(),
      knownUnavailable: checkpoint.knownUnavailable,
      superseded: new SupersededCheckpoints({ github: pick.githubOf(step), ref: context.ref, log }),
      onSave: (nextSeq) => session.save({ nextSeq }),
      onSaved: (savedOutline, savedKey) => session.save({ savedOutline, savedKey }),
    },
    log,
  });

  const { outcomes, traffic, savedKey } = ended;
  const attempts = attemptCounts(state, facts.run);
  const samples = await samplesOnDisk(outcomes, paths, inputs.report.samplesText);
  const excluded = plan.leftOut;
  const ofRun = { model, evalSet, facts, ...shardOf(shard, elsewhere), outcomes, excluded };
  const run = { ...ofRun, traffic, samples, attempts, ended: new Date() };
  const places = {
    ...known,
    savedKey,
    report: reportPaths(inputs.report.reportDirectory, context),
  };
  const isSaved = ended.isSaved || !signal.aborted;
  const commentDeadline = pick.commentDeadline(cancelled);
  finish(await conclude(step, { session, run, stops: ended, places, isSaved, commentDeadline }, log));
  requireSaved(shard, () => ended.isSaved && (savedKey !== '' || checkpoint.isUnchanged()));
}

const cancelled = cancellation(log);
await main(cancelled).catch(fail);
// Do not wait for work that cannot be stopped, such as an installer.
if (cancelled.signal.aborted) process.exit();
