import { expect, test } from 'vitest';
import type { AskedModels } from '../../../src/model/model-map.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import { unaskedModels } from '../../../src/report/unasked-models.ts';
import { completion, planned } from '../../helpers/builders.ts';

const completed = (models: AskedModels | undefined, status: 'fresh' | 'reused' = 'fresh'): Outcome => {
  const of = planned('a.dev');
  return { status, eval: of, record: completion(of, { models }) };
};
const map = new Map([
  ['old', 'live'],
  ['tpyo', 'live'],
]);

test('unaskedModels: names those that no eval asked for', () => {
  expect(unaskedModels(map, [completed({ m: 'm' }), completed({ old: 'live' }, 'reused')])).toBe(
    'No eval of the set asked for this name of the input model-map: tpyo. Check the spelling, or remove its line.',
  );
  expect(unaskedModels(map, [completed({})])).toContain(
    'these names of the input model-map: old, tpyo. Check',
  );
});

test.each<[string, Outcome]>([
  ['all were asked for', completed({ tpyo: 'live' })],
  ['the models of an eval are not known', completed(undefined)],
  ['oaievalset completed an eval', { status: 'reused', eval: planned('b'), record: undefined }],
  ['an eval is pending', { status: 'pending', eval: planned('b'), reason: 'stopped' }],
  ['an eval failed', { status: 'failed', eval: planned('b'), reason: 'exit', lastLines: [] }],
])('unaskedModels: says nothing when %s', (_, outcome) => {
  expect(unaskedModels(map, [completed({ old: 'live' }), outcome])).toBeUndefined();
});

test('unaskedModels: says nothing without a map', () => {
  expect(unaskedModels(new Map(), [completed({})])).toBeUndefined();
});
