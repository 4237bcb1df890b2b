import { expect, test } from 'vitest';
import { type CommentUser, commentOwner } from '../../../src/action/comment-owner.ts';
import { commentMarker } from '../../../src/report/comment/marker.ts';

const user: CommentUser = {
  workflow: 'evals.yml',
  job: 'evals',
  step: '__self',
  matrix: 'null',
  model: 'gpt-4',
  evalSet: 'set',
};

const markerOf = (changes: Partial<CommentUser> = {}) => commentMarker(commentOwner({ ...user, ...changes }));

test('commentOwner: is the same for the same user', () => {
  expect(markerOf()).toBe(markerOf());
  expect(markerOf()).toMatch(/^<!-- oaievalset-action: job=evals%20[0-9a-f]{16} set=set -->$/);
});

test.each<Partial<CommentUser>>([
  { workflow: 'nightly.yml' },
  { job: 'evals-2' },
  { step: '__self_2' },
  { matrix: '{"python":"3.11"}' },
  { model: 'gpt-5' },
  { evalSet: 'other' },
  { workflow: 'evals.ymle', job: 'vals' },
  { evalSet: `${'x'.repeat(100)}1` },
])('commentOwner: another user has another comment (%j)', (changes) => {
  expect(markerOf(changes)).not.toBe(markerOf());
});

test('commentOwner: names that differ only behind the first characters have other comments', () => {
  const name = 'x'.repeat(1000);
  expect(markerOf({ evalSet: `${name}1` })).not.toBe(markerOf({ evalSet: `${name}2` }));
});

test('commentOwner: a hostile name stays in a hidden comment of one short line', () => {
  const hostile = `--><img src=x>\n@octocat ${'\u{1f600}'.repeat(10_000)}`;
  const marker = markerOf({ job: hostile, evalSet: hostile });
  expect(marker).toMatch(/^<!-- [^<>\n]* -->$/);
  expect(marker.length).toBeLessThan(1000);
});
