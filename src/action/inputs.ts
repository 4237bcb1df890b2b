/** The inputs of action.yml, read once and checked whole. Nothing below this room reads an INPUT_ variable. */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { getInput, setSecret } from '@actions/core';
import { split } from 'shlex';
import { defaultEngine, type EngineName } from '../engine/engines.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { EXAMPLE_MODEL } from '../example-model.ts';
import { firstInvisible } from '../text.ts';
import { actionLog } from './log.ts';

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
  readonly engine: 'auto' | EngineName;
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
  /** A secret; empty: checkpoints are plain. */
  readonly encryptionKey: string;
  /** A secret; empty: superseded checkpoints are left to GitHub. */
  readonly githubToken: string;
  /** Absolute. */
  readonly stateDirectory: string;
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
    maxRequestsInFlight: count('max-requests-in-flight', 32, 10_000),
    attempts: count('attempts', 2, 100),
    exitOnError: boolean('exit-on-error', false),
    evalTimeout: duration('eval-timeout'),
    stallTimeout: duration('stall-timeout') ?? 10 * UNITS.m,
    timeBudget: duration('time-budget'),
    tokenBudget: text('token-budget') === '' ? undefined : count('token-budget', 0, Number.MAX_SAFE_INTEGER),
    checkpointInterval: duration('checkpoint-interval') ?? 2 * UNITS.m,
    matrix: text('matrix', SEVERAL_LINES),
    encryptionKey: secret('encryption-key'),
    githubToken: secret('github-token'),
    stateDirectory: resolve(text('state-directory') || '/tmp/oaievalset'),
  };
}

function engine(): Inputs['engine'] {
  const value = text('engine') || 'auto';
  if (value === 'auto' || value === 'oaieval') return value;
  if (value !== 'warm')
    throw invalid('engine', value, 'there is no such engine', 'Set engine to auto, warm or oaieval.');
  if (defaultEngine(process.platform) === 'warm') return value;
  throw invalid('engine', value, 'it needs Linux', 'Set engine to auto, or use a Linux runner.');
}

/** What would move or hide results, or is decided by an input, and how to say it instead. */
const REFUSED_ARGS: ReadonlyMap<string, string> = new Map([
  ['--record_path', 'The action keeps a record file of every eval itself; remove it.'],
  ['--registry_path', 'Use the input registry-path, one path a line.'],
  ['--http-run', 'It sends results elsewhere, so that nothing could be resumed; remove it.'],
  ['--no-local-run', 'It moves results to a database, so that nothing could be resumed; remove it.'],
  ['--dry-run', 'It records no results, so that no eval would ever be done; remove it.'],
  ['--log_to_file', 'It hides the output that the action shows; remove it.'],
  ['--resume', 'It is an argument of oaievalset; use the input resume.'],
  ['--no-resume', 'It is an argument of oaievalset; use the input resume: false.'],
  ['--exit-on-error', 'It is an argument of oaievalset; use the input exit-on-error: true.'],
  ['--no-exit-on-error', 'It is an argument of oaievalset; use the input exit-on-error: false.'],
]);

function words(name: string): string[] {
  const value = text(name, SEVERAL_LINES);
  let args: string[];
  try {
    args = split(value);
  } catch (error) {
    throw new ActionError(
      'ARGS_INVALID',
      `The input ${name} cannot be split into words: ${reasonOf(error).toLowerCase()} in ${JSON.stringify(value)}.`,
      'Close the quote, or put a backslash before a quote that is meant as a letter.',
    );
  }
  for (const arg of args) {
    const [option = ''] = arg.split('=', 1);
    const next = REFUSED_ARGS.get(option);
    if (next)
      throw new ActionError(
        'ARGS_INVALID',
        `The input ${name} holds ${option}, which cannot be used here.`,
        next,
      );
  }
  return args;
}

function requiredName(name: string, meaning: string): string {
  const value = text(name);
  if (value === '') {
    throw new ActionError(
      'INPUT_MISSING',
      `The input ${name} is missing.`,
      `Set ${name} under "with:" to ${meaning}.`,
    );
  }
  const invisible = firstInvisible(value);
  const wrong =
    (invisible !== undefined && `it holds the invisible character ${invisible}`) ||
    (isAbsolute(value) && 'it is an absolute path') ||
    (value.split('/').includes('..') && 'it holds ".."') ||
    (value.split('/').some((part) => part === '' || part === '.') && 'it holds an empty or "." path part') ||
    (value.startsWith('-') && 'it starts with "-", which oaieval would read as an option');
  if (wrong) throw invalid(name, value, wrong, `Set ${name} to ${meaning}.`);
  return value;
}

/** A progress file set aside has the longest name: `{model}.{eval_set}.progress.txt.rejected-<time>`, 255 bytes at most. */
function checkFileName(model: string, evalSet: string): void {
  const longest = `${model}.${evalSet}`.split('/').map((part) => Buffer.byteLength(part));
  if (Math.max(...longest) > 255 - '.progress.txt.rejected-20260101T000000Z-10'.length) {
    throw invalid(
      'model',
      model,
      'together with eval-set it is too long for a file name',
      'Use a shorter name.',
    );
  }
}

function directory(name: string): string {
  const path = resolve(text(name) || '.');
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw invalid(
      name,
      path,
      'there is no such directory',
      'Set it to a directory of the checkout, and check out the repository first.',
    );
  }
  return path;
}

function boolean(name: string, fallback: boolean): boolean {
  const value = text(name);
  if (value === '') return fallback;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw invalid(name, value, 'it is neither true nor false', `Set ${name} to true or false.`);
}

function count(name: string, fallback: number, most: number): number {
  const value = text(name);
  if (value === '') return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > most) {
    throw invalid(name, value, `it is not a whole number from 1 to ${most}`, `Set ${name} to such a number.`);
  }
  return number;
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** `90s`, `30m`, `5h30m`, `7d`, in milliseconds. */
function duration(name: string): number | undefined {
  const value = text(name);
  if (value === '') return undefined;
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value);
  const milliseconds = parts
    ? Object.values(UNITS).reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0)
    : 0;
  if (milliseconds === 0 || !Number.isSafeInteger(milliseconds)) {
    throw invalid(name, value, 'it is not a duration', `Write ${name} as 90s, 30m, 5h30m or 7d.`);
  }
  return milliseconds;
}

function lines(name: string): string[] {
  return text(name, SEVERAL_LINES)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A value that must appear nowhere, however short it is. */
export function secret(name: string): string {
  const value = text(name);
  if (value !== '') setSecret(value);
  actionLog.hide(value, { isMasked: true });
  return value;
}

/** Control characters, and those of them that a value of several lines may not hold either. */
const ONE_LINE = /\p{Cc}/u;
const SEVERAL_LINES = /[^\P{Cc}\r\n\t]/u;

const SECRETS = new Set(['encryption-key', 'github-token']);

function text(name: string, refused = ONE_LINE): string {
  const value = getInput(name);
  if (refused.test(value)) {
    const next = 'Remove them; a value that should be one line may hold a line break.';
    throw invalid(name, SECRETS.has(name) ? '***' : value, 'it holds control characters', next);
  }
  return value;
}

function invalid(name: string, value: string, why: string, next: string): ActionError {
  return new ActionError('INPUT_INVALID', `The input ${name} is ${JSON.stringify(value)}: ${why}.`, next);
}
