/** The grammar of the input thresholds: what is accepted, and what it means. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { parseRules } from '../../../../src/gate/rules/parse-rules.ts';
import { needsBaseline, type Rule } from '../../../../src/gate/rules/rule.ts';

/** A rule as one short line: kind, `!` if it is advisory, glob, metric, operator, value, unit. */
function brief(rule: Rule): string {
  const prefix = rule.advisory ? 'advisory ' : '';
  if (rule.kind === 'run') return `${prefix}run ${rule.metric} ${threshold(rule)}`;
  const of = rule.glob === null ? '' : `{${rule.glob}} `;
  if (rule.kind === 'drop') return `${prefix}drop ${of}{${rule.metric}} ${rule.tolerance} ${rule.unit}`;
  return `${prefix}${rule.source} ${of}{${rule.metric}} ${threshold(rule)}`;
}

function threshold({ threshold: { operator, value, unit } }: Exclude<Rule, { kind: 'drop' }>): string {
  return `${operator} ${value} ${unit}`;
}

test.each([
  // Operators and blanks.
  ['accuracy >= 0.8', 'report {accuracy} >= 0.8 number'],
  ['accuracy > 0.8', 'report {accuracy} > 0.8 number'],
  ['accuracy <= 0.8', 'report {accuracy} <= 0.8 number'],
  ['accuracy < 0.8', 'report {accuracy} < 0.8 number'],
  ['accuracy == 1', 'report {accuracy} == 1 number'],
  ['accuracy>=0.8', 'report {accuracy} >= 0.8 number'],
  ['  accuracy\t>=   0.8 \t', 'report {accuracy} >= 0.8 number'],
  ['accuracy\u00a0>= 0.8', 'report {accuracy} >= 0.8 number'],
  // Numbers.
  ['score >= .5', 'report {score} >= 0.5 number'],
  ['score >= -0.5', 'report {score} >= -0.5 number'],
  ['score >= +3', 'report {score} >= 3 number'],
  ['score >= -0', 'report {score} >= 0 number'],
  ['score >= 1e-3', 'report {score} >= 0.001 number'],
  ['score >= 2.5E+2', 'report {score} >= 250 number'],
  ['counts/A <= 1_000', 'report {counts/A} <= 1000 number'],
  ['counts/A <= 1_0_0', 'report {counts/A} <= 100 number'],
  ['counts/A <= 2k', 'report {counts/A} <= 2000 number'],
  ['counts/A <= 1.5M', 'report {counts/A} <= 1500000 number'],
  ['counts/A <= 3 m', 'report {counts/A} <= 3000000 number'],
  ['accuracy >= 90%', 'report {accuracy} >= 0.9 percent'],
  ['accuracy >= 33.3%', 'report {accuracy} >= 0.333 percent'],
  ['accuracy >= 90 %', 'report {accuracy} >= 0.9 percent'],
  ['accuracy >= 150%', 'report {accuracy} >= 1.5 percent'],
  ['score >= 1e-999999999999999999999999', 'report {score} >= 0 number'],
  // Metrics.
  ['f1_score >= 0.8', 'report {f1_score} >= 0.8 number'],
  ['outer/inner.x-y >= 1', 'report {outer/inner.x-y} >= 1 number'],
  ['50%_quantile >= 1', 'report {50%_quantile} >= 1 number'],
  ['average >= 0.8', 'report {average} >= 0.8 number'],
  ['droplet >= 0.8', 'report {droplet} >= 0.8 number'],
  ['__proto__ >= 0.8', 'report {__proto__} >= 0.8 number'],
  ['"f1 score" >= 0.8', 'report {f1 score} >= 0.8 number'],
  ['"a:b >= c" >= 0.8', 'report {a:b >= c} >= 0.8 number'],
  ['"say \\"hi\\" \\\\" >= 0.8', 'report {say "hi" \\} >= 0.8 number'],
  ['"coverage" >= 2', 'report {coverage} >= 2 number'],
  ['"cost" <= 2', 'report {cost} <= 2 number'],
  ['"drop" >= 1', 'report {drop} >= 1 number'],
  ['"0.8" >= 1', 'report {0.8} >= 1 number'],
  ['coverage >= 95%', 'samples {coverage} >= 0.95 percent'],
  ['test-*: coverage == 1', 'samples {test-*} {coverage} == 1 number'],
  ['samples >= 100', 'samples {samples} >= 100 number'],
  ['total-tokens <= 2M', 'run total-tokens <= 2000000 number'],
  ['requests-sent < 500', 'run requests-sent < 500 number'],
  // Evals.
  ['test-*: accuracy >= 90%', 'report {test-*} {accuracy} >= 0.9 percent'],
  ['test-[!abc]?.dev.v0 : accuracy >= 1', 'report {test-[!abc]?.dev.v0} {accuracy} >= 1 number'],
  ['"my evals*": accuracy >= 1', 'report {my evals*} {accuracy} >= 1 number'],
  ['"a:b": "c:d" >= 1', 'report {a:b} {c:d} >= 1 number'],
  ['"advisory": accuracy >= 1', 'report {advisory} {accuracy} >= 1 number'],
  ['advisory-test: accuracy >= 1', 'report {advisory-test} {accuracy} >= 1 number'],
  ['advisory.dev.v0: accuracy >= 1', 'report {advisory.dev.v0} {accuracy} >= 1 number'],
  // Advisory rules.
  ['advisory: accuracy >= 1', 'advisory report {accuracy} >= 1 number'],
  ['advisory :joke-*: score >= 0.5', 'advisory report {joke-*} {score} >= 0.5 number'],
  ['advisory: "advisory": score >= 0.5', 'advisory report {advisory} {score} >= 0.5 number'],
  ['advisory: total-tokens <= 2M', 'advisory run total-tokens <= 2000000 number'],
  // Drops.
  ['accuracy drop <= 2pp', 'drop {accuracy} 0.02 points'],
  ['accuracy drop < 2 pp', 'drop {accuracy} 0.02 points'],
  ['accuracy drop <= 0pp', 'drop {accuracy} 0 points'],
  ['score drop <= 0.5', 'drop {score} 0.5 number'],
  ['advisory: test-*: "f1 score" drop <= 1.5PP', 'advisory drop {test-*} {f1 score} 0.015 points'],
])('parseRules: %j is accepted', (text, expected) => {
  expect(parseRules(text).map(brief)).toEqual([expected]);
});

test('parseRules: blank lines and comments are skipped and counted, and rules are as the user wrote them', () => {
  const text = '\n# all:\r\n  accuracy  >=  0.8\r\n\n\t# of jokes\n advisory: joke-*: score >= 1';
  expect(parseRules(text)).toEqual([
    {
      kind: 'eval',
      text: 'accuracy  >=  0.8',
      line: 3,
      advisory: false,
      glob: null,
      metric: 'accuracy',
      source: 'report',
      threshold: { operator: '>=', value: 0.8, unit: 'number' },
    },
    {
      kind: 'eval',
      text: 'advisory: joke-*: score >= 1',
      line: 6,
      advisory: true,
      glob: 'joke-*',
      metric: 'score',
      source: 'report',
      threshold: { operator: '>=', value: 1, unit: 'number' },
    },
  ]);
});

test('parseRules: an empty input has no rules', () => {
  expect(parseRules('')).toEqual([]);
  expect(parseRules(' \n\r\n#\n')).toEqual([]);
});

test('parseRules: 1,000 rules are accepted, 1,001 are not', () => {
  const text = (count: number) => 'accuracy >= 0.8\n'.repeat(count);
  expect(parseRules(text(1000))).toHaveLength(1000);
  expect(() => parseRules(text(1001))).toThrow(
    new ActionError(
      'INPUT_INVALID',
      'The input thresholds has 1,001 rules, and at most 1,000 are judged.',
      'Write one rule for several evals, with a glob such as test-*: before the metric.',
    ),
  );
});

test('needsBaseline: only the drop rules that can fail the step', () => {
  const rules = parseRules(
    'accuracy >= 1\naccuracy drop <= 2pp\nadvisory: score drop <= 1\nx: score drop <= 1',
  );
  expect(needsBaseline(rules).map(({ text }) => text)).toEqual([
    'accuracy drop <= 2pp',
    'x: score drop <= 1',
  ]);
});

/** Pieces of rules, right and wrong, and any other text. */
const piece = fc.oneof(
  fc.constantFrom(
    'advisory',
    ':',
    '"',
    '\\',
    'test-*',
    'accuracy',
    'coverage',
    'total-tokens',
    'drop',
    'cost',
  ),
  fc.constantFrom(
    '>=',
    '<',
    '==',
    '=>',
    '!',
    '≥',
    '0.8',
    '2pp',
    '90%',
    '2M',
    '1e999',
    ',',
    '#',
    '\n',
    '\t',
    ' ',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));

/** What parseRules makes of a text: rules, or its error. */
function outcome(input: string): readonly Rule[] | ActionError {
  try {
    return parseRules(input);
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}

test('parseRules: any text is either rules or one ActionError, and each place that the error names exists', () => {
  fc.assert(
    fc.property(text, (input) => {
      const found = outcome(input);
      if (!(found instanceof ActionError)) return;
      expect(found.code).toBe('INPUT_INVALID');
      const lines = input.split(/\r?\n/);
      const places = [...found.message.matchAll(/^- Line (\d+), column (\d+): /gm)];
      expect(places.length).toBeGreaterThan(0);
      for (const [, line, column] of places) {
        const length = [...(lines[Number(line) - 1] ?? '')].length;
        expect(Number(column)).toBeLessThanOrEqual(length + 1);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Names as evals may have them: visible characters, without white space at their ends. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(value) && value.trim() !== '');
const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;

test('parseRules: every name can be written in quotes, but for those of random noise', () => {
  fc.assert(
    fc.property(name, name, fc.double({ noNaN: true, noDefaultInfinity: true }), (glob, metric, value) => {
      const [rule] = parseRules(`${quoted(glob)}: ${quoted(metric)} >= ${value}`);
      expect(rule).toMatchObject({ glob, metric, threshold: { value: value === 0 ? 0 : value } });
    }),
  );
});
