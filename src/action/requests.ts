/** Makes the request to each room from the step. Only those for the checkpoint store, GitHub's API and the reports contain a secret. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { StoreRequest } from '../checkpoint/checkpoint-store.ts';
import { checkpointIdentity } from '../checkpoint/identity.ts';
import type { CheckpointIdentity } from '../checkpoint/keys.ts';
import type { EnginesOptions } from '../engine/engines.ts';
import type { EstimateRequest } from '../estimate/estimate-run.ts';
import { GitHubApi } from '../github/github-api.ts';
import type { Decision } from '../model/decision.ts';
import { noPricing, type Prices } from '../model/price.ts';
import type { SetCommands } from '../plan/command.ts';
import type { CostLimit } from '../run/budget.ts';
import type { OpenedState } from '../run/open-state.ts';
import { hasKeptOf, replayableOf } from '../run/recorded-responses.ts';
import type { RunSetRequest } from '../run/run-set.ts';
import { runIdentity } from './context.ts';
import type { Inputs } from './inputs.ts';
import { stepPrices } from './prices.ts';
import { CANCEL_GRACE_MS, type Cancellation } from './signals.ts';
import type { Step } from './step.ts';

/** How long a cancelled job waits for responses in flight. */
const DRAIN_MS = 2000;

/** Time for the reports of a cancelled job after it has saved its state. */
const REPORT_RESERVE_MS = 700;

/** Time to end after that. */
const END_RESERVE_MS = 200;

type IdentityInputs = Pick<
  Inputs,
  | 'model'
  | 'judgeModel'
  | 'modelMap'
  | 'evalSet'
  | 'cacheKey'
  | 'args'
  | 'registryPaths'
  | 'workingDirectory'
  | 'shard'
  | 'matrix'
>;

/** A step, or the one that merges its shards. */
interface Identified extends Pick<Step, 'context' | 'urls'> {
  readonly inputs: IdentityInputs;
}

export function identityOf({ inputs, context, urls }: Identified): CheckpointIdentity {
  const request = { ...inputs, judgeModel: addedJudge(inputs), urls };
  return checkpointIdentity(request, { ...context, matrix: inputs.matrix });
}

/** The completion function that model-graded evals get besides `model`; empty: none. A model that grades itself is not added. */
function addedJudge({ model, judgeModel }: Pick<Inputs, 'model' | 'judgeModel'>): string {
  return judgeModel === model ? '' : judgeModel;
}

/** All names of completion functions. */
function modelsOf(inputs: Inputs): string[] {
  const judge = addedJudge(inputs);
  return [...inputs.model.split(','), ...(judge === '' ? [] : [judge])];
}

export function storeRequest(
  step: Pick<Step, 'context' | 'secrets' | 'ownEnv'>,
  identity: CheckpointIdentity,
  firstSeq: number,
): StoreRequest {
  const { temporaryDirectory } = step.context;
  const { encryptionKey } = step.secrets;
  return { identity, encryptionKey, temporaryDirectory, firstSeq, env: step.ownEnv };
}

/** The Python and its packages. */
export function installationOf({ inputs, evalEnv: env }: Step) {
  const { python, evalsVersion, extraPackages, workingDirectory } = inputs;
  return { python, evalsVersion, extraPackages, workingDirectory, env };
}

export function enginesRequest({ inputs, evalEnv: env }: Step): Omit<EnginesOptions, 'python' | 'log'> {
  const { engine, workingDirectory: cwd, registryPaths, chatFallback } = inputs;
  return { engine, cwd, env, models: modelsOf(inputs), registryPaths, chatFallback };
}

/** What the commands of the evals are made from. */
export function commandOf({ inputs }: Step): SetCommands {
  const { model, args, registryPaths } = inputs;
  return { model, judgeModel: addedJudge(inputs), args, registryPaths };
}

/** The inputs of the plan. */
export function planRequest(step: Step) {
  const { evalSet, modelMap, include, exclude, chatFallback, engine } = step.inputs;
  const set = {
    ...commandOf(step),
    evalSet,
    modelMap,
    include,
    exclude,
    chatFallback,
    sharesRegistry: engine === 'warm',
  };
  return { ...installationOf(step), ...set, temporaryDirectory: step.context.temporaryDirectory };
}

/** What an estimate of the evals that run is made from. Nothing is loaded for a run with nothing to do. */
export async function estimateRequest(
  step: Step,
  { state, journals }: Pick<OpenedState, 'state' | 'journals'>,
  decisions: readonly Decision[],
): Promise<EstimateRequest> {
  const { sampleResume, reuseAnswers } = step.inputs;
  const { repository } = step.context;
  const replayable = replayableOf({ journals, repository, sampleResume });
  const hasKept = hasKeptOf(state, reuseAnswers && sampleResume);
  const prices = decisions.some(({ kind }) => kind === 'run') ? await stepPrices(step) : noPricing.prices;
  return { records: state.records, prices, replayable, hasKept };
}

/**
 * Where the state is. A plan changes nothing that a run uses: with `resume: false` a run would quarantine the state, so its plan is
 * made with an empty one.
 */
export function stateDirectoryOf({ inputs, context }: Step): string {
  const { planOnly, resume, stateDirectory } = inputs;
  return planOnly && !resume ? join(context.temporaryDirectory, `plan-only-${randomUUID()}`) : stateDirectory;
}

/** Aborted shortly before a runner ends a cancelled job. */
export function commentDeadline(cancelled: Cancellation): AbortSignal {
  return cancelled.after(CANCEL_GRACE_MS - END_RESERVE_MS);
}

type RunPicks = Pick<RunSetRequest, 'run' | 'api' | 'limits' | 'evals' | 'cancelled'>;

/** @param prices for the cost-budget; undefined without one */
export function runRequest(step: Step, cancelled: Cancellation, prices: Prices | undefined): RunPicks {
  const { inputs, context, urls, evalEnv: env, beganAt } = step;
  const { modelMap, maxRequestsInFlight, parallelEvals, attempts, exitOnError } = inputs;
  const { sampleResume, reuseAnswers, maxAgeMs } = inputs;
  // One eval alone can use all requests in flight. The gateway limits the requests of all evals together.
  const threads = inputs.chatFallback && !env.EVALS_THREADS ? maxRequestsInFlight : undefined;
  const timeouts = { evalTimeoutMs: inputs.evalTimeoutMs, stallTimeoutMs: inputs.stallTimeoutMs };
  return {
    run: runIdentity(context),
    api: { env, urls, models: modelsOf(inputs), modelMap, maxRequestsInFlight },
    limits: {
      timeMs: inputs.timeBudgetMs,
      tokens: inputs.tokenBudget,
      cost: costLimit(inputs, prices),
      beganAt,
    },
    evals: { parallelEvals, attempts, exitOnError, sampleResume, reuseAnswers, maxAgeMs, timeouts, threads },
    cancelled: {
      signal: cancelled.signal,
      drainDeadline: cancelled.after(DRAIN_MS),
      saveDeadline: cancelled.after(CANCEL_GRACE_MS - REPORT_RESERVE_MS),
    },
  };
}

function costLimit({ costBudget: dollars }: Inputs, prices: Prices | undefined): CostLimit | undefined {
  return dollars === undefined || !prices ? undefined : { dollars, prices };
}

interface CommentingStep extends Pick<Step, 'secrets'> {
  readonly inputs: Pick<Inputs, 'report' | 'matrix'>;
}

/** When and with which token a comment is posted. */
export function commentRequest({ inputs, secrets }: CommentingStep) {
  const { comment } = inputs.report;
  return { comment, matrix: inputs.matrix, githubToken: secrets.githubToken };
}

/** GitHub's API; undefined without a token. */
export function githubOf({ context, secrets }: Step): GitHubApi | undefined {
  const { apiUrl, repository } = context;
  return secrets.githubToken === ''
    ? undefined
    : new GitHubApi({ apiUrl, repository, token: secrets.githubToken });
}
