import { expect, test } from 'vitest';
import { asSentence, listed } from '../../../src/model/format.ts';
import { loggedLine } from '../../../src/model/logged-line.ts';

test.each([
  [['a', 'b'], 2, 'a, b'],
  [['a', 'b', 'c', 'd'], 2, 'a, b and 2 more'],
  [[], 2, ''],
])('listed: %j, at most %i', (names, most, text) => {
  expect(listed(names, most)).toBe(text);
});

test.each([
  ['it ended', 'It ended.'],
  ['it ended.', 'It ended.'],
  ['did it end?', 'Did it end?'],
])('asSentence: "%s"', (clause, sentence) => {
  expect(asSentence(clause)).toBe(sentence);
});

test('loggedLine: finds the file and the message, and nothing in a line that no logger printed', () => {
  const line = '[2026-11-26 19:11:25,594] [oaieval.py:215] Run started: 1';
  expect(loggedLine(line)).toEqual({ file: 'oaieval.py', message: 'Run started: 1' });
  expect(loggedLine('[1/3] of my own list')).toBeUndefined();
});
