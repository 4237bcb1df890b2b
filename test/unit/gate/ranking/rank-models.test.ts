import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankModels } from '../../../../src/gate/ranking/rank-models.ts';
import { Random } from '../../../../src/gate/statistics/random.ts';

const repeated = (row: readonly number[], count: number) => Array.from({ length: count }, () => row);

test('rankModels: a model that beats each other by more than chance is best, though the others may be equal', () => {
  const ranking = rankModels(['a', 'b', 'c'], [...repeated([0, 1, 0], 30), ...repeated([1, 1, 1], 10)]);
  expect(ranking.best).toBe('b');
  expect(ranking.isOrderDecisive).toBe(false);
  expect(ranking.models.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  expect(ranking.differences[0]).toMatchObject({
    better: 'b',
    worse: 'a',
    wins: 30,
    losses: 0,
    isReal: true,
  });
});

test('rankModels: six pairs one way are enough for two models, but not for three, because Holm corrects', () => {
  const two = rankModels(['a', 'b'], [...repeated([1, 0], 6), ...repeated([1, 1], 20)]);
  expect(two.best).toBe('a');
  const three = rankModels(['a', 'b', 'c'], [...repeated([1, 0, 0], 6), ...repeated([1, 1, 1], 20)]);
  expect(three.best).toBeNull();
  expect(three.differences[0]?.adjustedP).toBeCloseTo(3 / 32);
});

test('rankModels: nothing is decisive for fewer than ten samples, equal scores, or one model', () => {
  expect(rankModels(['a', 'b'], repeated([1, 0], 9))).toMatchObject({ best: null, isOrderDecisive: false });
  expect(rankModels(['a', 'b'], repeated([0.5, 0.5], 50))).toMatchObject({ best: null });
  expect(rankModels(['a'], repeated([1], 50))).toMatchObject({ best: null, differences: [] });
  expect(rankModels([], [])).toMatchObject({ best: null, n: 0 });
});

const matrix = fc.integer({ min: 2, max: 4 }).chain((models) =>
  fc.array(fc.array(fc.constantFrom(0, 0.5, 1), { minLength: models, maxLength: models }), {
    maxLength: 40,
  }),
);

test('rankModels: the order of the models and of the samples changes nothing', () => {
  fc.assert(
    fc.property(matrix, (rows) => {
      const names = ['a', 'b', 'c', 'd'].slice(0, rows[0]?.length ?? 2);
      const there = rankModels(names, rows);
      const back = rankModels(
        names.toReversed(),
        rows.toReversed().map((row) => row.toReversed()),
      );
      expect(back.models.map(({ name }) => name)).toEqual(there.models.map(({ name }) => name));
      expect(back.differences.map(({ wins, losses }) => [wins, losses])).toEqual(
        there.differences.map(({ wins, losses }) => [wins, losses]),
      );
    }),
  );
});

test('rankModels: who is best has the highest mean, and wins more samples than it loses or larger ones', () => {
  fc.assert(
    fc.property(matrix, (rows) => {
      const names = ['a', 'b', 'c', 'd'].slice(0, rows[0]?.length ?? 2);
      const { best, models, n } = rankModels(names, rows);
      if (best === null) return;
      expect(n).toBeGreaterThanOrEqual(10);
      expect(models[0]?.name).toBe(best);
      expect(models[0]?.mean).toBeGreaterThan(models[1]?.mean ?? 1);
    }),
  );
});

test('rankModels: of 600 rankings of equal models, at most 5 % are decisive', () => {
  const random = new Random(16);
  let decisive = 0;
  for (let round = 0; round < 600; round += 1) {
    const rows = Array.from({ length: 100 }, () => {
      const easiness = random.uniform();
      return [0, 1, 2, 3].map(() => (random.uniform() < easiness ? 1 : 0));
    });
    if (rankModels(['a', 'b', 'c', 'd'], rows).best !== null) decisive += 1;
  }
  expect(decisive).toBeLessThanOrEqual(30);
});
