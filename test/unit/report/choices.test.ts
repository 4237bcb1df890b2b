import { expect, test } from 'vitest';
import { withoutMark } from '../../../src/gate/rules/rule.ts';
import {
  causeText,
  resultLine,
  resultText,
  shortNumber,
  withoutName,
} from '../../../src/report/result-text.ts';
import { evalResult, unfinished } from '../../helpers/report-builders.ts';

const counts = (metrics: Readonly<Record<string, number>>) =>
  evalResult('a', {
    metrics,
    mainMetric: null,
  });

test.each([
  ['a rate', evalResult('a'), 'accuracy 0.8'],
  [
    'choices of a judge',
    counts({ 'counts/A': 12, 'counts/B': 3, 'counts/__invalid__': 1 }),
    'A 12 · B 3 · invalid 1',
  ],
  [
    'many choices of a judge',
    counts(Object.fromEntries([...'ABCDEFGHI'].map((choice) => [`counts/${choice}`, 1]))),
    'A 1 · B 1 · C 1 · D 1 · E 1 · F 1 · 3 more',
  ],
  ['no result', evalResult('a', { mainMetric: null }), ''],
  [
    'a result that is no number',
    evalResult('a', { mainMetric: { name: 'f1', value: 'NaN', interval: null, higherIsBetter: true } }),
    'f1 NaN',
  ],
])('result: of %s', (_, result, text) => {
  expect(resultLine(result)).toBe(text);
});

test.each([
  ['it ended with KeyError: 1 in own/a.py:6, sample a.dev.3', 0, 'KeyError: 1 in own/a.py:6, sample a.dev.3'],
  ['it timed out after 30 min.', 1, 'it timed out after 30 min; 1 response recorded'],
])('cause: %j with %i responses', (message, recorded, text) => {
  expect(causeText(unfinished('a', 'failed', message, { recorded }))).toBe(text);
});

test.each([
  [0.712_51, '0.713'],
  [-0.0371, '−0.037'],
  [-0.000_01, '0'],
  [0, '0'],
  [1200, '1200'],
])('numbers: %d is %s', (value, short) => {
  expect(shortNumber(value)).toBe(short);
});

test('sentences: the name of the eval and the mark of an advisory rule are left out where others say them', () => {
  expect(withoutName('a: accuracy is 0.4.', 'a')).toBe('accuracy is 0.4.');
  expect(withoutName('ab: accuracy is 0.4.', 'a')).toBe('ab: accuracy is 0.4.');
  expect(withoutMark('advisory: a-*: score >= 1')).toBe('a-*: score >= 1');
});

test.each([
  [{ 'counts/__invalid__': 1, 'counts/C': 2, 'counts/A': 1 }, 'A 1 · C 2 · invalid 1'],
  [{ 'counts/10': 1, 'counts/__invalid__': 3, 'counts/2': 4 }, '2 4 · 10 1 · invalid 3'],
  [{ 'counts/Yes': 1, 'counts/2': 4, 'counts/No': 2 }, '2 4 · No 2 · Yes 1'],
])('resultText: choices have the same order in each run: %j', (metrics, text) => {
  expect(resultText(evalResult('facts', { mainMetric: null, metrics }))).toEqual({ name: '', text });
});
