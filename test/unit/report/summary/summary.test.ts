import { describe, expect, test } from 'vitest';
import type { EvalResult } from '../../../../src/model/results.ts';
import type { RuleVerdict, Verdict } from '../../../../src/model/verdict.ts';
import { renderSummary, type SummaryExtras } from '../../../../src/report/summary/summary.ts';
import { renderMarkdown } from '../../../golden/picture/markdown.ts';
import { compared, comparison, rated, reused } from '../../../golden/variants/samples.ts';
import { report, unfinished, verdict } from '../../../helpers/report-builders.ts';

const EXTRAS: SummaryExtras = { notes: [], next: '' };

const summaryOf = (evals: readonly EvalResult[], changes: Partial<Verdict> = {}, extras = EXTRAS) =>
  renderSummary(report(evals, { verdict: verdict(changes) }), extras);

const rule: RuleVerdict = {
  rule: 'accuracy >= 0.8',
  line: 1,
  advisory: false,
  status: 'missed',
  sentence: 'accuracy is below 0.8 in 1 of 2 evals: a (0.4).',
  evals: [],
};

test('summary: verdict, figures, notes, what to do, rules, baseline, open evals, completed ones and the run are in this order', () => {
  const worse = rated('worse', 10, 20);
  const text = summaryOf(
    [worse, rated('fine', 18, 20), unfinished('late', 'pending', 'cancelled')],
    {
      status: 'failed',
      sentence: 'Failed: 1 rule is missed.',
      rules: [rule],
      comparison: comparison([
        compared(worse, 'degraded', { worse: 8, better: 0, sentence: 'worse: it fell.' }),
      ]),
    },
    { notes: ['The API was slow.'], next: 'Re-run the failed jobs.', savedReportPath: '/tmp/report.html' },
  );
  const order = [
    '> [!CAUTION]\n> **Failed: 1 rule is missed.**',
    '`gpt-4` on `set` · ',
    'The API was slow.',
    '**What to do:** Re-run the failed jobs.',
    '### Rules',
    'accuracy is below 0.8 in 1 of 2 evals: a (0.4).',
    '### Baseline',
    '1 degraded',
    '### 1 eval to look at',
    '| 📉&nbsp;degraded | `worse` |',
    '<summary><code>worse</code>: what the comparison says, 8 changed samples</summary>',
    'it fell.',
    '### 1 pending eval',
    '- cancelled: `late`',
    '### Completed evals',
    '| ✅&nbsp;fresh | `fine` |',
    '### About this run',
    'oaievalset-action 0.1.0, evals 3.0.1.post1, Python 3.11.7',
    '`/tmp/report.html`',
    '(https://github.com/octo-org/octo-repo/actions/runs/17/attempts/1)',
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test.each<[string, Partial<Verdict>, string]>([
  ['passed', {}, 'TIP'],
  ['failed', { status: 'failed' }, 'CAUTION'],
  ['is incomplete', { status: 'incomplete' }, 'WARNING'],
  ['passed with an advisory rule missed', { rules: [{ ...rule, advisory: true }] }, 'WARNING'],
  ['passed with all rules met', { rules: [{ ...rule, status: 'met' }] }, 'TIP'],
  [
    'passed with a baseline that cannot be used',
    { comparison: comparison([], { problem: 'it is damaged' }) },
    'NOTE',
  ],
  ...(
    [
      ['degraded', 'WARNING'],
      ['improved', 'TIP'],
      ['within-noise', 'TIP'],
      ['too-few', 'TIP'],
      ['not-comparable', 'NOTE'],
      ['missing', 'NOTE'],
    ] as const
  ).map(([status, alert]): [string, Partial<Verdict>, string] => [
    `passed with an eval that is ${status}`,
    { comparison: comparison([compared(rated('a', 8, 10), status, { worse: 0, better: 0, sentence: '' })]) },
    alert,
  ]),
])('summary: of a run that %s, the alert is %3$s', (_, changes, alert) => {
  expect(summaryOf([rated('a', 8, 10)], changes)).toMatch(new RegExp(`^> \\[!${alert}\\]\\n> \\*\\*`));
});

test.each([
  [20, false],
  [21, true],
])('summary: the table of %i completed evals is folded: %s', (count, isFolded) => {
  const text = summaryOf(Array.from({ length: count }, (_, n) => rated(`e${n}`, 8, 10)));
  expect(text.includes(`<summary>${count} evals, all fresh</summary>`)).toBe(isFolded);
});

test('summary: the fold of completed evals says how many are fresh and reused', () => {
  const evals = Array.from({ length: 30 }, (_, n) =>
    n < 4 ? rated(`e${n}`, 8, 10) : reused(`e${n}`, 8, 10),
  );
  expect(summaryOf(evals)).toContain('<summary>30 evals: 4 fresh, 26 reused</summary>');
});

test('summary: without evals it has the verdict and the run, and no table', () => {
  const text = summaryOf([]);
  expect(text).not.toContain('|');
  expect(text).toContain('### About this run');
});

describe('summary: too large for GitHub', () => {
  const long = 'ü'.repeat(400);
  const failures = (count: number): EvalResult[] =>
    Array.from({ length: count }, (_, n) => {
      const error = { type: null, message: long, place: null, sample: null, lastLines: [`last line ${n}`] };
      return unfinished(`failed-${n}-${long}`, 'failed', long, { error });
    });
  const done = (count: number): EvalResult[] =>
    Array.from({ length: count }, (_, n) => rated(`done-${n}-${'x'.repeat(90)}`, 8, 10));
  const drops = (evals: readonly EvalResult[]) =>
    comparison(evals.map((each) => compared(each, 'degraded', { worse: 20, better: 0, sentence: long })));
  const noise = (evals: readonly EvalResult[]) =>
    comparison(evals.map((each) => compared(each, 'within-noise', { worse: 0, better: 0, sentence: long })));
  const many = done(3000);

  const mentions = '@'.repeat(5000);
  const escapedRules = Array.from({ length: 100 }, (_, n) => ({ ...rule, sentence: `${n}${mentions}` }));
  const escaped = Array.from({ length: 1000 }, (_, n) => unfinished(mentions, 'failed', `${n}${mentions}`));

  test.each<[string, EvalResult[], Partial<Verdict>]>([
    ['failed evals', failures(3000), {}],
    ['completed evals', done(8000), {}],
    ['failed and completed evals', [...done(4000), ...failures(1500)], {}],
    ['degraded evals', many, { comparison: drops(many) }],
    ['evals within noise', many, { comparison: noise(many) }],
    ['rules', done(10), { rules: Array.from({ length: 5000 }, () => ({ ...rule, sentence: long })) }],
    ['a sentence', done(10), { sentence: 'x'.repeat(3_000_000) }],
    ['texts that are escaped', escaped, { rules: escapedRules, sentence: mentions }],
  ])(
    'summary: of very many %s, it stays below the limit and no table or fold is cut',
    (_, evals, changes) => {
      const text = summaryOf(evals, changes);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
      expect(text.match(/^<details>$/gm)?.length ?? 0).toBe(text.match(/^<\/details>$/gm)?.length ?? 0);
      for (const row of text.split('\n').filter((line) => line.startsWith('|'))) expect(row).toMatch(/ \|$/);
      expect(text).toContain('### About this run');
    },
  );

  test('summary: rows that are left out are counted, and failed ones are shown first', () => {
    const text = summaryOf([...done(4000), ...failures(1500)]);
    const shown = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
    const [failed, completed] = [shown(/^\| ❌/gm), shown(/^\| ✅/gm)];
    expect(failed).toBeGreaterThan(0);
    expect(completed).toBeGreaterThan(0);
    const hidden = (count: number) => `… and ${count.toLocaleString('en-US')} more: see the report.`;
    expect(text).toContain(hidden(1500 - failed));
    expect(text).toContain(hidden(4000 - completed));
  });
});

test('summary: names, messages and addresses of others do nothing', () => {
  const evil = '</details><script>alert(1)</script> @octocat [x](http://evil.example) |';
  const text = renderSummary(
    {
      ...report([
        unfinished(evil, 'failed', evil),
        unfinished(`${evil}2`, 'pending', evil),
        reused(evil, 8, 10, '1](http://evil.example)'),
      ]),
      verdict: verdict({ sentence: evil, rules: [{ ...rule, rule: evil, sentence: evil }] }),
    },
    { notes: [evil], next: evil, savedReportPath: evil, reportUrl: 'javascript:alert(1)' },
  );
  const shown = renderMarkdown(text);
  expect(shown).not.toMatch(/<script|javascript:|href="[^"]*evil/);
  expect(shown.match(/<tr>/g)).toHaveLength(4);
  for (const line of text.split('\n')) expect(line).not.toMatch(/[^\P{C}]/u);
});
