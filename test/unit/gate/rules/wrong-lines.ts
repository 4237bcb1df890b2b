/**
 * Mistakes in the input thresholds: the line, a caret under the place that its error names, then the column of the place with
 * what the error says about it.
 */
const TABLE = String.raw`
accuracy => 0.8
         ^
10: There is no operator =>. Did you mean >=?

accuracy =< 0.8
         ^
10: There is no operator =<. Did you mean <=?

accuracy = 0.8
         ^
10: There is no operator =. Did you mean == or >=?

accuracy ≥ 0.8
         ^
10: There is no operator ≥. Did you mean >=?

test-*: accuracy ≤ 0.8
                 ^
18: There is no operator ≤. Did you mean <=?

accuracy === 1
         ^
10: There is no operator ===. Did you mean ==?

accuracy != 1
         ^
10: There is no operator !=. Write one of >, >=, <, <= and ==.

accuracy > = 0.8
         ^
10: A blank divides the operator >=. Did you mean >= without a blank?

accuracy 0.8
         ^
10: The operator before 0.8 is missing. Write one of >, >=, <, <= and == before the number.

accuracy
        ^
9: The operator and the number are missing. Write what is required, such as accuracy >= 0.8.

accuracy: 0.8
          ^
11: "0.8" is a number, where a metric is expected. Write the metric first, then the operator and the number: accuracy >= 0.8.

accuracy at least 0.8
         ^
10: An operator is expected after accuracy. Write one of >, >=, <, <= and ==. Write a name that contains blanks in quotes.

accuracy >=
           ^
12: The number after >= is missing. Write a number, such as 0.8, 90% or 2M.

accuracy >= high
            ^
13: "high" is no number. Write a number, such as 0.8, 90% or 2M.

accuracy >= 0,8
            ^
13: Decimals begin with a point, not with a comma. Write 0.8.

total-tokens <= 2,000
                ^
17: The comma in 2,000 could be one of thousands or of decimals. Write 2_000 or 2.000.

total-tokens <= 2,000,000
                ^
17: Commas do not group thousands here. Write 2_000_000.

accuracy >= "0.8"
            ^
13: The number is in quotes. Write the number without quotes.

total-tokens <= 2G
                ^
17: "2G" is no number. Write a number, such as 0.8, 90% or 2M.

score <= 1e999
         ^
10: The number is too large. Write a smaller number.

accuracy >= :
            ^
13: ":" is no number. Write a number, such as 0.8, 90% or 2M.

accuracy drop <= 2%
                 ^
18: 2% of a drop could mean percentage points, or a share of the baseline. Write 2pp for percentage points: pp after a number means them.

accuracy drop >= 2pp
              ^
15: A drop is limited with <=, not with >=. Write the largest drop that you accept, such as accuracy drop <= 2pp.

accuracy drop <= -2pp
                 ^
18: The largest drop is below 0. Write how much may be lost as a positive number, such as 2pp.

accuracy drop < 0pp
                ^
17: No drop is smaller than 0. Write drop <= 0pp to accept none.

accuracy >= 80pp
            ^
13: Percentage points (pp) are for a drop only. Write 80%, or compare with the baseline: accuracy drop <= 80pp.

total-tokens drop <= 1k
             ^
14: A drop of total-tokens is not compared with the baseline. Name a metric that evals report, such as accuracy drop <= 2pp, or limit it: total-tokens <= 2M.

coverage drop <= 2pp
         ^
10: A drop of coverage is not compared with the baseline. Name a metric that evals report, such as accuracy drop <= 2pp, or limit it: coverage >= 0.95.

accuracy drops <= 2pp
         ^
10: There is no keyword drops. Did you mean drop?

drop <= 2pp
^
1: The metric before drop is missing. Write the metric first: accuracy drop <= 2pp.

accuracy drop 2pp
              ^
15: The operator before 2pp is missing. Write one of >, >=, <, <= and == before the number.

>= 0.8
^
1: The metric is missing. Write a metric, such as accuracy, before the operator.

test-*: >= 0.8
        ^
9: The metric is missing. Write a metric, such as accuracy, before the operator.

advisory:
         ^
10: The metric is missing. Write a metric, such as accuracy, before the operator.

0.8 <= accuracy
^
1: "0.8" is a number, where a metric is expected. Write the metric first, then the operator and the number: accuracy >= 0.8.

- accuracy >= 0.8
^
1: A hyphen begins no rule. Write one rule a line, without a hyphen before it.

* >= 0.8
^
1: * is a glob, where a metric is expected. Write a metric after it: *: accuracy >= 0.8. Without a glob, a rule is about every eval.

boostrap_std <= 0.1
^
1: boostrap_std is the noise of a metric, and evals draws it at random: it differs between runs with the same answers. Name the metric itself. Rules with drop take its noise into account, such as accuracy drop <= 2pp.

test-*: bootstrap_std_target_50% <= 0.1
        ^
9: bootstrap_std_target_50% is the noise of a metric, and evals draws it at random: it differs between runs with the same answers. Name the metric itself. Rules with drop take its noise into account, such as accuracy drop <= 2pp.

"boostrap_std" <= 0.1
^
1: boostrap_std is the noise of a metric, and evals draws it at random: it differs between runs with the same answers. Name the metric itself. Rules with drop take its noise into account, such as accuracy drop <= 2pp.

cost <= 5
^
1: The cost of a run cannot be judged. Limit what it depends on: total-tokens <= 2M.

cost <= $5
^
1: The cost of a run cannot be judged. Limit what it depends on: total-tokens <= 2M.

total_tokens <= 2M
^
1: There is no metric total_tokens. Did you mean total-tokens? If evals report a metric of this name, write "total_tokens" with quotes.

Coverage >= 1
^
1: There is no metric Coverage. Did you mean coverage? If evals report a metric of this name, write "Coverage" with quotes.

request-sent <= 10
^
1: There is no metric request-sent. Did you mean requests-sent? If evals report a metric of this name, write "request-sent" with quotes.

f1 score >= 0.8
   ^
4: An operator is expected after f1. Write one of >, >=, <, <= and ==. Write a name that contains blanks in quotes.

test-*: total-tokens <= 2M
        ^
9: total-tokens is of the whole run, not of an eval. Remove the glob and the colon before it.

total-tokens <= 20%
                ^
17: total-tokens is a count, not a share. Write a number, such as 500 or 2M.

samples >= 20%
           ^
12: samples is a count, not a share. Write a number, such as 500 or 2M.

coverage >= 95
            ^
13: coverage is the share of samples that have a score, from 0 to 1. Write 95%.

coverage >= 950
            ^
13: coverage is the share of samples that have a score, from 0 to 1. Write a number from 0 to 1, or a percentage, such as 95%.

coverage > -1
           ^
12: coverage is the share of samples that have a score, from 0 to 1. Write a number from 0 to 1, or a percentage, such as 95%.

: accuracy >= 1
^
1: The evals before the colon are missing. Remove the colon, or write a glob such as test-*: before the metric.

a:b: accuracy >= 1
   ^
4: A second colon is no part of a rule. Remove it. Write a name that contains a colon in quotes.

test-*: accuracy : >= 0.8
                 ^
18: A second colon is no part of a rule. Remove it. Write a name that contains a colon in quotes.

test-*: advisory: accuracy >= 1
        ^
9: advisory: is not at the start. Write it before the evals: advisory: test-*: accuracy >= 0.8.

advisory accuracy >= 1
^
1: The colon after advisory is missing. Write advisory: with a colon.

advisroy: accuracy >= 1
^
1: There is no keyword advisroy. Did you mean advisory:? If an eval has this name, write "advisroy": with quotes.

Advisory: accuracy >= 1
^
1: There is no keyword Advisory. Did you mean advisory:? If an eval has this name, write "Advisory": with quotes.

accuracy >= 0.8 # all
                ^
17: A comment cannot follow a rule. Write the comment into a line of its own.

accuracy >= 0.5 <= 0.9
                ^
17: The rule ends before "<=". Write one comparison a line, and nothing after its number.

accuracy >= 0.5 and score > 1
                ^
17: The rule ends before "and". Write one comparison a line, and nothing after its number.

accuracy >= 0.5; score > 1
            ^
13: "0.5;" is no number. Write a number, such as 0.8, 90% or 2M.

"my eval: accuracy >= 1
^
1: The quote is not closed. Write " after the name.

"": accuracy >= 1
^
1: The name between the quotes is empty. Write a name, or remove the quotes.

"my\neval": accuracy >= 1
   ^
4: A backslash in quotes stands before a quote or a backslash only. Write \\ for a backslash.

'my eval': accuracy >= 1
^
1: Names are not quoted with '. Write " before and after a name.

“my eval”: accuracy >= 1
^
1: Names are not quoted with “. Write " before and after a name.

"😀 é": accuracy => 1
                ^
17: There is no operator =>. Did you mean >=?
`;

/** A line of the input, and all that the error has below its first line. */
export const WRONG_LINES: readonly (readonly [line: string, says: string])[] = [
  ...TABLE.trim()
    .split('\n\n')
    .map((block): [string, string] => {
      const [line = '', caret = '', says = ''] = block.split('\n');
      return [line, `- Line 1, column ${says}\n    ${line}\n    ${caret}`];
    }),
  [
    'accuracy >\u0007= 0.8',
    '- Line 1, column 11: The rule contains the invisible character \\u0007. Write the rule without it.\n' +
      '    accuracy >\\u0007= 0.8\n              ^',
  ],
  [
    'accu\u200bracy >= 0.8',
    '- Line 1, column 5: The rule contains the invisible character \\u200b. Write the rule without it.\n' +
      '    accu\\u200bracy >= 0.8\n        ^',
  ],
  [
    '"a\u202eb": accuracy >= 0.8',
    '- Line 1, column 3: The rule contains the invisible character \\u202e. Write the rule without it.\n' +
      '    "a\\u202eb": accuracy >= 0.8\n      ^',
  ],
  [
    'accuracy >= 0.8\rscore >= 1',
    '- Line 1, column 16: The rule contains the invisible character \\u000d. Write the rule without it.\n' +
      '    accuracy >= 0.8\\u000dscore >= 1\n                   ^',
  ],
  [
    'test-*:\taccuracy\t=> 1',
    '- Line 1, column 18: There is no operator =>. Did you mean >=?\n' +
      '    test-*: accuracy => 1\n                     ^',
  ],
];
