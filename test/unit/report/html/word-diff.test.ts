import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Words, wordDiff } from '../../../../src/report/html/shared/word-diff.ts';

/** Marked words in brackets. */
function marked(words: readonly Words[]): string {
  return words.map(({ text, isShared }) => (isShared ? text : `[${text}]`)).join('');
}

test.for([
  ['the same', 'the same', 'the same', 'the same'],
  ['a refund is possible', 'a refund is not possible', 'a refund is possible', 'a refund is [not ]possible'],
  [
    'it is on the left side',
    'it is on my right side',
    'it is on [the left] side',
    'it is on [my right] side',
  ],
  ['答案是東京。', '答案是大阪。', '答案是[東京]。', '答案是[大阪]。'],
  ['', 'something', '', 'something'],
])('word diff: %j and %j differ in %j and %j', ([before = '', now = '', markedBefore, markedNow]) => {
  const diff = wordDiff(before, now);
  expect([marked(diff.before), marked(diff.now)]).toEqual([markedBefore, markedNow]);
});

test('word diff: texts with few common words have no marks, which would cover nearly everything', () => {
  const diff = wordDiff('Find its process id and end it.', 'I cannot help with that, sorry.');
  expect([...diff.before, ...diff.now].every(({ isShared }) => isShared)).toBe(true);
});

test('word diff: texts that are too long to compare have no marks', () => {
  const words = (word: string) => Array.from({ length: 1000 }, (_, index) => `${word}${index}`).join(' ');
  const [before, now] = [words('a'), words('b')];
  expect(wordDiff(before, now)).toEqual({
    before: [{ text: before, isShared: true }],
    now: [{ text: now, isShared: true }],
  });
});

test('word diff: neither text loses or gains a character', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', ' ', '\n', 'ü', '東', '👩‍🚀', '\ud800'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (before, now) => {
      const diff = wordDiff(before, now);
      const joined = (words: readonly Words[]) => words.map((each) => each.text).join('');
      expect([joined(diff.before), joined(diff.now)]).toEqual([before, now]);
    }),
  );
});
