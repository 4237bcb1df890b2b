/** The step, as a table of contents. docs/architecture.md explains each line. */
import { announceRun, announceSet } from './action/announce.ts';
import { fail, finish } from './action/finish.ts';
import { actionLog as log } from './action/log.ts';
import { publishResults } from './action/publish.ts';
import * as pick from './action/requests.ts';
import { ownerOf, RunningSession, sessionInputs } from './action/session.ts';
import { type Cancellation, cancellation } from './action/signals.ts';
import { readStep } from './action/step.ts';
import { checkpointStore } from './checkpoint/checkpoint-store.ts';
import { restoreCheckpoint } from './checkpoint/restored-checkpoint.ts';
import { SupersededCheckpoints } from './checkpoint/superseded.ts';
import { engines } from './engine/engines.ts';
import { Installation } from './environment/installation.ts';
import { installerLog } from './environment/installer-log.ts';
import { planSet } from './plan/plan-set.ts';
import { reconcile, renewedRecords } from './plan/reconcile.ts';
import { keepMemorySmall } from './process/memory.ts';
import { outputFile, statePaths } from './progress/paths.ts';
import { readSavedPlan } from './progress/saved-plan.ts';
import { requireOwnState } from './progress/state-directory.ts';
import { statesOnMachine } from './progress/states-on-machine.ts';
import { closingMessage } from './report/closing-message.ts';
import { LiveLog } from './report/live-log.ts';
import { summarize } from './report/results.ts';
import { unaskedModels } from './report/unasked-models.ts';
import { requireApiKey } from './run/eval-environment.ts';
import { openState } from './run/open-state.ts';
import { runSet } from './run/run-set.ts';

async function main(cancelled: Cancellation): Promise<void> {
  keepMemorySmall();
  const step = await readStep(log);
  const { inputs, context } = step;
  const { model, evalSet, resume } = inputs;
  const owner = ownerOf(step);
  const command = pick.commandOf(step);
  const paths = statePaths(inputs.stateDirectory, model, evalSet);

  const identity = pick.identityOf(step);
  const store = checkpointStore(pick.storeRequest(step, identity, 1));
  const { signal } = cancelled;
  const machine = statesOnMachine(paths, owner);
  await using checkpoint = await restoreCheckpoint({ store, identity, owner, machine, resume, log, signal });

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

  const requireKey = () => requireApiKey(plan, step.keys, context.withheldSecrets);
  // Nothing is completed, so every eval will run. A missing key is reported before the state is created.
  if (checkpoint.kind !== 'hit' && !machine.hasState) requireKey();
  await using opened = await openState({ paths, owner, plan, command, checkpoint, resume, log });
  const { state, journals } = opened;
  const start = { checkpoint: identity, nextSeq: store.nextSeq, ended: false };
  const session = new RunningSession({ inputs: sessionInputs(inputs), context, ...start }, log);

  const decisions = reconcile(plan, state, { maxAgeMs: inputs.maxAgeMs, now: new Date() });
  announceRun(step, { plan, decisions, journals }, log);
  state.renew(renewedRecords(decisions));
  state.beginRun();
  if (decisions.some(({ kind }) => kind === 'run')) requireKey();
  session.save();
  signal.throwIfAborted();

  const { outcomes, traffic, savedKey, isSaved, stopped, unusable, trouble } = await runSet({
    ...pick.runRequest(step, cancelled),
    command,
    decisions,
    leftOut: plan.leftOut,
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

  const results = summarize(model, evalSet, outcomes, traffic, plan.leftOut.length);
  const closing = closingMessage(results, { unusable, stopped, trouble });
  const unasked = unaskedModels(inputs.modelMap, outcomes);
  const places = { restoredKey: checkpoint.restoredKey, savedKey, progressFile: paths.progressFile };
  await publishResults({ results, closing, trouble, unasked, ...places }, context, log);
  // If a cancelled job had no time to save, post saves.
  session.save({ ended: isSaved || !signal.aborted, isReported: true });
  finish(closing);
}

const cancelled = cancellation(log);
await main(cancelled).catch(fail);
// Do not wait for work that cannot be stopped, such as an installer.
if (cancelled.signal.aborted) process.exit();
