import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementId, fragmentOf, readFragment } from '../../../../src/report/html/shared/fragment.ts';

test('fragment: what is read is what was written, whatever the names contain', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.option(fc.string({ unit: 'grapheme' })),
      (evalKey, sampleId) => {
        expect(readFragment(fragmentOf({ evalKey, sampleId }))).toEqual({ evalKey, sampleId });
      },
    ),
  );
});

test('fragment: decoded, it is the id of the element, so that a browser finds it without the script', () => {
  const target = { evalKey: 'joke&=#%', sampleId: 'joke.dev.0 "x"' };
  expect(decodeURIComponent(fragmentOf(target).slice(1))).toBe(elementId(target));
});

test.for(['', '#', '#evals', '#eval', '#eval=', '#sample=3', '#__proto__=1'])(
  'fragment: %j names no eval',
  (fragment) => {
    expect(readFragment(fragment)).toBeUndefined();
  },
);

test('fragment: one that cannot be decoded is read as it is', () => {
  expect(readFragment('#eval=%E0%A4%A&sample=%')).toEqual({ evalKey: '%E0%A4%A', sampleId: '%' });
});
