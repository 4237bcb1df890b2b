/** Reads and checks all inputs of action.yml. No other room reads an INPUT_ variable. */
import { resolve } from 'node:path';
import { defaultEngine, type EngineName } from '../engine/engine-name.ts';
import { EXAMPLE_MODEL } from '../example-model.ts';
import type { ModelMap } from '../model/model-map.ts';
import type { ParallelEvals } from '../model/parallel-evals.ts';
import { firstInvisible } from '../text.ts';
import {
  boolean,
  count,
  directory,
  durationMs,
  invalid,
  lines,
  requiredName,
  SEVERAL_LINES,
  secret,
  text,
  timerMs,
  UNIT_MS,
  words,
} from './input-values.ts';
import { readModelMap } from './model-map.ts';

export interface Inputs {
  readonly model: string;
  /** Who grades model-graded evals; empty: the last completion function of `model`. */
  readonly judgeModel: string;
  /** Empty: no name is replaced. */
  readonly modelMap: ModelMap;
  readonly evalSet: string;
  /** Globs over the names of evals; empty: all evals of the set. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Further `oaieval` arguments, one word per item. */
  readonly args: readonly string[];
  /** As the user wrote them, because they are part of the command in the progress file. */
  readonly registryPaths: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly python: string;
  /** Empty: use the evals package that `python` has. */
  readonly evalsVersion: string;
  readonly extraPackages: readonly string[];
  readonly resume: boolean;
  readonly cacheKey: string;
  /** Undefined: no limit. */
  readonly maxAgeMs: number | undefined;
  readonly sampleResume: boolean;
  readonly parallelEvals: ParallelEvals;
  /** Of all evals together. */
  readonly maxRequestsInFlight: number;
  readonly engine: EngineName;
  /** Whether models that evals does not know are called through the chat API. Not with engine `oaieval`, the user's own. */
  readonly chatFallback: boolean;
  readonly attempts: number;
  readonly exitOnError: boolean;
  /** Whether all output of evals is printed. */
  readonly verbose: boolean;
  /** How long one attempt at an eval may take; undefined: no limit. */
  readonly evalTimeoutMs: number | undefined;
  /** How long an attempt may do nothing. */
  readonly stallTimeoutMs: number;
  /** How long the whole step may take; undefined: no limit. */
  readonly timeBudgetMs: number | undefined;
  /** Billed tokens; undefined: no limit. */
  readonly tokenBudget: number | undefined;
  /** Time between checkpoints while evals run. */
  readonly checkpointIntervalMs: number;
  /** The matrix values of this job, as JSON; `null` without a matrix. */
  readonly matrix: string;
  /** Absolute. */
  readonly stateDirectory: string;
}

/** Secret inputs. They are not among the other inputs, so that no request contains them by accident. */
export interface Secrets {
  /** Empty: checkpoints are not encrypted. */
  readonly encryptionKey: string;
  /** Empty: GitHub evicts superseded checkpoints. */
  readonly githubToken: string;
}

/** @throws ActionError INPUT_INVALID, which does not contain the value */
export function readSecrets(): Secrets {
  return { encryptionKey: secret('encryption-key'), githubToken: secret('github-token') };
}

/** @throws ActionError INPUT_MISSING, INPUT_INVALID or ARGS_INVALID, which names the input */
export function readInputs(): Inputs {
  const model = requiredName('model', `the model to evaluate, for example ${EXAMPLE_MODEL}`);
  const evalSet = requiredName('eval-set', 'an eval set of the registry, for example test-basic');
  checkFileName(model, evalSet);
  const judge = judgeModel();
  return {
    model,
    judgeModel: judge,
    modelMap: readModelMap({ model: model.split(','), 'judge-model': judge === '' ? [] : [judge] }),
    evalSet,
    include: lines('include'),
    exclude: lines('exclude'),
    args: words('args'),
    registryPaths: lines('registry-path'),
    workingDirectory: directory('working-directory'),
    python: text('python') || 'python3',
    evalsVersion: text('evals-version'),
    extraPackages: lines('extra-packages'),
    resume: boolean('resume', true),
    cacheKey: text('cache-key'),
    maxAgeMs: durationMs('max-age'),
    sampleResume: boolean('sample-resume', true),
    parallelEvals: parallelEvals(),
    engine: engine(),
    chatFallback: text('engine') !== 'oaieval',
    maxRequestsInFlight: count('max-requests-in-flight', 32, 10_000),
    attempts: count('attempts', 2, 100),
    exitOnError: boolean('exit-on-error', false),
    // "Enable debug logging" of GitHub's "Re-run jobs" sets it.
    verbose: boolean('verbose', process.env.RUNNER_DEBUG === '1'),
    evalTimeoutMs: timerMs('eval-timeout'),
    stallTimeoutMs: timerMs('stall-timeout') ?? 10 * UNIT_MS.m,
    timeBudgetMs: timerMs('time-budget'),
    tokenBudget: text('token-budget') === '' ? undefined : count('token-budget', 0, Number.MAX_SAFE_INTEGER),
    checkpointIntervalMs: timerMs('checkpoint-interval') ?? 2 * UNIT_MS.m,
    matrix: text('matrix', SEVERAL_LINES),
    stateDirectory: resolve(text('state-directory') || '/tmp/oaievalset'),
  };
}

function judgeModel(): string {
  const value = text('judge-model');
  const next = `Set judge-model to the model that grades model-graded evals, for example ${EXAMPLE_MODEL}.`;
  const invisible = firstInvisible(value);
  if (invisible !== undefined)
    throw invalid('judge-model', value, `it contains the invisible character ${invisible}`, next);
  if (value.includes(','))
    throw invalid('judge-model', value, 'it contains a comma, but one model grades all answers', next);
  if (Buffer.byteLength(value) > MAX_JUDGE_BYTES)
    throw invalid('judge-model', value, `it is longer than ${MAX_JUDGE_BYTES} bytes`, next);
  return value;
}

function parallelEvals(): ParallelEvals {
  const value = text('parallel-evals') || 'auto';
  if (value === 'auto') return value;
  const most = 1000;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= 1 && number <= most) return number;
  throw invalid(
    'parallel-evals',
    value,
    `it is neither auto nor a whole number from 1 to ${most}`,
    'Set parallel-evals to auto, or to how many evals run at the same time.',
  );
}

function engine(): EngineName {
  const value = text('engine') || 'auto';
  const fallback = defaultEngine(process.platform);
  if (value === 'auto') return fallback;
  if (value === 'oaieval') return value;
  if (value !== 'warm')
    throw invalid('engine', value, 'there is no such engine', 'Set engine to auto, warm or oaieval.');
  if (fallback === 'warm') return value;
  throw invalid('engine', value, 'it needs Linux', 'Set engine to auto, or use a Linux runner.');
}

/** As long as a name that completion records can have, and far longer than any model's. */
const MAX_JUDGE_BYTES = 1024;

/** The longest file name is that of a quarantined progress file: `{model}.{eval_set}.progress.txt.rejected-<time>`. */
function checkFileName(model: string, evalSet: string): void {
  const longest = `${model}.${evalSet}`.split('/').map((part) => Buffer.byteLength(part));
  if (Math.max(...longest) > 255 - '.progress.txt.rejected-20260101T000000Z-10'.length) {
    throw invalid(
      'model',
      model,
      'it is too long for a file name together with eval-set',
      'Use a shorter model name or eval set name.',
    );
  }
}
