/** What each room is asked for, picked from the step. Only the request for the checkpoint store carries a secret. */
import type { StoreRequest } from '../checkpoint/checkpoint-store.ts';
import { checkpointIdentity } from '../checkpoint/identity.ts';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import type { EnginesOptions } from '../engine/engines.ts';
import { GitHubApi } from '../github/github-api.ts';
import type { RunSetRequest } from '../run/run-set.ts';
import { runIdentity } from './context.ts';
import { CANCEL_GRACE_MS, type Cancellation } from './signals.ts';
import type { Step } from './step.ts';

/** How long a cancelled job still waits for responses that are in flight. */
const DRAIN_MS = 2000;

/** Left for the outputs and the summary when a cancelled job saves its state. */
const REPORT_RESERVE_MS = 700;

export function identityOf({ inputs, context, urls }: Step): CheckpointIdentity {
  return checkpointIdentity({ ...inputs, urls }, { ...context, matrix: inputs.matrix });
}

export function storeRequest(step: Step, identity: CheckpointIdentity, firstSeq: number): StoreRequest {
  const { temporaryDirectory } = step.context;
  const { encryptionKey } = step.secrets;
  return { identity, encryptionKey, temporaryDirectory, firstSeq, env: step.ownEnv };
}

/** Which Python, with which packages. */
export function installationOf({ inputs, evalEnv: env }: Step) {
  const { python, evalsVersion, extraPackages, workingDirectory } = inputs;
  return { python, evalsVersion, extraPackages, workingDirectory, env };
}

export function enginesRequest({ inputs, evalEnv: env }: Step): Omit<EnginesOptions, 'python' | 'log'> {
  const { engine, workingDirectory: cwd, model, registryPaths, chatFallback } = inputs;
  return { engine, cwd, env, models: model.split(','), registryPaths, chatFallback };
}

/** What the plan is made for. */
export function planRequest(step: Step) {
  const { model, evalSet, args, registryPaths, chatFallback, engine } = step.inputs;
  const asked = { model, evalSet, args, registryPaths, chatFallback, sharesRegistry: engine === 'warm' };
  return { ...installationOf(step), ...asked, temporaryDirectory: step.context.temporaryDirectory };
}

type RunPicks = Pick<RunSetRequest, 'run' | 'command' | 'api' | 'limits' | 'evals' | 'cancelled'>;

export function runRequest(step: Step, cancelled: Cancellation): RunPicks {
  const { inputs, context, urls, evalEnv: env, beganAt } = step;
  const { model, args, registryPaths, maxRequestsInFlight, parallelEvals, attempts, exitOnError } = inputs;
  // Evals work on as many samples at a time as may be requested; the gateway keeps all of them under one limit.
  const threads = inputs.chatFallback && !env.EVALS_THREADS ? maxRequestsInFlight : undefined;
  const timeouts = { evalTimeout: inputs.evalTimeout, stallTimeout: inputs.stallTimeout };
  return {
    run: runIdentity(context),
    command: { model, args, registryPaths },
    api: { env, urls, maxRequestsInFlight },
    limits: { timeMs: inputs.timeBudget, tokens: inputs.tokenBudget, beganAt },
    evals: { parallelEvals, attempts, exitOnError, sampleResume: inputs.sampleResume, timeouts, threads },
    cancelled: {
      signal: cancelled.signal,
      drainDeadline: cancelled.after(DRAIN_MS),
      saveDeadline: cancelled.after(CANCEL_GRACE_MS - REPORT_RESERVE_MS),
    },
  };
}

/** GitHub's API, when the workflow gave a token for it. */
export function githubOf({ context, secrets }: Step): GitHubApi | undefined {
  const { apiUrl, repository } = context;
  return secrets.githubToken === ''
    ? undefined
    : new GitHubApi({ apiUrl, repository, token: secrets.githubToken });
}
