import { expect, test } from 'vitest';
import { describeMissing, noShards } from '../../../src/report/describe-shards.ts';

const missing = (index: number, trouble?: string) => ({ shard: { index, count: 4 }, trouble });

test('missing shards: one sentence for each cause, with the numbers of the shards', () => {
  expect(describeMissing([missing(2), missing(3, 'the entry is damaged'), missing(4)], 4)).toEqual([
    '2 of 4 shards (2, 4) are missing: they saved no checkpoint in this run. Their evals are pending.',
    'Shard 3 of 4 is missing: the entry is damaged. Its evals are pending.',
  ]);
});

test('no shards: names the trouble, or what may differ and what was seen', () => {
  const all = [1, 2, 3, 4].map((index) => missing(index));
  expect(noShards([missing(1, 'no service'), ...all.slice(1)], undefined).message).toBe(
    'None of the 4 shards can be merged: no service.',
  );
  const seen = (other: Parameters<typeof noShards>[1]) => noShards(all, other).message;
  expect(seen(undefined)).toMatch(/that this step can find\.$/);
  expect(seen({ isOfThisRun: false, shard: { index: 1, count: 4 } })).toMatch(/can find\.$/);
  expect(seen({ isOfThisRun: true, shard: { index: 1, count: 8 } })).toMatch(/of a set with 8 shards\.$/);
  expect(seen({ isOfThisRun: true, shard: { index: 1, count: 4 } })).toMatch(
    /differs from those of this step\.$/,
  );
});
