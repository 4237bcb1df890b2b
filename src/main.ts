/** The step itself: read inputs → restore → plan → reconcile → run what remains → save → report → exit code. */
import { tmpdir } from 'node:os';
import { readContext } from './action/context.ts';
import { fail, finish } from './action/finish.ts';
import { readInputs } from './action/inputs.ts';
import { actionLog as log } from './action/log.ts';
import { publishOutputs, publishSummary } from './action/publish.ts';
import { saveSession } from './action/session.ts';
import { cancellation } from './action/signals.ts';
import {
  checkpointStore,
  openWithCheckpoint,
  restoreCheckpoint,
  saveCheckpoint,
} from './checkpoint/state-checkpoint.ts';

import { prepareEnvironment } from './environment/index.ts';
import { startGateway } from './gateway/gateway.ts';
import { providerUrls } from './gateway/providers.ts';
import { makePlan } from './plan/make-plan.ts';
import { reconcile } from './plan/reconcile.ts';
import { keepMemorySmall } from './process/memory.ts';
import { sealLive } from './progress/journal.ts';
import { statePaths } from './progress/paths.ts';
import { clearLive, startFresh } from './progress/state.ts';
import { narrate } from './report/narrate.ts';
import { summarize } from './report/results.ts';
import { defaultEngine, engines } from './run/engines.ts';
import { evalEnvironment, requireApiKey } from './run/environment.ts';
import { runEvals } from './run/run-evals.ts';

async function main(): Promise<void> {
  keepMemorySmall();
  const context = readContext(process.env, process.platform, tmpdir());
  const inputs = readInputs();
  const { model, evalSet, workingDirectory } = inputs;
  const env = evalEnvironment(process.env);
  const urls = providerUrls(process.env);

  const environment = await prepareEnvironment({ ...inputs, env }, log);
  // Unless it is the user's own oaieval that is asked for, evals is mended for today's models.
  const todaysModels = inputs.engine !== 'oaieval';
  const running = engines({
    engine: inputs.engine === 'auto' ? defaultEngine(process.platform) : inputs.engine,
    python: environment.python,
    cwd: workingDirectory,
    env,
    models: model.split(','),
    registryPaths: inputs.registryPaths,
    todaysModels,
    log,
  });
  try {
    const plan = await makePlan({
      ...inputs,
      planner: running.planner,
      todaysModels,
      env,
      temporaryDirectory: context.temporaryDirectory,
    });
    requireApiKey(plan, process.env);

    const store = checkpointStore(inputs, context, 1);
    const restored = inputs.resume ? await restoreCheckpoint(store, log) : ({ kind: 'miss' } as const);
    const paths = statePaths(inputs.stateDirectory, model, evalSet);
    const owner = { repository: context.repository, cacheKey: inputs.cacheKey, model, evalSet };
    if (!inputs.resume && startFresh(paths))
      log.info('resume is false: what earlier runs left here was set aside');
    const knownCommands = plan.evals.map((planned) => planned.command);
    const opened = openWithCheckpoint({ paths, owner, knownCommands, log }, restored);
    const { state, restoredKey } = opened;
    sealLive(paths);
    clearLive(paths);
    state.savePlan({ version: 1, owner, signature: plan.signature, evals: plan.evals });
    const session = { inputs, context, adopted: true, restoredKey, nextSeq: store.nextSeq + 1, ended: false };
    saveSession(session);

    const decisions = reconcile(plan, state, { maxAge: inputs.maxAge, now: new Date() });
    for (const line of narrate(evalSet, decisions)) log.info(line);
    const evals = decisions.filter(({ kind }) => kind === 'run').map((decision) => decision.eval.key);
    const engine = running.open({ evals });
    const gateway = await startGateway({
      env: process.env,
      urls,
      maxRequestsInFlight: inputs.maxRequestsInFlight,
      log,
    });
    const outcomes = await runEvals(decisions, {
      state,
      engine,
      // Evals work on as many samples at a time as may be asked about; the gateway keeps all of them under one limit.
      threads: todaysModels && !process.env.EVALS_THREADS ? inputs.maxRequestsInFlight : undefined,
      parallelEvals: inputs.parallelEvals,
      log,
      model,
      oaievalArgs: [...inputs.args, ...inputs.registryPaths.flatMap((path) => ['--registry_path', path])],
      run: { repository: context.repository, id: context.runId, attempt: context.runAttempt },
      attempts: inputs.attempts,
      exitOnError: inputs.exitOnError,
      gateway,
      sampleResume: inputs.sampleResume,
      cancelled: cancellation(log),
    }).finally(() => gateway.close());

    const savedKey = await saveCheckpoint(opened, store, context.temporaryDirectory, log);
    const results = summarize(model, evalSet, outcomes, gateway.traffic());
    publishOutputs({ results, restoredKey, savedKey, progressFile: paths.progressFile });
    await publishSummary(results, context, [], log);
    saveSession({ ...session, ended: true });
    finish(results, gateway.refused);
  } finally {
    await running.close();
  }
}

await main().catch(fail);
