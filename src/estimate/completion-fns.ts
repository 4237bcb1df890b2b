/** The models that an eval asks, by their role. Pure. */
import { completionFnsOf } from '../model/command.ts';
import { ownValue } from '../model/own-value.ts';
import type { PlannedEval } from '../model/plan.ts';

export interface AskedFns {
  /** Whose answers are evaluated; at least one. */
  readonly candidates: readonly string[];
  /** Undefined when no model grades. */
  readonly judge: string | undefined;
}

type Asking = Pick<PlannedEval, 'command' | 'modelGraded' | 'modelMap'>;

/** As they are requested of the API, after the model map. */
export function askedFns(planned: Asking): AskedFns {
  const fns = completionFnsOf(planned.command).map((name) => ownValue(planned.modelMap ?? {}, name) ?? name);
  if (!planned.modelGraded) return { candidates: fns, judge: undefined };
  return { candidates: fns.length > 1 ? fns.slice(0, -1) : fns, judge: fns.at(-1) };
}

/** evals answers for it by itself, so that nothing is sent. */
export function sendsNothing(fn: string): boolean {
  return fn === 'dummy';
}
