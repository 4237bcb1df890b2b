import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentRequest, environmentKey } from '../environment/prepare-environment.ts';
import { PYTHON_PACKAGE } from '../environment/python-sources.ts';
import { type ModelMap, sortedLines } from '../model/model-map.ts';
import { withoutCredentials } from './base-urls.ts';
import type { SetRequest } from './set-request.ts';

/** Increase this with every change that makes other plans, or other fingerprints, from the same registry. */
const PLAN_FORMAT = 4;

export interface PlanKeyRequest extends EnvironmentRequest, SetRequest {
  readonly modelMap: ModelMap;
}

/** These say where Python looks for modules besides its own directories, and where `~/.evals` is. */
const VARIABLES = [
  ...['PYTHONPATH', 'PYTHONHOME', 'PYTHONUSERBASE', 'PYTHONNOUSERSITE', 'PYTHONSAFEPATH', 'PYTHONPLATLIBDIR'],
  'HOME',
];

const URL_VARIABLES = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'];

/**
 * Everything except files that determines the plan: the request, the interpreter and the planner. It contains no credentials.
 * @returns undefined when the interpreter cannot be identified without starting a process. Then no plan is recalled.
 * @throws ActionError PYTHON_MISSING, EVALS_UNSUPPORTED or INPUT_INVALID
 */
export async function planKey(request: PlanKeyRequest): Promise<unknown> {
  const { model, judgeModel, modelMap, evalSet, args, registryPaths, chatFallback, sharesRegistry } = request;
  const { workingDirectory, env, include, exclude } = request;
  const environment = await environmentKey(request);
  if (environment === undefined) return undefined;
  return {
    format: PLAN_FORMAT,
    planner: packageText(),
    environment,
    request: { model, evalSet, args, registryPaths, chatFallback, sharesRegistry },
    ...(judgeModel === '' ? {} : { judgeModel }),
    ...(modelMap.size > 0 ? { modelMap: sortedLines(modelMap) } : {}),
    // A plan of the whole set keeps the key that it had before there was a choice.
    ...(include.length + exclude.length > 0 ? { chosen: { include, exclude } } : {}),
    // Relative paths start at this directory.
    workingDirectory,
    variables: [
      ...VARIABLES.map((name) => env[name] ?? null),
      ...URL_VARIABLES.map((name) => withoutCredentials(env[name] ?? '')),
    ],
  };
}

/** The path and the text of every Python file of the action's package. */
function packageText(): [path: string, text: string][] {
  return readdirSync(PYTHON_PACKAGE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.py'))
    .sort()
    .map((path) => [path, readFileSync(join(PYTHON_PACKAGE, path), 'utf8')]);
}
