import { expect, test } from 'vitest';
import { difference } from '../../golden/difference.ts';

const text = (...lines: string[]) => lines.join('\n');

test('difference: changed lines are shown with the lines around them', () => {
  expect(
    difference(text('a', 'b', 'c', 'd', 'e', 'f', 'g'), text('a', 'b', 'c', 'x', 'e', 'f', 'g', 'h')),
  ).toBe(text('  …', '  b', '  c', '- d', '+ x', '  e', '  f', '  g', '+ h').replace('  …\n', ''));
});

test('difference: a text that did not exist is all new', () => {
  expect(difference('', text('a', 'b'))).toBe(text('- ', '+ a', '+ b'));
});
