import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentRequest, environmentKey } from '../environment/prepare-environment.ts';
import { PYTHON_PACKAGE } from '../environment/python-sources.ts';

/** Increased with every change that makes other plans, or fingerprints, of the same registry. */
const PLAN_FORMAT = 3;

export interface PlanKeyRequest extends EnvironmentRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
  readonly chatFallback: boolean;
  readonly sharesRegistry: boolean;
}

/** Variables that decide where Python looks for modules, where ~/.evals is, and where the API is. */
const VARIABLES = [
  ...['PYTHONPATH', 'PYTHONHOME', 'PYTHONUSERBASE', 'PYTHONNOUSERSITE', 'PYTHONSAFEPATH', 'PYTHONPLATLIBDIR'],
  ...['HOME', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'],
];

/**
 * The key under which a plan is recalled: everything but files that decides what the plan is, namely the request, the Python
 * and the text of our Python package.
 * @returns undefined when Python has to be started to find that out; then no plan is recalled
 * @throws ActionError PYTHON_MISSING, EVALS_UNSUPPORTED or INPUT_INVALID
 */
export async function planKey(request: PlanKeyRequest): Promise<unknown> {
  const { model, evalSet, args, registryPaths, chatFallback, sharesRegistry, workingDirectory, env } =
    request;
  const environment = await environmentKey(request);
  if (environment === undefined) return undefined;
  return {
    format: PLAN_FORMAT,
    planner: packageText(),
    environment,
    asked: { model, evalSet, args, registryPaths, chatFallback, sharesRegistry },
    // Relative paths start here.
    workingDirectory,
    variables: VARIABLES.map((name) => env[name] ?? null),
  };
}

/** The path and the text of every Python file of our package, in all its directories. */
function packageText(): [path: string, text: string][] {
  return readdirSync(PYTHON_PACKAGE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.py'))
    .sort()
    .map((path) => [path, readFileSync(join(PYTHON_PACKAGE, path), 'utf8')]);
}
