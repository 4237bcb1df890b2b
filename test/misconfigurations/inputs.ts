/** Mistakes in the inputs of the step. */
import type { Misconfiguration } from './misconfiguration.ts';

export const inputMistakes: readonly Misconfiguration[] = [
  {
    title: 'a boolean that is neither true nor false',
    inputs: { resume: 'yes' },
    needsPlan: false,
    says: `The input resume is "yes": it is neither true nor false.
What to do: Set resume to true or false. [INPUT_INVALID]`,
  },
];
