import { pythonProgram } from '../environment/python-sources.ts';
import { reasonOf } from '../errors.ts';
import { runCommand } from '../process/command.ts';

/** Why there is no answer, and what was printed on the way. */
export interface PlanFailure {
  readonly why: string;
  readonly printed: string;
  readonly cause?: unknown;
}

/** A Python that reads the registry and answers what is asked in a file in another file; src/python/oaievalset_action/plan.py says how. */
export interface Planner {
  /** @returns undefined when the answer is there */
  plan(questionFile: string, answerFile: string): Promise<PlanFailure | undefined>;
}

export interface PlannerOptions {
  /** The interpreter that has evals. */
  readonly python: string;
  readonly cwd: string;
  /** What the evals will see. Modules of one's own are found through its PYTHONPATH, as by `oaieval`. */
  readonly env: NodeJS.ProcessEnv;
}

/** A Python that plans, and ends. */
export function shortLivedPlanner({ python, cwd, env }: PlannerOptions): Planner {
  return {
    async plan(questionFile, answerFile) {
      try {
        const args = pythonProgram('plan', '--request', questionFile, '--output', answerFile);
        const { code, stderr } = await runCommand(python, args, { cwd, env });
        return code === 0 ? undefined : { why: `${python} ended with exit code ${code}`, printed: stderr };
      } catch (error) {
        return { why: `${python} cannot be run: ${reasonOf(error)}`, printed: '', cause: error };
      }
    },
  };
}
