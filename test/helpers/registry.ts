/** Registries that are written for a test or a benchmark. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface RegistryEval {
  readonly name: string;
  /** `module:Class`. The default is Match of evals. */
  readonly className?: string | undefined;
  readonly samples: readonly object[];
}

/** The key of an eval that `writeRegistry` has written. */
export const keyOf = (name: string): string => `${name}.dev.v0`;

/** The data file of an eval that `writeRegistry` has written. */
export const samplesFile = (registry: string, name: string): string => join(registry, 'data', labelOf(name));

/** Writes a registry with one eval set. */
export function writeRegistry(registry: string, evalSet: string, evals: readonly RegistryEval[]): void {
  const names = evals.map(({ name }) => name);
  const entries = evals.flatMap(({ name, className = 'evals.elsuite.basic.match:Match' }) => [
    [name, { id: keyOf(name), metrics: ['accuracy'] }],
    [keyOf(name), { class: className, args: { samples_jsonl: labelOf(name) } }],
  ]);
  // JSON is YAML.
  write(join(registry, `eval_sets/${evalSet}.yaml`), JSON.stringify({ [evalSet]: { evals: names } }));
  write(join(registry, `evals/${evalSet}.yaml`), JSON.stringify(Object.fromEntries(entries)));
  for (const { name, samples } of evals) writeSamples(registry, name, samples);
}

/** Replaces the samples of an eval. */
export function writeSamples(registry: string, name: string, samples: readonly object[]): void {
  write(samplesFile(registry, name), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
}

/** The path of the data file as the registry names it. */
const labelOf = (name: string): string => `generated/${name}.jsonl`;

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
