import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentRequest, environmentSubject } from '../environment/index.ts';
import { PYTHON_SOURCES } from '../environment/python-sources.ts';

/** To be counted up with every change that makes other plans, or fingerprints, of the same registry. */
const PLAN_FORMAT = 1;

export interface SubjectRequest extends EnvironmentRequest {
  readonly model: string;
  readonly evalSet: string;
  readonly args: readonly string[];
  readonly registryPaths: readonly string[];
  readonly todaysModels: boolean;
}

/**
 * Everything but files that decides what the plan is: what is asked, of which Python, by which planner.
 * @throws ActionError PYTHON_MISSING or EVALS_UNSUPPORTED
 */
export async function planSubject(request: SubjectRequest): Promise<unknown> {
  const { model, evalSet, args, registryPaths, todaysModels, workingDirectory, env } = request;
  const programs = ['plan.py', 'todays_models.py'];
  return {
    format: PLAN_FORMAT,
    planner: programs.map((name) => readFileSync(join(PYTHON_SOURCES, name), 'utf8')),
    environment: await environmentSubject(request),
    asked: { model, evalSet, args, registryPaths, todaysModels },
    // Relative paths, modules, ~/.evals and the API are found through these.
    workingDirectory,
    variables: ['PYTHONPATH', 'HOME', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'].map(
      (name) => env[name] ?? null,
    ),
  };
}
