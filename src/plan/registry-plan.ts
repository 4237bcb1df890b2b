import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionError } from '../errors.ts';
import type { Planner } from './planner.ts';

/** A name that is printed, and is nobody's to look up: what registries put into it must not act on a log. */
const label = z.string().transform((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));

const spec = z.object({ cls: z.string(), args: z.record(z.string(), z.json()) });

/** Code outside the evals package: a file, or an installed distribution. `label` names the file without the machine. */
const sourceFile = z.object({ module: z.string(), path: z.string(), label: z.string() });
const distribution = z.object({ name: z.string(), version: z.string() });

/**
 * `name`: the argument that names the file (`samples` for samples_jsonl). `label`: its path without the machine. `root`: what
 * the argument names, the file itself or a directory that it is in.
 */
const dataFile = z.object({ name: label, path: z.string(), label: z.string(), root: z.string() });
const remoteData = z.object({ name: z.string(), url: z.string() });

/** The modules of the user's own that classes bring in, however deep, and the installed packages that those import. */
const codeList = z.object({
  files: z.array(z.object({ path: z.string(), label: z.string() })),
  packages: z.array(distribution),
});

const codeAndData = {
  /** Of the class and its bases only; what version 0.1 made fingerprints of. */
  sources: z.array(sourceFile),
  packages: z.array(distribution),
  /** The number of a code list; null when the class cannot be imported, or there is none. */
  code: z.int().nonnegative().nullable(),
  /** Whether the class is not one of evals' own: files that its arguments name may be what it writes. */
  may_write: z.boolean(),
  data: z.array(dataFile),
  remote: z.array(remoteData),
};

const completionFnFields = {
  name: z.string(),
  /**
   * `dummy`: answers by itself. `openai-chat`: evals knows the name as a chat model. `registry`: a completion function
   * or solver of a registry. `api-model`: whether there is such a model, only the API can tell.
   */
  kind: z.enum(['dummy', 'openai-chat', 'registry', 'api-model']),
  /** Of an `api-model`, where it is asked when that is known beforehand; null: evals finds out. */
  api: z.enum(['chat', 'completions']).nullable(),
  needs_api_key: z.boolean(),
  spec: spec.nullable(),
  ...codeAndData,
  /** For an `api-model`: registered names that look like it. */
  near: z.array(z.string()),
};

const referencedFn = z.object(completionFnFields).transform(({ needs_api_key, may_write, ...rest }) => ({
  ...rest,
  mayWrite: may_write,
  needsApiKey: needs_api_key,
}));

const completionFn = z
  .object({ ...completionFnFields, references: z.array(referencedFn) })
  .transform(({ needs_api_key, may_write, ...rest }) => ({
    ...rest,
    mayWrite: may_write,
    /** Whether it, or one of its references, asks OpenAI's API. */
    needsApiKey: needs_api_key,
  }));

const registeredEval = z
  .object({
    key: z.string().min(1),
    base: z.string(),
    spec,
    metrics: z.array(label),
    higher_is_better: z.boolean(),
    modelgraded: z.array(z.object({ name: z.string(), spec: z.record(z.string(), z.json()) })),
    ...codeAndData,
    /** Completion functions and solvers that its arguments name, and the files that those name. */
    solvers: z.array(z.object({ name: z.string(), spec })),
    solver_data: z.array(dataFile),
    /** Null when only the class knows. Classes that choose among their samples may evaluate fewer. */
    samples: z.int().nonnegative().nullable(),
  })
  .transform(({ higher_is_better, may_write, solver_data, ...rest }) => ({
    ...rest,
    higherIsBetter: higher_is_better,
    mayWrite: may_write,
    solverData: solver_data,
  }));

const problem = z.object({
  code: z.string(),
  subject: z.string(),
  message: z.string(),
  near: z.array(z.string()),
});

/** What src/python/oaievalset_action/plan.py writes. It passes on what registries and imported classes say, so all of it is checked. */
const schema = z
  .object({
    version: z.literal(1),
    python_version: z.string(),
    evals_version: z.string(),
    evals_revision: z.string(),
    evals_location: z.string(),
    registry_paths: z.array(z.string()),
    arguments: z
      .object({
        max_samples: z.int().nullable(),
        seed: z.json(),
        extra_eval_params: z.record(z.string(), z.json()),
        completion_args: z.record(z.string(), z.string()),
      })
      .transform((from) => ({
        /** As `--max_samples`; null: all samples. */
        maxSamples: from.max_samples,
        seed: from.seed,
        extraEvalParams: from.extra_eval_params,
        completionArgs: from.completion_args,
      })),
    completion_fns: z.array(completionFn),
    evals: z.array(registeredEval),
    code: z.array(codeList),
    dependencies: z.object({
      files: z.array(z.string()),
      directories: z.array(z.string()),
      missing: z.array(z.string()),
    }),
    problems: z.array(problem),
    warnings: z.array(problem),
  })
  .transform((from) => ({
    pythonVersion: from.python_version,
    /** Empty when evals is importable, but not installed as a distribution. */
    evalsVersion: from.evals_version,
    /** The commit or archive it was installed from; empty when that was a version of a package index. */
    evalsRevision: from.evals_revision,
    /** The directory of the evals package. */
    evalsLocation: from.evals_location,
    /** Absolute, evals' own first, in the order they are read. */
    registryPaths: from.registry_paths,
    /** Those of the `oaieval` arguments that change results. */
    arguments: from.arguments,
    /** One for each name of the comma-separated model, in that order. */
    completionFns: from.completion_fns,
    /** In the order in which `oaievalset` runs them. */
    evals: from.evals,
    /** What classes bring in; evals and completion functions say the number of theirs. */
    code: from.code,
    basis: {
      files: from.dependencies.files,
      directories: from.dependencies.directories,
      absent: from.dependencies.missing,
    },
    problems: from.problems,
    /** What does not keep the set from running. */
    warnings: from.warnings,
  }));

export type RegistryPlan = z.output<typeof schema>;
export type RegisteredEval = z.output<typeof registeredEval>;
export type CompletionFn = z.output<typeof completionFn>;
export type PlanProblem = RegistryPlan['problems'][number];
export type DataFile = z.output<typeof dataFile>;
export type CodeList = z.output<typeof codeList>;
export type SourceFile = z.output<typeof sourceFile>;

export interface PlanRequest {
  /** Runs src/python/oaievalset_action/plan.py. */
  readonly planner: Planner;
  readonly model: string;
  readonly evalSet: string;
  /** Further `oaieval` arguments, as words. */
  readonly args: readonly string[];
  /** As `--registry_path`; relative ones are below the working directory. */
  readonly registryPaths: readonly string[];
  /** Whether models that evals does not know are used through the chat API, see chat_fallback.py. */
  readonly chatFallback: boolean;
  /** Whether evals run with the registry as it is read here, so that what the set does not use need not be right. */
  readonly sharesRegistry: boolean;
  /** Exists; what is put there is removed again. */
  readonly temporaryDirectory: string;
}

/**
 * Asks evals' own Registry, through src/python/oaievalset_action/plan.py, what the eval set means today. Sends no request to the API.
 *
 * @throws ActionError PLAN_INVALID, naming everything that is wrong with the set; PLAN_FAILED when there is no answer.
 */
export async function readRegistryPlan(request: PlanRequest): Promise<RegistryPlan> {
  const directory = await mkdtemp(join(request.temporaryDirectory, 'registry-plan-'));
  try {
    const plan = parseRegistryPlan(await askRegistry(request, directory));
    if (plan.problems.length > 0) throw planInvalid(request.evalSet, plan.problems);
    return plan;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function askRegistry(request: PlanRequest, directory: string): Promise<string> {
  const question = join(directory, 'request.json');
  const answer = join(directory, 'plan.json');
  const { planner, model, evalSet, args, registryPaths, chatFallback, sharesRegistry } = request;
  await writeFile(
    question,
    JSON.stringify({
      model,
      eval_set: evalSet,
      args,
      registry_paths: registryPaths,
      chat_fallback: chatFallback,
      shares_registry: sharesRegistry,
    }),
  );
  const failure = await planner.plan(question, answer);
  if (failure) throw planFailed(`${oneLine(failure.why)}${lastLines(failure.printed)}`, failure.cause);
  try {
    return await readFile(answer, 'utf8');
  } catch (error) {
    throw planFailed('Python left no answer', error);
  }
}

/** @throws ActionError PLAN_FAILED when the text is not what plan.py writes. */
export function parseRegistryPlan(text: string): RegistryPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw planFailed('the answer is not JSON', error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw planFailed(
    `the answer is wrong at ${issue?.path.join('.') || 'its top'}: ${oneLine(issue?.message ?? '')}`,
  );
}

function planFailed(what: string, cause?: unknown): ActionError {
  return new ActionError(
    'PLAN_FAILED',
    `The registry of evals could not be read: ${what}`,
    'check that the input python names an interpreter whose `python -c "import evals.cli.oaieval"` works in this job',
    { cause },
  );
}

const SHOWN_LINES = 12;

function lastLines(printed: string): string {
  const lines = printed.split(/[\r\n]+/).map(oneLine);
  const last = lines.filter((line) => line !== '').slice(-SHOWN_LINES);
  return last.length === 0 ? ', and printed nothing' : `. It printed last:\n  ${last.join('\n  ')}`;
}

/** Beyond these a list helps nobody, and annotations are cut by GitHub. */
const SHOWN_PROBLEMS = 100;
const SHOWN_SUBJECTS = 10;

/** One error for everything that is wrong: a problem a line, evals that share a problem on the same line. */
export function planInvalid(evalSet: string, problems: readonly PlanProblem[]): ActionError {
  const groups = Map.groupBy(problems, ({ code, message, near }) => JSON.stringify([code, message, near]));
  const lines = [...groups.values()].map(describeGroup);
  const shown = lines.slice(0, SHOWN_PROBLEMS);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  const count = lines.length === 1 ? 'a problem' : `${lines.length} problems`;
  const hints = new Set(problems.map((problem) => HINTS.get(problem.code) ?? UNKNOWN_HINT));
  return new ActionError(
    'PLAN_INVALID',
    `The eval set ${oneLine(evalSet)} cannot run, ${count} found:\n${shown.map((line) => `- ${line}`).join('\n')}`,
    [...hints].join('; '),
  );
}

/** What the user should know of a set that runs, a line each. */
export function describeWarnings(warnings: readonly PlanProblem[]): string[] {
  const groups = Map.groupBy(warnings, ({ code, message, near }) => JSON.stringify([code, message, near]));
  return [...groups.values()].slice(0, SHOWN_PROBLEMS).map(describeGroup);
}

function describeGroup(group: readonly PlanProblem[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const subjects = [...new Set(group.map((problem) => oneLine(problem.subject)))];
  const more = subjects.length > SHOWN_SUBJECTS ? ` and ${subjects.length - SHOWN_SUBJECTS} more` : '';
  const guess = first.near.length === 0 ? '' : ` (did you mean ${first.near.map(oneLine).join(', ')}?)`;
  return `${first.code}: ${subjects.slice(0, SHOWN_SUBJECTS).join(', ')}${more}: ${oneLine(first.message)}${guess}`;
}

const NAMES_HINT = 'correct the names, or add the registry that has them to the input registry-path';
const REGISTRY_HINT = 'correct the registry files named above';
const IMPORT_HINT =
  'install missing packages with the input extra-packages; modules of your own have to be on PYTHONPATH, because oaieval does not look into the working directory';
const UNKNOWN_HINT = 'see the messages above';

const HINTS: ReadonlyMap<string, string> = new Map([
  ['unknown-set', NAMES_HINT],
  ['unmatched-name', NAMES_HINT],
  ['missing-modelgraded', NAMES_HINT],
  ['empty-set', 'list evals in the set'],
  ['duplicate-entry', REGISTRY_HINT],
  ['bad-registry', REGISTRY_HINT],
  ['bad-eval-name', REGISTRY_HINT],
  ['missing-registry-path', 'correct the input registry-path; it is relative to the input working-directory'],
  ['class-import', IMPORT_HINT],
  ['completion-fn-import', IMPORT_HINT],
  ['missing-data', 'add the data files below the data directory of the registry, or correct their names'],
  [
    'no-samples',
    'give the eval samples: put them into the file, or name the file that has them; leave --max_samples 0 out',
  ],
  ['unreadable-data', 'replace the damaged data files'],
  ['lfs-pointer', 'fetch the data with `git lfs pull`, or set `lfs: true` of actions/checkout'],
  ['invalid-argument', 'correct the input args'],
  ['forbidden-argument', 'remove the argument from the input args'],
  ['empty-model-name', 'correct the input model'],
  [
    'planner-error',
    'if the registry and its classes are right, report this as a defect of oaievalset-action',
  ],
]);

/** Registries and tracebacks are text of others: no line breaks, and nothing that a terminal or a runner obeys. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
