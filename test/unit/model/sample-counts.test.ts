import { expect, test } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { countOutcomes } from '../../../src/model/sample-counts.ts';
import { sample } from '../../helpers/report-builders.ts';

const of = (changes: Partial<Sample>): Sample =>
  sample('e.dev.0', true, { outcome: null, scores: {}, ...changes });

test.each<[string, readonly Sample[], number | null]>([
  ['an outcome', [of({ outcome: 'correct' }), of({ outcome: 'incorrect' })], 1],
  ['a score', [of({ scores: { score: 0 } })], 1],
  [
    'the choice of a judge without scores',
    [of({ choice: 'A' }), of({ choice: '__invalid__', outcome: 'unscored' })],
    0.5,
  ],
  ['no unscored sample, which has the lowest score', [of({ outcome: 'unscored', scores: { score: 0 } })], 0],
  ['no errored sample', [of({ outcome: 'errored' }), of({ outcome: 'correct' })], 0.5],
  ['no sample of which nothing is known', [of({}), of({ scores: { score: 1 } })], 0.5],
  ['nothing, when no sample reports anything', [of({}), of({})], null],
  ['nothing, when there is no sample', [], null],
])('count of outcomes: coverage counts %s', (_what, samples, coverage) => {
  expect(countOutcomes(samples)).toMatchObject({ total: samples.length || null, coverage });
});

test('count of outcomes: is null when no sample has an outcome', () => {
  expect(countOutcomes([of({ scores: { score: 1 } })]).outcomes).toBeNull();
  expect(countOutcomes([of({ outcome: 'errored' }), of({})]).outcomes).toEqual({
    ...{ correct: 0, incorrect: 0, unscored: 0, errored: 1 },
  });
});
