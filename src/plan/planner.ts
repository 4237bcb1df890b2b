import { pythonProgram } from '../environment/python-sources.ts';
import { reasonOf } from '../errors.ts';
import { runCommand } from '../process/command.ts';

/** Why there is no plan, and what Python printed. */
export interface PlanFailure {
  readonly why: string;
  readonly printed: string;
  readonly cause?: unknown;
}

/** Runs src/python/oaievalset_action/plan.py, which describes both files. */
export interface Planner {
  /** @returns undefined when the plan file has been written */
  plan(requestFile: string, planFile: string): Promise<PlanFailure | undefined>;
}

export interface PlannerOptions {
  /** The interpreter that has evals. */
  readonly python: string;
  readonly cwd: string;
  /** The environment of the evals. As with `oaieval`, its PYTHONPATH leads to the user's own modules. */
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a Python process for each plan. */
export function shortLivedPlanner({ python, cwd, env }: PlannerOptions): Planner {
  return {
    async plan(requestFile, planFile) {
      try {
        const args = pythonProgram('plan', '--request', requestFile, '--output', planFile);
        const { code, stderr } = await runCommand(python, args, { cwd, env });
        return code === 0 ? undefined : { why: `${python} ended with exit code ${code}`, printed: stderr };
      } catch (error) {
        return { why: `${python} cannot be run: ${reasonOf(error)}`, printed: '', cause: error };
      }
    },
  };
}
