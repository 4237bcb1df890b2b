/** Which samples the page has: problems first, and of each eval a fair share. Pure. */
import type { Sample } from '../../model/sample.ts';
import type { Entry } from './entries.ts';
import { SampleViews } from './view-sample.ts';

export interface Bounds {
  /** Samples that can be read without the script, and the bytes of their elements. */
  readonly staticSamples: number;
  readonly staticBytes: number;
  /** Samples that the page carries, and their bytes as JSON. */
  readonly samples: number;
  readonly bytes: number;
}

export const BOUNDS: Bounds = {
  staticSamples: 500,
  staticBytes: 3_000_000,
  samples: 10_000,
  bytes: 30_000_000,
};

/** The samples of one eval, of which the page has the first ones. */
export interface SelectedSamples {
  readonly entry: Entry;
  readonly views: SampleViews;
  /** Of an eval without samples: empty. */
  readonly ordered: readonly Sample[];
  readonly staticCount: number;
  readonly count: number;
}

export function selectSamples(entries: readonly Entry[], bounds: Bounds): SelectedSamples[] {
  const ordered = entries.map((entry) => inOrder(entry, new SampleViews(entry)));
  const counts = grants(ordered, bounds.samples);
  const staticCounts = grants(ordered, bounds.staticSamples);
  return entries.map((entry, index) => ({
    entry,
    views: ordered[index]?.views ?? new SampleViews(entry),
    ordered: ordered[index]?.samples ?? [],
    staticCount: staticCounts[index] ?? 0,
    count: counts[index] ?? 0,
  }));
}

interface Ordered {
  readonly views: SampleViews;
  readonly samples: readonly Sample[];
  /** The first so many are flips to the worse, and samples that are not correct. */
  readonly problems: number;
}

const LAST_PROBLEM = 3;

function inOrder({ samples }: Entry, views: SampleViews): Ordered {
  const all = samples?.samples ?? [];
  const ranks = new Map(all.map((sample) => [sample, rankOf(sample, views)]));
  const rank = (sample: Sample) => ranks.get(sample) ?? 0;
  return {
    views,
    samples: all.toSorted((a, b) => rank(a) - rank(b)),
    problems: all.filter((sample) => rank(sample) <= LAST_PROBLEM).length,
  };
}

function rankOf(sample: Sample, views: SampleViews): number {
  const flip = views.flipOf(sample);
  if (flip && views.isWorse(flip)) return 0;
  if (sample.outcome === 'errored') return 1;
  if (sample.outcome === 'incorrect') return 2;
  if (sample.outcome === 'unscored') return LAST_PROBLEM;
  if (flip) return 4;
  return sample.outcome === null ? 5 : 6;
}

/** How many samples of each eval are among the `most`: the problems of all evals come before all others. */
function grants(ordered: readonly Ordered[], most: number): number[] {
  const problems = shared(
    ordered.map((each) => each.problems),
    most,
  );
  const left = most - sum(problems);
  const others = shared(
    ordered.map(({ samples, problems: count }) => samples.length - count),
    left,
  );
  return problems.map((count, index) => count + (others[index] ?? 0));
}

/** Divides `most` so that nobody gets more than it asks for, and what one does not need goes to the others. */
export function shared(wanted: readonly number[], most: number): number[] {
  const granted = wanted.map(() => 0);
  const smallestFirst = wanted
    .map((_, index) => index)
    .toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  let left = most;
  for (const [position, index] of smallestFirst.entries()) {
    const share = Math.floor(left / (smallestFirst.length - position));
    const count = Math.min(wanted[index] ?? 0, share);
    granted[index] = count;
    left -= count;
  }
  return granted;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Gives each eval bytes in proportion to its samples. What an eval leaves goes to those after it. */
export class ByteShares {
  readonly #bytesPerSample: number;
  #left = 0;

  constructor(bytes: number, samples: number) {
    this.#bytesPerSample = samples === 0 ? 0 : bytes / samples;
  }

  /** Adds the share of the next eval. */
  add(samples: number): void {
    this.#left += samples * this.#bytesPerSample;
  }

  /** @returns whether there was room for so many bytes */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
