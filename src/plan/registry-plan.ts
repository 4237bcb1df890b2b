/** The file that src/python/oaievalset_action/plan.py writes: its schema, and the types of what it describes. */
import { z } from 'zod';
import { oneLine } from '../text.ts';
import { requestDemand } from './demand-schema.ts';
import { planFailed } from './plan-problems.ts';

/**
 * A display name; control characters are removed so that a registry cannot inject into the log. The names of arguments are
 * part of fingerprints, so this replacement must stay as it is.
 */
const label = z.string().transform((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));

const spec = z.object({ cls: z.string(), args: z.record(z.string(), z.json()) });

/** Code outside the evals package: a file, or an installed distribution. `label` is the path without the parts of this machine. */
const sourceFile = z.object({ module: z.string(), path: z.string(), label: z.string() });
const distribution = z.object({ name: z.string(), version: z.string() });

/**
 * `name`: the argument that names the file (`samples` for samples_jsonl). `label`: its path without the parts of this machine.
 * `root`: what the argument names, which is the file itself or a directory that contains it.
 */
const dataFile = z.object({ name: label, path: z.string(), label: z.string(), root: z.string() });
const remoteData = z.object({ name: z.string(), url: z.string() });

/** The user's own modules that classes import, directly or indirectly, and the installed packages that these import. */
const codeList = z.object({
  files: z.array(z.object({ path: z.string(), label: z.string() })),
  packages: z.array(distribution),
});

const codeAndData = {
  /** Of the class and its bases only. Version 0.1 made its fingerprints from these. */
  sources: z.array(sourceFile),
  packages: z.array(distribution),
  /** The number of a code list. Null when the class cannot be imported, or when there is no class. */
  code: z.int().nonnegative().nullable(),
  /** Whether the class is not one of evals' own. It may then write the files that its arguments name. */
  may_write: z.boolean(),
  data: z.array(dataFile),
  remote: z.array(remoteData),
};

const completionFnFields = {
  name: z.string(),
  /**
   * `dummy`: makes its answers itself. `openai-chat`: evals knows the name as a chat model. `registry`: a completion function
   * or solver of a registry. `api-model`: any other name, which may be a model of the API.
   */
  kind: z.enum(['dummy', 'openai-chat', 'registry', 'api-model']),
  /** Which API an `api-model` uses, if that is known before evals finds out. */
  api: z.enum(['chat', 'completions']).nullable(),
  needs_api_key: z.boolean(),
  spec: spec.nullable(),
  ...codeAndData,
  /** For an `api-model`: similar registered names. */
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
    /** Whether the function, or one of its references, sends requests to OpenAI's API. */
    needsApiKey: needs_api_key,
  }));

const registeredEval = z
  .object({
    key: z.string().min(1),
    base: z.string(),
    spec,
    metrics: z.array(label),
    higher_is_better: z.boolean(),
    /** Whether the class is ModelBasedClassify or derived from it, so that its last completion function grades the answers. */
    model_graded: z.boolean(),
    modelgraded: z.array(z.object({ name: z.string(), spec: z.record(z.string(), z.json()) })),
    ...codeAndData,
    /** Completion functions and solvers that its arguments name, and the files that these name. */
    solvers: z.array(z.object({ name: z.string(), spec })),
    solver_data: z.array(dataFile),
    /** Null when only the class knows the number. A class that chooses among its samples may evaluate fewer. */
    samples: z.int().nonnegative().nullable(),
    /** The requests that it sends, by kind. Null when they are not known. */
    demand: z.array(requestDemand).nullable(),
  })
  .transform(({ higher_is_better, may_write, model_graded, solver_data, ...rest }) => ({
    ...rest,
    higherIsBetter: higher_is_better,
    modelGraded: model_graded,
    mayWrite: may_write,
    solverData: solver_data,
  }));

const problem = z.object({
  code: z.string(),
  subject: z.string(),
  message: z.string(),
  near: z.array(z.string()),
  exclude: z.array(z.string()),
});

/** Registries and imported classes determine much of the content, so all of it is validated. */
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
    judge: completionFn.nullable(),
    evals: z.array(registeredEval),
    left_out: z.array(label),
    code: z.array(codeList),
    dependencies: z.object({
      files: z.array(z.string()),
      directories: z.array(z.string()),
      missing: z.array(z.string()),
    }),
    /** Top-level names of modules that the classes import and that this Python does not have; `*` stands for any. */
    missing_imports: z.array(z.string()),
    problems: z.array(problem),
    warnings: z.array(problem),
  })
  .transform((from) => ({
    pythonVersion: from.python_version,
    /** Empty when evals can be imported but is not installed as a distribution. */
    evalsVersion: from.evals_version,
    /** The commit or archive that evals was installed from. Empty when it came from a package index. */
    evalsRevision: from.evals_revision,
    /** The directory of the evals package. */
    evalsLocation: from.evals_location,
    /** Absolute paths, in the order in which they are read: evals' own first. */
    registryPaths: from.registry_paths,
    /** The arguments of `oaieval` that change results. */
    arguments: from.arguments,
    /** One for each name in the comma-separated model, in the same order. */
    completionFns: from.completion_fns,
    /** The judge of the model-graded evals; null when the request names none, or when the set has no such eval. */
    judge: from.judge,
    /** In the order in which `oaievalset` runs them. */
    evals: from.evals,
    /** The keys of the evals of the set that the inputs include and exclude leave out. */
    leftOut: from.left_out,
    /** What classes import. Evals and completion functions refer to these lists by number. */
    code: from.code,
    dependencies: from.dependencies,
    missingImports: from.missing_imports,
    problems: from.problems,
    /** Problems that do not keep the set from running. */
    warnings: from.warnings,
  }));

export type RegistryPlan = z.output<typeof schema>;
export type RegisteredEval = z.output<typeof registeredEval>;
export type CompletionFn = z.output<typeof completionFn>;
export type DataFile = z.output<typeof dataFile>;
export type CodeList = z.output<typeof codeList>;
export type SourceFile = z.output<typeof sourceFile>;

/** @throws ActionError PLAN_FAILED when the text does not have the format that plan.py writes */
export function parseRegistryPlan(text: string): RegistryPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw planFailed('the output is not JSON', error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw planFailed(
    `the output is wrong at ${issue?.path.join('.') || 'its top'}: ${oneLine(issue?.message ?? '')}`,
  );
}
