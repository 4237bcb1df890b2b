/** A registry with an eval set of one large eval. */
import { keyOf, samplesFile, writeRegistry } from '../../test/helpers/registry.ts';

/** The name of the set and of its eval. */
export const LARGE_SET = 'bench-large';
export const LARGE_EVAL = keyOf(LARGE_SET);

export const largeSamples = (registry: string): string => samplesFile(registry, LARGE_SET);

/** Writes the registry. Each sample is one small chat, and the stand-in answers nine of ten correctly. */
export function writeLargeRegistry(registry: string, samples: number): void {
  writeRegistry(registry, LARGE_SET, [
    { name: LARGE_SET, samples: Array.from({ length: samples }, (_, index) => sample(index)) },
  ]);
}

function sample(index: number): object {
  const system = 'You are asked about countries. Answer with one word, the name of a city, and nothing else.';
  const input = [
    { role: 'system', content: system },
    { role: 'user', content: `What is the capital of country number ${index}?` },
  ];
  return { input, ideal: `City${index}` };
}
