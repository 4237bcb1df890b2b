import { expect, test } from 'vitest';
import { Attempt } from '../../../../src/gateway/lane/attempt.ts';

const asking = (...names: readonly (readonly [asked: string, sent: string])[]) => {
  const attempt = new Attempt(true);
  for (const [asked, sent] of names) attempt.noteModel({ asked, sent });
  return attempt.models;
};

test('attempt: notes each model that the eval asked for once', () => {
  expect(asking(['a', 'a'], ['old', 'live'], ['a', 'a'], ['', ''])).toEqual({ a: 'a', old: 'live' });
  expect(asking()).toEqual({});
});

test('attempt: its models are not known when one of them cannot be recorded, or when there are too many', () => {
  expect(asking(['a\nb', 'a\nb'])).toBeUndefined();
  expect(asking(['m'.repeat(1001), 'x'])).toBeUndefined();
  const many = Array.from({ length: 101 }, (_, index) => [`m${index}`, 'x'] as const);
  expect(asking(...many)).toBeUndefined();
  expect(Object.keys(asking(...many.slice(1)) ?? {})).toHaveLength(100);
});
