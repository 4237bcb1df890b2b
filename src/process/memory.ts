import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage instead of growing its heap, because the evals need the memory of the machine. A gateway under full
 * load then takes 150 MB instead of 350 MB (bench/RESULTS.md). It must be called first, while the heap is small.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--optimize-for-size');
}
