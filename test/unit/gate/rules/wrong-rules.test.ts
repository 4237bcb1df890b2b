/** Errors of the input thresholds. */
import { expect, test } from 'vitest';
import { ActionError, describeError } from '../../../../src/errors.ts';
import { parseRules } from '../../../../src/gate/rules/parse-rules.ts';
import { WRONG_LINES } from './wrong-lines.ts';

const NEXT =
  'What to do: Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp". [INPUT_INVALID]';

function errorOf(text: string): string {
  try {
    parseRules(text);
  } catch (error) {
    if (error instanceof ActionError) return describeError(error);
    throw error;
  }
  throw new Error('The rules were accepted.');
}

test.each(WRONG_LINES)('parseRules: the line %j is refused', (line, says) => {
  expect(errorOf(line)).toBe(`The input thresholds has a wrong line:\n${says}\n${NEXT}`);
});

test('parseRules: one error shows every wrong line, with its number and column in the input', () => {
  const text = '# rules\naccuracy >= 0.8\n\n   accuracy => 0.8\r\ntest-*: score >= 1\ncost <= 5';
  expect(errorOf(text)).toBe(`The input thresholds has 2 wrong lines:
- Line 4, column 13: There is no operator =>. Did you mean >=?
    accuracy => 0.8
             ^
- Line 6, column 1: The cost of a run cannot be judged. Limit what it depends on: total-tokens <= 2M.
    cost <= 5
    ^
${NEXT}`);
});

test('parseRules: of a long line, the part around the place is shown', () => {
  const long = errorOf(`${'x'.repeat(100)} => 1 ${'y'.repeat(100)}`);
  expect(long).toBe(`The input thresholds has a wrong line:
- Line 1, column 102: There is no operator =>. Did you mean >=?
    …${'x'.repeat(59)} => 1 ${'y'.repeat(35)}…
${' '.repeat(65)}^
${NEXT}`);
});

test('parseRules: a line of more than 500 characters is refused', () => {
  const line = (length: number) => `accuracy >= 0.${'8'.repeat(length - 14)}`;
  expect(parseRules(line(500))).toHaveLength(1);
  expect(errorOf(line(501))).toContain(
    '- Line 1, column 501: The line is longer than 500 characters. Write one rule a line.\n',
  );
});

test('parseRules: what a line contains is shortened in sentences', () => {
  expect(errorOf(`accuracy >= ${'9'.repeat(400)}G`)).toContain('is no number.');
  expect(errorOf(`accuracy >= ${'9'.repeat(400)}G`).length).toBeLessThan(1000);
});

test('parseRules: 50 wrong lines are shown, and further ones are counted', () => {
  const error = errorOf('accuracy\n'.repeat(1200));
  expect(error).toMatch(/^The input thresholds has 1,200 wrong lines:\n/);
  expect(error.match(/- Line /g)).toHaveLength(50);
  expect(error).toContain('\n- and 1,150 further wrong lines\n');
});
