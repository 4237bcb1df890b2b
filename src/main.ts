/** The step itself: read inputs → restore → plan → reconcile → run what remains → save → report → exit code. */
import { existsSync, rmSync } from 'node:fs';
import type { RunContext } from './action/context.ts';
import { fail, finish } from './action/finish.ts';
import { actionLog as log } from './action/log.ts';
import { publishOutputs, publishSummary } from './action/publish.ts';
import { RunningSession, sessionInputs } from './action/session.ts';
import { CANCEL_GRACE_MS, type Cancellation, cancellation } from './action/signals.ts';
import { readStep } from './action/step.ts';
import { adoptCheckpoint, checkpointStore, restoreCheckpoint } from './checkpoint/adopt-checkpoint.ts';
import { checkpointIdentity } from './checkpoint/identity.ts';
import type { RestoreOutcome } from './checkpoint/store.ts';
import { supersededCleaner } from './checkpoint/superseded.ts';
import { engines } from './engine/engines.ts';
import { prepareEnvironment } from './environment/prepare-environment.ts';
import type { Owner } from './model/owner.ts';
import type { SavedPlan } from './model/plan.ts';
import { FileHashes } from './plan/file-hashes.ts';
import { makePlan, recallPlan } from './plan/make-plan.ts';
import { planKey } from './plan/plan-key.ts';
import { reconcile, renewedRecords } from './plan/reconcile.ts';
import { keepMemorySmall } from './process/memory.ts';
import { sealLive } from './progress/journals.ts';
import { type Lock, lockState } from './progress/lock.ts';
import { type StatePaths, statePaths } from './progress/paths.ts';
import { readSavedPlan, savedPlan } from './progress/saved-plan.ts';
import { clearLive, startFresh } from './progress/state.ts';
import { requireOwnState } from './progress/state-directory.ts';
import { describePlan } from './report/describe-plan.ts';
import { summarize } from './report/results.ts';
import { requireApiKey } from './run/eval-environment.ts';
import { runSet } from './run/run-set.ts';

/** How long a cancelled job still waits for responses that are in flight. */
const DRAIN_MS = 2000;

/** Time that a cancelled job keeps for outputs and summary after saving its state. */
const REPORT_RESERVE_MS = 700;

async function main(cancelled: Cancellation): Promise<void> {
  keepMemorySmall();
  const step = readStep(log);
  const { inputs, context, keys, urls, evalEnv: env } = step;
  const { model, evalSet, workingDirectory, chatFallback, engine } = inputs;
  const { python, evalsVersion, extraPackages, args, registryPaths } = inputs;
  const installation = { python, evalsVersion, extraPackages, workingDirectory, env };
  const asked = { model, evalSet, args, registryPaths, chatFallback, sharesRegistry: engine === 'warm' };
  const subject = await planKey({ ...installation, ...asked });
  const environment = once(() => prepareEnvironment(installation, log));
  const running = engines({
    engine,
    python: async () => (await environment()).python,
    cwd: workingDirectory,
    env,
    models: model.split(','),
    registryPaths: inputs.registryPaths,
    chatFallback,
    log,
  });

  const identity = checkpointIdentity({ ...inputs, urls }, { ...context, matrix: inputs.matrix });
  const { resume } = inputs;
  const { encryptionKey, githubToken } = step.secrets;
  const { temporaryDirectory } = context;
  const store = checkpointStore({ identity, encryptionKey, temporaryDirectory, firstSeq: 1 });
  const { signal } = cancelled;
  const restored = await restoreCheckpoint({ store, identity, resume, log, signal });
  let lock: Lock | undefined;
  try {
    cancelled.signal.throwIfAborted();
    const paths = statePaths(inputs.stateDirectory, model, evalSet);
    requireOwnState(paths);
    const owner = { repository: context.repository, cacheKey: inputs.cacheKey, model, evalSet };
    const hashes = new FileHashes();
    const plan = await orAborted(cancelled.signal, async () => {
      const recalled = await recallPlan(lastPlan(paths, owner, restored), subject, hashes, cancelled.signal);
      if (recalled) return recalled;
      cancelled.signal.throwIfAborted();
      return makePlan({
        ...asked,
        env,
        planner: running.planner,
        temporaryDirectory: context.temporaryDirectory,
        hashes,
        subject,
        lockedRoot: (await environment()).lockedRoot,
      });
    });

    for (const warning of plan.warnings) log.warning(warning, 'Eval set');

    const keyed = () => requireApiKey(plan, keys, context.fromFork);
    // Nothing is done yet: told before anything is touched.
    if (restored.kind !== 'hit' && !existsSync(paths.progressFile)) keyed();
    lock = await lockState(paths);
    if (!inputs.resume && startFresh(paths))
      log.info('resume is false: what earlier runs left here was set aside');
    const knownCommands = plan.evals.map((planned) => planned.command);
    const opened = adoptCheckpoint({ paths, owner, knownCommands, log }, restored);
    const { state, restoredKey, isUnchanged } = opened;
    sealLive(paths);
    clearLive(paths);
    state.savePlan(savedPlan(plan, owner));
    const session = new RunningSession(
      {
        inputs: sessionInputs(inputs),
        context,
        checkpoint: identity,
        nextSeq: store.nextSeq,
        ended: false,
      },
      log,
    );

    const decisions = reconcile(plan, state, { maxAge: inputs.maxAge, now: new Date() });
    for (const line of describePlan(evalSet, decisions)) log.info(line);
    state.renew(renewedRecords(decisions));
    const evals = decisions.filter(({ kind }) => kind === 'run').map((decision) => decision.eval.key);
    if (evals.length > 0) keyed();
    session.save();
    cancelled.signal.throwIfAborted();
    const { outcomes, traffic, savedKey, isSaved, stopped, unusable } = await runSet({
      decisions,
      state,
      run: { repository: context.repository, id: context.runId, attempt: context.runAttempt },
      log,
      command: { model, args: inputs.args, registryPaths: inputs.registryPaths },
      openEngine: (keys) => running.open({ evals: keys }),
      api: { env, urls, maxRequestsInFlight: inputs.maxRequestsInFlight },
      limits: { timeMs: inputs.timeBudget, tokens: inputs.tokenBudget, beganAt: step.beganAt },
      evals: {
        parallelEvals: inputs.parallelEvals,
        attempts: inputs.attempts,
        exitOnError: inputs.exitOnError,
        sampleResume: inputs.sampleResume,
        timeouts: { evalTimeout: inputs.evalTimeout, stallTimeout: inputs.stallTimeout },
        // Evals work on as many samples at a time as may be requested; the gateway keeps all of them under one limit.
        threads: chatFallback && !env.EVALS_THREADS ? inputs.maxRequestsInFlight : undefined,
      },
      checkpoints: {
        store,
        isUnchanged,
        intervalMs: inputs.checkpointInterval,
        onSave: (nextSeq) => session.save({ nextSeq }),
        onSaved: (savedOutline) => session.save({ savedOutline }),
        knownUnavailable: restored.kind === 'unavailable' ? restored.cause : undefined,
        ...(githubToken === '' ? {} : { onSuperseded: cleaner(githubToken, context) }),
      },
      cancelled: {
        signal: cancelled.signal,
        drainDeadline: cancelled.after(DRAIN_MS),
        saveDeadline: cancelled.after(CANCEL_GRACE_MS - REPORT_RESERVE_MS),
      },
    });
    const results = summarize(model, evalSet, outcomes, traffic);
    publishOutputs({ results, restoredKey, savedKey, progressFile: paths.progressFile }, log);
    await publishSummary(results, context, [], log);
    // A save that a cancelled job had no time for is made up for by post.
    session.save({ ended: isSaved || !cancelled.signal.aborted });
    finish(results, { unusable, stopped });
  } finally {
    await running.close();
    await lock?.release();
    if (restored.kind === 'hit') rmSync(restored.staging, { recursive: true, force: true });
  }
}

/** The plan of the last run: that of the checkpoint, which is of the run that is resumed, before the machine's own. */
function lastPlan(paths: StatePaths, owner: Owner, restored: RestoreOutcome): SavedPlan | undefined {
  const staged =
    restored.kind === 'hit' ? statePaths(restored.directory, owner.model, owner.evalSet) : undefined;
  return (staged && readSavedPlan(staged, owner)) ?? readSavedPlan(paths, owner);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function cleaner(token: string, { apiUrl, repository, ref }: RunContext) {
  const clean = supersededCleaner({ token, apiUrl, repository, ...(ref ? { ref } : {}) }, log);
  return async (superseded: readonly string[], newest: string, signal: AbortSignal): Promise<void> => {
    for (const key of [...superseded, newest]) await clean(key, signal);
  };
}

/** Does not wait for work that cannot be told to end. */
function orAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work(), promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

const cancelled = cancellation(log);
await main(cancelled).catch(fail);
// Work that was not waited for ends with the process.
if (cancelled.signal.aborted) process.exit();
