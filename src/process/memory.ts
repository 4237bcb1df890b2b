import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage rather than grow: the machine's memory is for the evals, which run beside this process. A
 * gateway under full load takes 150 MB so instead of 350 MB (bench/RESULTS.md). To be called first, while the heap is small.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--optimize-for-size');
}
