/** A registry with an eval set of one large eval. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const LARGE_SET = 'bench-large';
export const LARGE_EVAL = `${LARGE_SET}.dev.v0`;

export const samplesFile = (registry: string): string => join(registry, 'data/bench/large.jsonl');

/** Writes the registry. Each sample is one small chat, and the stand-in answers nine of ten correctly. */
export function writeLargeRegistry(registry: string, samples: number): void {
  for (const directory of ['eval_sets', 'evals', 'data/bench'])
    mkdirSync(join(registry, directory), { recursive: true });
  writeFileSync(
    join(registry, 'eval_sets/bench.yaml'),
    JSON.stringify({ [LARGE_SET]: { evals: [LARGE_SET] } }),
  );
  const evals = {
    [LARGE_SET]: { id: LARGE_EVAL, metrics: ['accuracy'] },
    [LARGE_EVAL]: {
      class: 'evals.elsuite.basic.match:Match',
      args: { samples_jsonl: 'bench/large.jsonl' },
    },
  };
  writeFileSync(join(registry, 'evals/bench.yaml'), JSON.stringify(evals));
  const lines = Array.from({ length: samples }, (_, index) => `${JSON.stringify(sample(index))}\n`);
  writeFileSync(samplesFile(registry), lines.join(''));
}

function sample(index: number): object {
  const system = 'You are asked about countries. Answer with one word, the name of a city, and nothing else.';
  const input = [
    { role: 'system', content: system },
    { role: 'user', content: `What is the capital of country number ${index}?` },
  ];
  return { input, ideal: `City${index}` };
}
