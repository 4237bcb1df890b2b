/** The inputs of action.yml, read once and checked whole. Nothing below this room reads an INPUT_ variable. */
import { resolve } from 'node:path';
import { defaultEngine, type EngineName } from '../engine/engine-name.ts';
import { EXAMPLE_MODEL } from '../example-model.ts';
import {
  boolean,
  count,
  directory,
  duration,
  invalid,
  lines,
  requiredName,
  SEVERAL_LINES,
  secret,
  text,
  timer,
  UNITS,
  words,
} from './input-values.ts';

export interface Inputs {
  readonly model: string;
  readonly evalSet: string;
  /** Further `oaieval` arguments, one word an item. */
  readonly args: readonly string[];
  /** As the user wrote them: they are part of the command in the progress file. */
  readonly registryPaths: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly python: string;
  /** Empty: use what `python` has. */
  readonly evalsVersion: string;
  readonly extraPackages: readonly string[];
  readonly resume: boolean;
  readonly cacheKey: string;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
  readonly sampleResume: boolean;
  /** Evals that run at a time. */
  readonly parallelEvals: number;
  /** Over all evals. */
  readonly maxRequestsInFlight: number;
  readonly engine: EngineName;
  /** Whether evals gets the chat fallback for models that it does not know: not with the user's own `oaieval`. */
  readonly chatFallback: boolean;
  readonly attempts: number;
  readonly exitOnError: boolean;
  /** Milliseconds that one attempt of an eval may take. */
  readonly evalTimeout: number | undefined;
  /** Milliseconds that an eval may do nothing. */
  readonly stallTimeout: number;
  /** Milliseconds for the whole step. */
  readonly timeBudget: number | undefined;
  readonly tokenBudget: number | undefined;
  /** Milliseconds between checkpoints while evals run. */
  readonly checkpointInterval: number;
  /** Values of the job's matrix in this leg, as JSON; `null` without a matrix. */
  readonly matrix: string;
  /** Absolute. */
  readonly stateDirectory: string;
}

/** The inputs that must appear nowhere. They are apart from the others, so that no request carries them by accident. */
export interface Secrets {
  /** Empty: checkpoints are plain. */
  readonly encryptionKey: string;
  /** Empty: superseded checkpoints are left to GitHub. */
  readonly githubToken: string;
}

/** @throws ActionError INPUT_INVALID, without the value */
export function readSecrets(): Secrets {
  return { encryptionKey: secret('encryption-key'), githubToken: secret('github-token') };
}

/** @throws ActionError INPUT_MISSING, INPUT_INVALID or ARGS_INVALID, naming the input */
export function readInputs(): Inputs {
  const model = requiredName('model', `the model to evaluate, for example ${EXAMPLE_MODEL}`);
  const evalSet = requiredName('eval-set', 'an eval set of the registry, for example test-basic');
  checkFileName(model, evalSet);
  return {
    model,
    evalSet,
    args: words('args'),
    registryPaths: lines('registry-path'),
    workingDirectory: directory('working-directory'),
    python: text('python') || 'python3',
    evalsVersion: text('evals-version'),
    extraPackages: lines('extra-packages'),
    resume: boolean('resume', true),
    cacheKey: text('cache-key'),
    maxAge: duration('max-age'),
    sampleResume: boolean('sample-resume', true),
    parallelEvals: count('parallel-evals', 4, 1000),
    engine: engine(),
    chatFallback: text('engine') !== 'oaieval',
    maxRequestsInFlight: count('max-requests-in-flight', 32, 10_000),
    attempts: count('attempts', 2, 100),
    exitOnError: boolean('exit-on-error', false),
    evalTimeout: timer('eval-timeout'),
    stallTimeout: timer('stall-timeout') ?? 10 * UNITS.m,
    timeBudget: timer('time-budget'),
    tokenBudget: text('token-budget') === '' ? undefined : count('token-budget', 0, Number.MAX_SAFE_INTEGER),
    checkpointInterval: timer('checkpoint-interval') ?? 2 * UNITS.m,
    matrix: text('matrix', SEVERAL_LINES),
    stateDirectory: resolve(text('state-directory') || '/tmp/oaievalset'),
  };
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

/** The longest file name is that of a quarantined progress file: `{model}.{eval_set}.progress.txt.rejected-<time>`. */
function checkFileName(model: string, evalSet: string): void {
  const longest = `${model}.${evalSet}`.split('/').map((part) => Buffer.byteLength(part));
  if (Math.max(...longest) > 255 - '.progress.txt.rejected-20260101T000000Z-10'.length) {
    throw invalid(
      'model',
      model,
      'together with eval-set, it is too long for a file name',
      'Use a shorter name.',
    );
  }
}
