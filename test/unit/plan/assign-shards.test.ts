import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlannedEval } from '../../../src/model/plan.ts';
import { MAX_SHARDS } from '../../../src/model/shard.ts';
import { assignShards, evalsOfShards, partOf, type ShardedEval } from '../../../src/plan/assign-shards.ts';
import { planned } from '../../helpers/builders.ts';

const count = fc.integer({ min: 1, max: MAX_SHARDS });
const samples = fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constantFrom(null, 0, 1, 1_000_000));

const setOf = (sizes: readonly (number | null)[]): PlannedEval[] =>
  sizes.map((each, n) => ({ ...planned(`eval-${n}.dev.v0`), samples: each }));

/** Sizes repeat, so that ties are frequent. */
const evalSet = fc.array(samples, { maxLength: 600 }).map(setOf);

const weightOf = (each: ShardedEval) => Math.max(each.samples ?? 1, 1);
const loadOf = (evals: readonly ShardedEval[]) => evals.reduce((sum, each) => sum + weightOf(each), 0);
const asText = (assigned: ReadonlyMap<string, number>) => JSON.stringify([...assigned].sort());

/** The largest load of the best assignment, by trying all of them. */
function optimum(weights: readonly number[], shards: number, loads: readonly number[] = []): number {
  const [next, ...rest] = weights;
  if (next === undefined) return Math.max(0, ...loads);
  const opened = loads.length < shards ? [...loads, 0] : loads;
  return Math.min(
    ...opened.map((_, at) =>
      optimum(
        rest,
        shards,
        opened.map((load, n) => (n === at ? load + next : load)),
      ),
    ),
  );
}

describe('assignShards', () => {
  test('assignShards: every eval is in exactly one shard, and in one that exists', () => {
    fc.assert(
      fc.property(evalSet, count, (evals, shards) => {
        const assigned = assignShards(evals, shards);
        expect([...assigned.keys()].sort()).toEqual(evals.map(({ key }) => key).sort());
        for (const shard of assigned.values()) expect(shard >= 1 && shard <= shards).toBe(true);
      }),
    );
  });

  test('assignShards: the order of the evals does not matter', () => {
    const shuffled = evalSet.chain((evals) =>
      fc.tuple(
        fc.constant(evals),
        fc.shuffledSubarray(evals, { minLength: evals.length, maxLength: evals.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, count, ([evals, others], shards) => {
        expect(asText(assignShards(others, shards))).toBe(asText(assignShards(evals, shards)));
      }),
    );
  });

  test('assignShards: nothing matters but the keys and the samples', () => {
    fc.assert(
      fc.property(evalSet, count, (evals, shards) => {
        const others = evals.map((each) => ({ ...planned(each.key, 'v2', ['--x']), samples: each.samples }));
        expect(asText(assignShards(others, shards))).toBe(asText(assignShards(evals, shards)));
      }),
    );
  });

  test('assignShards: the largest shard has at most 4/3 of that of the best assignment', () => {
    const few = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 4 }), (sizes, shards) => {
        const largest = Math.max(...evalsOfShards({ evals: setOf(sizes) }, shards).map(loadOf));
        const bound = (4 / 3 - 1 / (3 * shards)) * optimum(sizes, shards);
        expect(largest).toBeLessThanOrEqual(bound + 1e-9);
      }),
    );
  });

  test('assignShards: without its smallest eval, no shard has more than any other', () => {
    fc.assert(
      fc.property(evalSet, count, (evals, shards) => {
        const parts = evalsOfShards({ evals }, shards);
        const least = Math.min(...parts.map(loadOf));
        for (const part of parts) {
          const smallest = Math.min(...part.map(weightOf));
          if (part.length > 0) expect(loadOf(part) - smallest).toBeLessThanOrEqual(least);
        }
      }),
    );
  });

  test('assignShards: evals of one size are spread evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), samples, count, (total, size, shards) => {
        const evals = setOf(Array.from({ length: total }, () => size));
        const counts = evalsOfShards({ evals }, shards).map(({ length }) => length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('assignShards: evals without samples, and with an unknown number, are spread like those with one', () => {
    const counts = evalsOfShards({ evals: setOf([null, 0, 1, null, 0, 1, null, 0]) }, 4);
    expect(counts.map(({ length }) => length)).toEqual([2, 2, 2, 2]);
  });

  test('assignShards: with more shards than evals, each eval has a shard of its own', () => {
    fc.assert(
      fc.property(evalSet, (evals) => {
        const few = evals.slice(0, MAX_SHARDS - 1);
        const parts = evalsOfShards({ evals: few }, MAX_SHARDS);
        expect(parts).toHaveLength(MAX_SHARDS);
        expect(parts.filter(({ length }) => length === 1)).toHaveLength(few.length);
        expect(parts.filter(({ length }) => length === 0)).toHaveLength(MAX_SHARDS - few.length);
      }),
    );
  });

  test('assignShards: the largest eval comes first, and each goes to the shard with the fewest samples', () => {
    const evals = setOf([9, 7, 5, 3, 2]);
    expect([...assignShards(evals, 2)]).toEqual([
      ['eval-0.dev.v0', 1],
      ['eval-1.dev.v0', 2],
      ['eval-2.dev.v0', 2],
      ['eval-3.dev.v0', 1],
      // Both have 12 samples and 2 evals, so the first one gets it.
      ['eval-4.dev.v0', 1],
    ]);
  });
});

describe('partOf', () => {
  test('partOf: the parts of all shards are the set, each in its order, and the rest is elsewhere', () => {
    fc.assert(
      fc.property(evalSet, fc.integer({ min: 1, max: 12 }), (evals, shards) => {
        const order = new Map(evals.map(({ key }, at) => [key, at]));
        const parts = evalsOfShards({ evals }, shards);
        for (const [at, own] of parts.entries()) {
          const part = partOf({ evals }, { index: at + 1, count: shards });
          expect(part.evals).toEqual(own);
          const places = part.evals.map(({ key }) => order.get(key) ?? -1);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          const all = [...part.elsewhere, ...part.evals.map(({ key }) => key)];
          expect(all.sort()).toEqual([...order.keys()].sort());
        }
      }),
      { numRuns: 30 },
    );
  });

  test('partOf: one shard has the whole set', () => {
    const evals = setOf([1, 2, 3]);
    expect(partOf({ evals }, { index: 1, count: 1 })).toEqual({ evals, elsewhere: [] });
  });
});
