/** The step itself: read inputs → restore → plan → reconcile → run what remains → save → report → exit code. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readContext } from './action/context.ts';
import { fail, finish } from './action/finish.ts';
import { readInputs } from './action/inputs.ts';
import { actionLog as log } from './action/log.ts';
import { publishOutputs, publishSummary } from './action/publish.ts';
import { saveSession, sessionInputs } from './action/session.ts';
import { cancellation } from './action/signals.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { checkpointStore, openWithCheckpoint, restoreCheckpoint } from './checkpoint/state-checkpoint.ts';
import type { RestoreOutcome } from './checkpoint/store.ts';

import { prepareEnvironment } from './environment/index.ts';
import { startGateway } from './gateway/gateway.ts';
import { providerUrls } from './gateway/providers.ts';
import { tokensSpent } from './gateway/traffic.ts';
import { FileHashes } from './plan/file-hashes.ts';
import { makePlan, recallPlan } from './plan/make-plan.ts';
import { reconcile } from './plan/reconcile.ts';
import { planSubject } from './plan/subject.ts';
import { keepMemorySmall } from './process/memory.ts';
import type { Journal } from './progress/journal.ts';
import { sealLive } from './progress/journal.ts';
import { type Lock, lockState } from './progress/lock.ts';
import { type StatePaths, statePaths } from './progress/paths.ts';
import { type Owner, readSavedPlan, type SavedPlan, savedPlan } from './progress/saved-plan.ts';
import { clearLive, startFresh } from './progress/state.ts';
import { narrate } from './report/narrate.ts';
import { summarize } from './report/results.ts';
import { type Budget, openBudget } from './run/budget.ts';
import { defaultEngine, engines } from './run/engines.ts';
import { evalEnvironment, requireApiKey } from './run/environment.ts';
import { runEvals } from './run/run-evals.ts';

/** Milliseconds that are left for the outputs and the summary when a cancelled job saves its state. */
const SAFETY = 700;

async function main(): Promise<void> {
  keepMemorySmall();
  const context = readContext(process.env, process.platform, tmpdir());
  const inputs = readInputs();
  const { model, evalSet, workingDirectory } = inputs;
  const env = evalEnvironment(process.env);
  const urls = providerUrls(process.env);
  const cancelled = cancellation(log);
  const began = Math.round(performance.timeOrigin);

  // Unless it is the user's own oaieval that is asked for, evals is mended for today's models.
  const todaysModels = inputs.engine !== 'oaieval';
  const asked = { ...inputs, todaysModels, env };
  const subject = await planSubject(asked);
  const environment = once(() => prepareEnvironment(asked, log));
  const running = engines({
    engine: inputs.engine === 'auto' ? defaultEngine(process.platform) : inputs.engine,
    python: async () => (await environment()).python,
    cwd: workingDirectory,
    env,
    models: model.split(','),
    registryPaths: inputs.registryPaths,
    todaysModels,
    log,
  });

  const store = checkpointStore(inputs, context, 1);
  const restored = inputs.resume ? await restoreCheckpoint(store, log) : ({ kind: 'miss' } as const);
  let lock: Lock | undefined;
  try {
    const paths = statePaths(inputs.stateDirectory, model, evalSet);
    const owner = { repository: context.repository, cacheKey: inputs.cacheKey, model, evalSet };
    const hashes = new FileHashes();
    const plan =
      (await recallPlan(lastPlan(paths, owner, restored), subject, hashes)) ??
      (await makePlan({
        ...asked,
        planner: running.planner,
        temporaryDirectory: context.temporaryDirectory,
        hashes,
        subject,
        lockedRoot: (await environment()).lockedRoot,
      }));

    lock = await lockState(paths);
    if (!inputs.resume && startFresh(paths))
      log.info('resume is false: what earlier runs left here was set aside');
    const knownCommands = plan.evals.map((planned) => planned.command);
    const opened = openWithCheckpoint({ paths, owner, knownCommands, log }, restored);
    const { state, restoredKey, unchangedSince } = opened;
    sealLive(paths);
    clearLive(paths);
    state.savePlan(savedPlan(plan, owner));
    const session = {
      inputs: sessionInputs(inputs),
      context,
      adopted: true,
      restoredKey,
      nextSeq: store.nextSeq,
      ended: false,
    };
    saveSession(session);

    const decisions = reconcile(plan, state, { maxAge: inputs.maxAge, now: new Date() });
    for (const line of narrate(evalSet, decisions)) log.info(line);
    const evals = decisions.filter(({ kind }) => kind === 'run').map((decision) => decision.eval.key);
    if (evals.length > 0) requireApiKey(plan, process.env);
    cancelled.signal.throwIfAborted();
    let budget: Budget | undefined;
    const gateway = await startGateway({
      env: process.env,
      urls,
      maxRequestsInFlight: inputs.maxRequestsInFlight,
      log,
      onSpent: () => budget?.check(),
    });
    budget = openBudget({
      time: inputs.timeBudget,
      tokens: inputs.tokenBudget,
      since: began,
      spentTokens: () => tokensSpent(gateway.traffic()),
      records: state.records,
      sampleResume: inputs.sampleResume,
    });
    const stopped = AbortSignal.any([cancelled.signal, gateway.refused, budget.exhausted]);
    const journals = new Set<Journal>();
    const checkpointer = new Checkpointer({
      state,
      unchangedSince,
      store,
      temporaryDirectory: context.temporaryDirectory,
      log,
      journals,
      interval: inputs.checkpointInterval,
      mark: () => `${state.records.length} ${gateway.traffic().sent}`,
      onSave: (nextSeq) => saveSession({ ...session, nextSeq }),
    });
    checkpointer.start();
    const outcomes = await runEvals(decisions, {
      state,
      engine: running.open({ evals }),
      // Evals work on as many samples at a time as may be asked about; the gateway keeps all of them under one limit.
      threads: todaysModels && !process.env.EVALS_THREADS ? inputs.maxRequestsInFlight : undefined,
      parallelEvals: inputs.parallelEvals,
      limits: inputs,
      log,
      model,
      oaievalArgs: [...inputs.args, ...inputs.registryPaths.flatMap((path) => ['--registry_path', path])],
      run: { repository: context.repository, id: context.runId, attempt: context.runAttempt },
      attempts: inputs.attempts,
      exitOnError: inputs.exitOnError,
      gateway,
      sampleResume: inputs.sampleResume,
      journals,
      budget,
      stopped,
      onEnded: (milliseconds) => {
        if (milliseconds > inputs.checkpointInterval) checkpointer.soon();
      },
    }).finally(async () => {
      budget.close();
      await gateway.close();
    });

    const left = cancelled.timeLeft();
    const saved = await checkpointer.finish(left === undefined ? undefined : Math.max(0, left - SAFETY));
    const results = summarize(model, evalSet, outcomes, gateway.traffic());
    publishOutputs({ results, restoredKey, savedKey: saved.key, progressFile: paths.progressFile });
    await publishSummary(results, context, [], log);
    // A save that a cancelled job had no time for is made up for by post.
    saveSession({ ...session, nextSeq: store.nextSeq, ended: saved.complete || left === undefined });
    finish(results, { refused: gateway.refused, stopped });
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

await main().catch(fail);
