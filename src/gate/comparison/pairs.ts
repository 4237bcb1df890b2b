/** Finds the samples that two runs of an eval have in common. */
import { ownValue } from '../../model/own-value.ts';
import type { Sample } from '../../model/sample.ts';

export interface Pair {
  readonly now: Sample;
  readonly before: Sample;
  readonly scoreNow: number;
  readonly scoreBefore: number;
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Samples that only one side has with a score. */
  readonly onlyNow: number;
  readonly onlyBefore: number;
}

/**
 * Pairs samples by their content, because ids shift when a row is inserted. Of rows with the same content, the first goes with the
 * first, the second with the second, in the order of their ids, so that no sample counts twice. A sample without a score for the
 * metric, such as an errored one, has nothing to compare and is left out.
 */
export function pairSamples(now: readonly Sample[], before: readonly Sample[], metric: string): Pairing {
  const waiting = new Waiting(inOrder(before), metric);
  const pairs: Pair[] = [];
  let onlyNow = 0;
  for (const sample of inOrder(now)) {
    const scoreNow = scoreOf(sample, metric);
    if (scoreNow === null) continue;
    const other = waiting.take(sample.hash);
    if (!other) onlyNow += 1;
    else
      pairs.push({ now: sample, before: other, scoreNow, scoreBefore: scoreOf(other, metric) ?? Number.NaN });
  }
  return { pairs, onlyNow, onlyBefore: waiting.count };
}

/** Squares and cubes of larger scores could not be added up. */
const MAX_SCORE = 1e100;

/** Null when there is none that can be counted with. */
export function scoreOf(sample: Sample, metric: string): number | null {
  const score = ownValue(sample.scores, metric);
  return score !== undefined && Math.abs(score) <= MAX_SCORE ? score : null;
}

/** Samples of the baseline that have no counterpart yet. Few have the same content, so only those are in lists. */
class Waiting {
  count = 0;
  readonly #byContent = new Map<string, Sample | Sample[]>();

  constructor(samples: readonly Sample[], metric: string) {
    // From the end, so that the first of a list is the last that was added.
    for (const sample of samples.toReversed()) {
      if (scoreOf(sample, metric) === null) continue;
      this.count += 1;
      const others = this.#byContent.get(sample.hash);
      if (Array.isArray(others)) others.push(sample);
      else this.#byContent.set(sample.hash, others ? [others, sample] : sample);
    }
  }

  take(hash: string): Sample | undefined {
    const found = this.#byContent.get(hash);
    if (!found) return undefined;
    if (!Array.isArray(found)) this.#byContent.delete(hash);
    const taken = Array.isArray(found) ? found.pop() : found;
    if (taken) this.count -= 1;
    return taken;
  }
}

function inOrder(samples: readonly Sample[]): readonly Sample[] {
  const isSorted = samples.every((sample, index) => {
    const previous = samples[index - 1];
    return !previous || byId(previous, sample) <= 0;
  });
  return isSorted ? samples : samples.toSorted(byId);
}

/** Ids end in numbers, so that the shorter of two comes first. */
export function byId(a: Sample, b: Sample): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
