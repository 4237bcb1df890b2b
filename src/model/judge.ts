/** Which completion function grades the answers of a model-graded eval. */
import { completionFnsOf } from './command.ts';
import type { PlannedEval } from './plan.ts';

/** Undefined when no model grades the eval. */
export function judgeOf({ command, modelGraded }: PlannedEval): string | undefined {
  return modelGraded ? completionFnsOf(command).at(-1) : undefined;
}

/** Whether a model-graded eval is graded by the model, or by one of the models, whose answers are graded. */
export function gradesItself({ command, modelGraded }: PlannedEval): boolean {
  const fns = completionFnsOf(command);
  return modelGraded && (fns.length === 1 || fns.indexOf(fns.at(-1) ?? '') < fns.length - 1);
}
