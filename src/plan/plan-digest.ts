import type { Plan, SavedPlan } from '../model/plan.ts';
import { hashOf } from './hash.ts';

/**
 * SHA-256 (hex) of what a plan runs: its commands, their content and their samples. It is the same on every machine, so that
 * the merge of shards can tell whether all of them had one plan.
 */
export function planDigest({ evals, leftOut = [] }: Pick<Plan | SavedPlan, 'evals' | 'leftOut'>): string {
  return hashOf([
    evals.map(({ key, command, fingerprint, samples }) => [key, command, fingerprint.value, samples]),
    leftOut,
  ]);
}
