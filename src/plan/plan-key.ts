import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentRequest, environmentKey } from '../environment/index.ts';
import { PYTHON_SOURCES } from '../environment/python-sources.ts';

/** To be counted up with every change that makes other plans, or fingerprints, of the same registry. */
const PLAN_FORMAT = 3;

export interface PlanKeyRequest extends EnvironmentRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
  readonly todaysModels: boolean;
  readonly sharesRegistry: boolean;
}

/** Where Python looks for modules besides its own directories; ~/.evals; the API. */
const VARIABLES = [
  ...['PYTHONPATH', 'PYTHONHOME', 'PYTHONUSERBASE', 'PYTHONNOUSERSITE', 'PYTHONSAFEPATH', 'PYTHONPLATLIBDIR'],
  ...['HOME', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'],
];

/**
 * Everything but files that decides what the plan is: what is asked, of which Python, by which planner.
 * @returns undefined when that cannot be told without starting something: then no plan is recalled
 * @throws ActionError PYTHON_MISSING, EVALS_UNSUPPORTED or INPUT_INVALID
 */
export async function planKey(request: PlanKeyRequest): Promise<unknown> {
  const { model, evalSet, args, registryPaths, todaysModels, sharesRegistry, workingDirectory, env } =
    request;
  const programs = readdirSync(PYTHON_SOURCES)
    .filter((name) => name.endsWith('.py'))
    .sort();
  const environment = await environmentKey(request);
  if (environment === undefined) return undefined;
  return {
    format: PLAN_FORMAT,
    planner: programs.map((name) => readFileSync(join(PYTHON_SOURCES, name), 'utf8')),
    environment,
    asked: { model, evalSet, args, registryPaths, todaysModels, sharesRegistry },
    // Relative paths are below it.
    workingDirectory,
    variables: VARIABLES.map((name) => env[name] ?? null),
  };
}
