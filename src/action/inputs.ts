/** Reads and checks all inputs of action.yml. No other room reads an INPUT_ variable. */
import { getInput } from '@actions/core';
import { defaultEngine, type EngineName } from '../engine/engine-name.ts';
import { extraRequirements } from '../environment/extra-packages.ts';
import { locate } from '../environment/interpreter.ts';
import { requireSupportedVersion } from '../environment/locked-packages.ts';
import type { ModelMap } from '../model/model-map.ts';
import type { ParallelEvals } from '../model/parallel-evals.ts';
import type { PriceOverride } from '../model/price.ts';
import type { Shard } from '../model/shard.ts';
import { stateDirectoryInput, withHome, workingDirectoryInput } from './input/directories.ts';
import { durationMs, timerMs, UNIT_MS } from './input/durations.ts';
import { checkedGateInputs, type Gate } from './input/gate.ts';
import { readModelMap } from './input/model-map.ts';
import { evalSetInput, judgeModelInput, modelInput } from './input/names.ts';
import { oaievalArgs } from './input/oaieval-args.ts';
import { costBudgetInput, pricesInput } from './input/prices.ts';
import { registryPathsInput } from './input/registry-paths.ts';
import { checkedReportInputs, type ReportInputs } from './input/report.ts';
import { shardInput } from './input/shard.ts';
import { invalid, lines, SEVERAL_LINES, secret, text } from './input/text.ts';
import { boolean, count, planOnlyInput, tokenCount, wholeNumberOf } from './input/values.ts';
import { readAll } from './read-all.ts';

export interface Inputs {
  readonly model: string;
  /** Who grades model-graded evals; empty: the last completion function of `model`. */
  readonly judgeModel: string;
  /** Empty: no name is replaced. */
  readonly modelMap: ModelMap;
  readonly evalSet: string;
  /** Whether the step only says what would run, and what it is likely to take. */
  readonly planOnly: boolean;
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
  readonly reuseAnswers: boolean;
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
  /** US dollars; undefined: no limit. */
  readonly costBudget: number | undefined;
  /** Prices that count more than the vendored list. */
  readonly prices: readonly PriceOverride[];
  /** Time between checkpoints while evals run. */
  readonly checkpointIntervalMs: number;
  /** The matrix values of this job, as JSON; `null` without a matrix. */
  readonly matrix: string;
  /** Absolute. */
  readonly stateDirectory: string;
  /** Which part of the set this step runs. */
  readonly shard: Shard;
  readonly gate: Gate;
  readonly report: ReportInputs;
}

/** Secret inputs. They are not among the other inputs, so that no request contains them by accident. */
export interface Secrets {
  /** Empty: checkpoints are not encrypted. */
  readonly encryptionKey: string;
  /** Empty: GitHub evicts superseded checkpoints. */
  readonly githubToken: string;
}

/** @throws ActionError INPUT_INVALID, which does not contain the value */
export function readSecrets(): Promise<Secrets> {
  return readAll<Secrets>({
    encryptionKey: () => secret('encryption-key'),
    githubToken: () => secret('github-token'),
  });
}

/**
 * @param env the environment of the step
 * @throws ActionError that names every wrong input
 */
export function readInputs(env: NodeJS.ProcessEnv = process.env): Promise<Inputs> {
  return readAll<Inputs>({
    model: () => modelInput(env),
    judgeModel: judgeModelInput,
    modelMap: () => readModelMap({ model: namesIn('model'), 'judge-model': namesIn('judge-model') }),
    evalSet: () => evalSetInput(env),
    planOnly: planOnlyInput,
    include: () => lines('include'),
    exclude: () => lines('exclude'),
    args: oaievalArgs,
    registryPaths: () => registryPathsInput(workingDirectoryIfRight()),
    workingDirectory: workingDirectoryInput,
    python: () => python(env),
    evalsVersion,
    extraPackages,
    resume: () => boolean('resume', true),
    cacheKey: () => text('cache-key'),
    maxAgeMs: () =>
      durationMs('max-age', { hasNoLimit: true, ifZero: 'To run every eval again, set resume: false.' }),
    sampleResume: () => boolean('sample-resume', true),
    reuseAnswers: () => boolean('reuse-answers', false),
    parallelEvals,
    engine,
    chatFallback: () => text('engine') !== 'oaieval',
    maxRequestsInFlight: () => count('max-requests-in-flight', 32, 10_000),
    attempts: () => count('attempts', 2, 100, 'With 1, an eval that fails is not run again.'),
    exitOnError: () => boolean('exit-on-error', false),
    // "Enable debug logging" of GitHub's "Re-run jobs" sets it.
    verbose: () => boolean('verbose', env.RUNNER_DEBUG === '1'),
    evalTimeoutMs: () => limit('eval-timeout'),
    stallTimeoutMs: () => interval('stall-timeout') ?? 10 * UNIT_MS.m,
    timeBudgetMs: () => limit('time-budget'),
    tokenBudget: () => tokenCount('token-budget'),
    costBudget: costBudgetInput,
    prices: pricesInput,
    checkpointIntervalMs: () => interval('checkpoint-interval') ?? 2 * UNIT_MS.m,
    matrix: () => text('matrix', SEVERAL_LINES),
    stateDirectory: stateDirectoryInput,
    shard: shardInput,
    gate: checkedGateInputs,
    report: checkedReportInputs,
  });
}

/** As they are written, because they may be wrong. */
export function namesIn(input: string): string[] {
  return getInput(input)
    .split(',')
    .map((name) => name.trim());
}

/** Undefined if it is wrong, so that what depends on it is not reported as well. */
function workingDirectoryIfRight(): string | undefined {
  try {
    return workingDirectoryInput();
  } catch {
    return undefined;
  }
}

/** Only looks for the interpreter. It is started when it is needed. */
async function python(env: NodeJS.ProcessEnv): Promise<string> {
  const name = withHome(text('python') || 'python3');
  const workingDirectory = workingDirectoryIfRight();
  if (workingDirectory !== undefined) await locate(name, { workingDirectory, env });
  return name;
}

async function evalsVersion(): Promise<string> {
  const version = text('evals-version');
  if (version !== '') await requireSupportedVersion(version);
  return version;
}

function extraPackages(): string[] {
  const packages = lines('extra-packages');
  extraRequirements(packages);
  return packages;
}

function limit(name: string): number | undefined {
  return timerMs(name, { hasNoLimit: true, ifZero: `For no limit, leave ${name} empty.` });
}

function interval(name: string): number | undefined {
  return timerMs(name, { ifZero: `Set ${name} to at least 1s, or remove it to use the default.` });
}

function parallelEvals(): ParallelEvals {
  const value = text('parallel-evals') || 'auto';
  if (value === 'auto') return value;
  const number = wholeNumberOf(value);
  if (number !== undefined && number >= 1 && number <= 1000) return number;
  throw invalid(
    'parallel-evals',
    value,
    'it is neither auto nor a whole number from 1 to 1,000',
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
