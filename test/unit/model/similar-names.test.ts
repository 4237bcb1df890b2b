import { expect, test } from 'vitest';
import { mostSimilar, shareChanged } from '../../../src/model/similar-names.ts';

test.each([
  ['max-samples', 'max_samples'],
  ['MaxSamples', 'max_samples'],
  ['max_sample', 'max_samples'],
  ['sed', 'seed'],
  ['verbose', undefined],
  ['', undefined],
])('mostSimilar: "%s" was meant to be %s', (name, meant) => {
  expect(mostSimilar(name, ['user', 'seed', 'max_samples'])).toBe(meant);
});

test('mostSimilar: nothing is similar when there is nothing', () => {
  expect(mostSimilar('a', [])).toBeUndefined();
});

test.each([
  ['', '', 0],
  ['a', 'a', 0],
  ['a', 'b', 1],
  ['abcd', 'abxd', 0.25],
  ['abc', '', 1],
  ['kitten', 'sitting', 3 / 7],
])('shareChanged: from "%s" to "%s" it is %d', (a, b, share) => {
  expect(shareChanged(a, b)).toBeCloseTo(share);
});
