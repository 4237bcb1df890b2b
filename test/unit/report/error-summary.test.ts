/** The job summary of a step that could not run. */
import { describe, expect, test } from 'vitest';
import { ActionError, ActionErrors, type ErrorCode, oneError } from '../../../src/errors.ts';
import { renderError } from '../../../src/report/error-summary.ts';

const invalid = (message: string, next: string, code: ErrorCode = 'INPUT_INVALID') =>
  new ActionError(code, message, next);

test('error summary: says what is wrong, what to do, and the code', () => {
  expect(renderError(invalid('The input resume is "maybe".', 'Set resume to true or false.'))).toBe(
    `## ❌ No eval was run

> [!CAUTION]
> The input resume is "maybe".
>
> **What to do:** Set resume to true or false.
>
> Code: \`INPUT_INVALID\`
`,
  );
});

test('error summary: several errors are a list, each with what to do', () => {
  const error = oneError([
    invalid('One is wrong.', 'Correct one.'),
    invalid('Two:\n- a\n- b', 'Correct two.'),
  ]);
  expect(renderError(error)).toContain(`
> 2 settings of this step are wrong, so no eval was run:
>
> - One is wrong.<br>
>   **What to do:** Correct one.
> - Two:
>   - a
>   - b
>
>   **What to do:** Correct two.
>
> Correct all of them. Code: \`INPUT_INVALID\`
`);
});

test('error summary: lines of a message are a list, and lines of YAML are code that can be copied', () => {
  const message =
    'The set cannot run. 2 problems were found:\n- one: a\n- two: b\nAdd to the inputs:\nexclude: |\n  a*b\n  c`d';
  expect(renderError(invalid(message, 'Correct the names.', 'PLAN_INVALID'))).toContain(`
> The set cannot run. 2 problems were found:
>
> - one: a
> - two: b
>
> Add to the inputs:
>
> \`\`\`yaml
> exclude: |
>   a*b
>   c\`d
> \`\`\`
>
> **What to do:** Correct the names.
`);
});

test('error summary: code that contains a fence is in a longer fence', () => {
  expect(renderError(invalid('x\nexclude: |\n  ```\n  y', 'z'))).toContain(
    '> ````yaml\n> exclude: |\n>   ```\n>   y\n> ````\n',
  );
});

test('error summary: text of others is not markup', () => {
  const summary = renderError(
    invalid('<b>x</b> *a* [b](http://c) @user #1 $x$ `d` | ~e~\n# f\n> g\n1. h', '![i](j)'),
  );
  expect(summary).toContain(
    '> &lt;b&gt;x&lt;/b&gt; \\*a\\* \\[b\\](http<span>:</span>//c) <span>@</span>user <span>#</span>1 <span>$</span>x<span>$</span> \\`d\\` \\| \\~e\\~<br>\n> <span>#</span> f<br>\n> &gt; g<br>\n> 1\\. h',
  );
  expect(summary).toContain('**What to do:** \\!\\[i\\](j)');
});

test('error summary: invisible characters and colours of others are shown or removed', () => {
  expect(renderError(invalid('a\u202eb \u001b[31mred\u001b[0m', 'c'))).toContain('> a\\\\u202eb red\n');
});

test.each<ErrorCode>(['API_REFUSED', 'API_UNREACHABLE', 'EVALS_FAILED', 'INCOMPLETE'])(
  'error summary: %s has none, because the summary of the results says more',
  (code) => {
    expect(renderError(invalid('x', 'y', code))).toBeUndefined();
  },
);

test('error summary: an error of the state directory may come after evals were run', () => {
  expect(renderError(invalid('x', 'y', 'STATE_UNWRITABLE'))).toMatch(
    /^## ❌ The state directory cannot be used\n/,
  );
});

test('error summary: a bug has its stack as code', () => {
  const bug = new TypeError('x is not a function');
  bug.stack = 'TypeError: x is not a function\n    at <anonymous>';
  expect(renderError(bug)).toBe(`## ❌ The action failed

> [!CAUTION]
> Unexpected error in oaievalset-action. Please report it: TypeError: x is not a function
>
> \`\`\`text
>     at <anonymous>
> \`\`\`
`);
});

test('error summary: a long message is shortened, so that GitHub shows the summary', () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `- problem ${index}`).join('\n');
  expect(Buffer.byteLength(renderError(invalid(`Many:\n${lines}`, 'z')) ?? '')).toBeLessThan(500_000);
});

describe('error summary: a place in a text', () => {
  const wrong = new ActionError(
    'INPUT_INVALID',
    'The input thresholds has a wrong line:\n- Line 1, column 10: There is no operator =>.\n    accuracy => 0.8\n             ^',
    'Write one rule a line.',
  );

  test('error summary: the line and its caret are code, aligned', () => {
    expect(renderError(wrong)).toContain(
      [
        '> - Line 1, column 10: There is no operator =&gt;.',
        '>',
        '>   ```text',
        '>   accuracy => 0.8',
        '>            ^',
        '>   ```',
      ].join('\n'),
    );
  });

  test('error summary: among several errors as well', () => {
    const other = new ActionError('INPUT_INVALID', 'The input engine is wrong.', 'Correct it.');
    expect(renderError(new ActionErrors([wrong, other]))).toContain(
      '>     ```text\n>     accuracy => 0.8\n>              ^\n>     ```',
    );
  });
});
