import type { Place } from './place.ts';

/** The Python exception that ended an eval. */
export interface EvalFailure {
  /** `KeyError`, `openai.BadRequestError` */
  readonly type: string;
  /** The last frame in the user's own code, or else in a class of evals; null when there is neither. */
  readonly place: Place | null;
  /** The id of the sample that raised it; null when it is not known. */
  readonly sample: string | null;
}
