import { expect, test } from 'vitest';
import { otherPins, pinTo } from '../../../../scripts/release/pins.ts';

const SHA = '0123456789012345678901234567890123456789';

test.each([
  ['@v0', '@v1.2.3'],
  ['@main', '@v1.2.3'],
  ['/comment@v1', '/comment@v1.2.3'],
  [`/merge@${SHA} # v1.0.0`, '/merge@v1.2.3'],
])('release pins: %s is another version, and is replaced', (written, pinned) => {
  const document = `steps:\n  - uses: oaievalset-action/oaievalset-action${written}\n    with:\n`;
  expect(otherPins(document, 'v1.2.3')).toEqual([
    { line: 2, text: `oaievalset-action/oaievalset-action${written}` },
  ]);
  const result = `steps:\n  - uses: oaievalset-action/oaievalset-action${pinned}\n    with:\n`;
  expect(pinTo(document, 'v1.2.3')).toBe(result);
  expect(otherPins(result, 'v1.2.3')).toEqual([]);
});

test('release pins: a sentence keeps its full stop, and a step its comment', () => {
  const document =
    'Use `oaievalset-action/oaievalset-action@v0`. Or oaievalset-action/oaievalset-action@v0. # why\n';
  expect(pinTo(document, 'v1.2.3')).toBe(document.replaceAll('v0', 'v1.2.3'));
});

test.each(['uses: actions/checkout@v6', 'uses: octo-org/oaievalset-action@v0', 'uses: ./'])(
  'release pins: "%s" is not a version of this action',
  (document) => {
    expect(otherPins(document, 'v1.2.3')).toEqual([]);
    expect(pinTo(document, 'v1.2.3')).toBe(document);
  },
);
