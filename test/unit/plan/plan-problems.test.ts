import { describe, expect, test } from 'vitest';
import { describeWarnings, planFailed, planInvalid } from '../../../src/plan/plan-problems.ts';

describe('planInvalid', () => {
  const problem = (subject: string, message = "No module named 'nltk'", near: string[] = []) => ({
    code: 'missing-package',
    subject,
    message,
    near,
    exclude: [],
  });

  test('planInvalid: evals that share a problem share a line', () => {
    const error = planInvalid('mine', [problem('a.b'), problem('c.d'), problem('e.f', 'other', ['g', 'h'])]);
    expect(error.message).toBe(
      [
        'The eval set mine cannot run. 2 problems were found:',
        "- missing-package: a.b, c.d: No module named 'nltk'",
        '- missing-package: e.f: other (did you mean g, h?)',
      ].join('\n'),
    );
    expect(error.next).toContain('extra-packages');
  });

  test('planInvalid: the next steps are sentences, each once, in the order of the problems', () => {
    const codes = ['empty-set', 'lfs-pointer', 'empty-set', 'of-another-version'];
    const problems = codes.map((code, index) => ({
      code,
      subject: `s${index}`,
      message: 'x',
      near: [],
      exclude: [],
    }));
    expect(planInvalid('mine', problems).next).toBe(
      'Add evals to the eval set. Fetch the data with `git lfs pull`, or set `lfs: true` of actions/checkout. Read the messages above.',
    );
  });

  test('planInvalid: a long list is cut, and says so', () => {
    const many = Array.from({ length: 250 }, (_, index) => problem(`e${index}.x`));
    expect(planInvalid('mine', many).message).toMatch(/ e9\.x and 240 more: No module named 'nltk'$/);
    const different = Array.from({ length: 250 }, (_, index) => problem('e.x', `reason ${index}`));
    const lines = planInvalid('mine', different).message.split('\n');
    expect(lines).toHaveLength(102);
    expect(lines.at(-1)).toBe('- and 150 more');
  });

  test('planInvalid: text of a registry stays on its line, and invisible characters are shown as codes', () => {
    const error = planInvalid('mi\nne', [
      problem('a\r\n::error::b\u001b[31m', 'c\u2028::stop-commands::x\u202e', ['d\n::e']),
    ]);
    expect(error.message.split('\n')).toEqual([
      'The eval set mi ne cannot run. A problem was found:',
      '- missing-package: a ::error::b: c ::stop-commands::x\\u202e (did you mean d ::e?)',
    ]);
  });
});

test('describeWarnings: each problem is a line, and evals with the same problem share it', () => {
  const warning = (subject: string) => ({
    code: 'missing-data',
    subject,
    message: 'no file',
    near: [],
    exclude: [],
  });
  expect(describeWarnings([warning('a.b'), warning('c.d')])).toEqual(['missing-data: a.b, c.d: no file']);
});

test('planFailed: says why, and which interpreter to check', () => {
  const error = planFailed('Python returned no plan');
  expect(error.message).toBe('The registry of evals could not be read: Python returned no plan');
  expect(error.next).toMatch(
    /^Check that the input python names an interpreter in which .* works in this job\.$/,
  );
});
