/** Mistakes in registries and in the names of what they have. */
import type { Misconfiguration } from './misconfiguration.ts';

export const registryMistakes: readonly Misconfiguration[] = [
  {
    title: 'a misspelt eval set',
    inputs: { 'eval-set': 'test-basci' },
    says: `The eval set test-basci cannot run. A problem was found:
- unknown-set: test-basci: no registry has an eval set of this name (did you mean test-basic?)
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
];
