/** The scores of many samples: a column for each metric, because an object for each sample would take more memory than all else. */
import { isObject, type JsonObject } from './json-values.ts';

/** A set may have thousands of evals with a few samples each. */
const MIN_SAMPLES = 8;
const MAX_COLUMNS = 32;
const MAX_NAME_CHARACTERS = 200;
const MAX_DEPTH = 4;
const MAX_SCORES_OF_EVENT = 200;

interface Column {
  sums: Float64Array;
  /** How often the sample has the metric. */
  counts: Uint32Array;
}

export class ScoreColumns {
  readonly #columns = new Map<string, Column>();

  /** Adds a number or a boolean; anything else, and a number that is not finite, is no score. */
  add(sample: number, name: string, value: unknown): void {
    const score = typeof value === 'boolean' ? Number(value) : value;
    if (typeof score !== 'number' || !Number.isFinite(score)) return;
    const column = this.#columnFor(name, sample);
    if (!column) return;
    column.sums[sample] = (column.sums[sample] ?? 0) + score;
    column.counts[sample] = (column.counts[sample] ?? 0) + 1;
  }

  /** The mean of what was added; undefined when nothing was. */
  get(sample: number, name: string): number | undefined {
    const column = this.#columns.get(name);
    const count = column?.counts[sample] ?? 0;
    return column && count > 0 ? (column.sums[sample] ?? 0) / count : undefined;
  }

  names(): string[] {
    return [...this.#columns.keys()];
  }

  #columnFor(name: string, sample: number): Column | undefined {
    let column = this.#columns.get(name);
    if (!column) {
      if (this.#columns.size === MAX_COLUMNS || name.length > MAX_NAME_CHARACTERS) return undefined;
      column = { sums: new Float64Array(0), counts: new Uint32Array(0) };
      this.#columns.set(name, column);
    }
    if (sample >= column.sums.length) {
      const length = Math.max(MIN_SAMPLES, sample * 2);
      const { sums, counts } = column;
      column.sums = new Float64Array(length);
      column.sums.set(sums);
      column.counts = new Uint32Array(length);
      column.counts.set(counts);
    }
    return column;
  }
}

/** The values of a metrics event that may be scores, with their paths. Lists are none. */
export function* scoresIn(data: JsonObject): Generator<[name: string, value: unknown]> {
  let count = 0;
  for (const entry of leaves(data, '', 0)) {
    count += 1;
    if (count > MAX_SCORES_OF_EVENT) return;
    yield entry;
  }
}

function* leaves(data: JsonObject, prefix: string, depth: number): Generator<[string, unknown]> {
  for (const name of Object.keys(data)) {
    const value = data[name];
    if (typeof value === 'number' || typeof value === 'boolean') yield [prefix + name, value];
    else if (depth < MAX_DEPTH && name.length <= MAX_NAME_CHARACTERS && isObject(value))
      yield* leaves(value, `${prefix}${name}/`, depth + 1);
  }
}
