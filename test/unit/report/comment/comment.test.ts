import { describe, expect, test } from 'vitest';
import type { Report } from '../../../../src/model/report.ts';
import type { EvalResult } from '../../../../src/model/results.ts';
import { NO_TEXTS, type SampleTexts } from '../../../../src/model/sample.ts';
import type { EvalComparison, RuleVerdict, VerdictStatus } from '../../../../src/model/verdict.ts';
import { type CommentMode, isAtStake } from '../../../../src/report/comment/at-stake.ts';
import { renderComment } from '../../../../src/report/comment/comment.ts';
import { commentMarker } from '../../../../src/report/comment/marker.ts';
import { wrapped } from '../../../../src/report/comment/wrap.ts';
import { renderSummary } from '../../../../src/report/summary/summary.ts';
import { renderMarkdown } from '../../../golden/picture/markdown.ts';
import { compared, comparison, flippedSamples, rated } from '../../../golden/variants/samples.ts';
import { report, unfinished, verdict } from '../../../helpers/report-builders.ts';

const EXTRAS = { marker: { job: 'evals', set: 'set' } };

function degradedReport(texts: Partial<SampleTexts>, evals = ['a'], flips = 3): Report {
  const all = evals.map((name) => rated(name, 10, 40));
  const comparisons = all.map((each) =>
    compared(each, 'degraded', { worse: flips, better: 0, sentence: 'It fell.' }),
  );
  const samplesOf = (side: 'before' | 'now') =>
    new Map(
      comparisons.map((each) => [
        each.key,
        {
          ...flippedSamples(each.flips, side, {}),
          texts: () => ({ ...NO_TEXTS, ...texts }),
        },
      ]),
    );
  return report(all, {
    verdict: verdict({ status: 'failed', sentence: 'Failed.', comparison: comparison(comparisons) }),
    samples: samplesOf('now'),
    baselineSamples: samplesOf('before'),
  });
}

test('comment: after its marker it begins as the summary does', () => {
  const of = degradedReport({});
  const [marker, blank, ...lines] = renderComment(of, EXTRAS).split('\n');
  expect(marker).toBe('<!-- oaievalset-action: job=evals set=set -->');
  expect(blank).toBe('');
  expect(lines.slice(0, 4)).toEqual(renderSummary(of, { notes: [], next: '' }).split('\n').slice(0, 4));
});

test('comment: only failed, degraded and missing evals, and those that miss a rule, have rows', () => {
  const evals = [
    rated('fine', 8, 10),
    unfinished('late', 'pending', 'cancelled'),
    unfinished('broken', 'failed', 'KeyError'),
    rated('worse', 8, 10),
  ];
  const of = (name: string, status: EvalComparison['status']) =>
    compared(rated(name, 8, 10), status, { worse: 0, better: 0, sentence: 'Said.' });
  const text = renderComment(
    report(evals, {
      verdict: verdict({ comparison: comparison([of('worse', 'degraded'), of('gone', 'missing')]) }),
    }),
    EXTRAS,
  );
  expect([...text.matchAll(/^\| \S+ \| `(\w+)`/gm)].map(([, name]) => name)).toEqual([
    'broken',
    'worse',
    'gone',
  ]);
});

test('comment: of a changed sample it has prompt, expected answer, both answers and the words of the judge', () => {
  const judge = 'Because ```code``` differs.\nChoice: D';
  const of = degradedReport({ prompt: 'What?\nSay it.', expected: 'yes', answer: 'no', judge }, ['a'], 1);
  expect(renderComment(of, EXTRAS)).toContain(
    [
      '**1 changed sample of degraded evals**',
      '',
      '<details>',
      '<summary><code>a</code>, sample <code>a.dev.3</code>: correct → incorrect</summary>',
      '',
      '**Prompt:**',
      '',
      '```text',
      'What?',
      'Say it.',
      '```',
      '',
      '**Expected:** `yes` · **Before:** `no` · **Now:** `no`',
      '',
      '**The judge before:**',
      '',
      '````text',
      judge,
      '````',
      '',
      '**The judge now:**',
      '',
      '````text',
      judge,
      '````',
      '',
      '</details>',
    ].join('\n'),
  );
});

test('comment: at most ten changed samples are shown, one of each eval in turn, and all are counted', () => {
  const text = renderComment(degradedReport({ answer: 'no' }, ['a', 'b', 'c'], 30), EXTRAS);
  expect(text).toContain('**10 of 90 changed samples of degraded evals**');
  const names = [...text.matchAll(/<summary><code>(\w)<\/code>/g)].map(([, name]) => name);
  expect(names).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a']);
});

test('comment: samples whose texts may not be shown are a list', () => {
  const text = renderComment(degradedReport({}, ['a'], 2), EXTRAS);
  expect(text).toContain(
    '- `a`, sample `a.dev.3`: correct → incorrect\n- `a`, sample `a.dev.10`: correct → incorrect\n',
  );
  expect(text).toContain('the input `samples-text` says which may leave the runner');
});

test('comment: changes within noise are not shown', () => {
  const noise = compared(rated('a', 8, 10), 'within-noise', { worse: 1, better: 1, sentence: '' });
  const text = renderComment(
    report([rated('a', 8, 10)], { verdict: verdict({ comparison: comparison([noise]) }) }),
    EXTRAS,
  );
  expect(text).not.toContain('changed sample');
});

test('comment: links lead to the report and to the run', () => {
  const text = renderComment(report([]), { ...EXTRAS, reportUrl: 'https://h.example/a' });
  expect(text).toContain(
    '[Report with all samples](https://h.example/a) · [Run with its summary, logs and artifacts](https://github.com/octo-org/octo-repo/actions/runs/17)',
  );
  expect(renderComment(report([]), { ...EXTRAS, reportUrl: 'javascript:alert(1)' })).not.toContain(
    'javascript',
  );
});

describe('comment: too long for GitHub', () => {
  const long = '😀'.repeat(40_000);
  const failures = Array.from({ length: 3000 }, (_, n) => unfinished(`${n}-${long}`, 'failed', long));
  const rules = Array.from({ length: 900 }, (): RuleVerdict => {
    return { rule: long, line: 1, advisory: false, status: 'missed', sentence: long, evals: [] };
  });

  const mentions = '@'.repeat(5000);
  const escapedFailures = failures.slice(0, 100).map((each) => ({ ...each, name: mentions, note: mentions }));
  const escapedRules = rules.map((each, n) => ({ ...each, rule: mentions, sentence: `${n}${mentions}` }));

  test.each<[string, Report]>([
    ['failed evals', report(failures)],
    ['missed rules', report([], { verdict: verdict({ rules, sentence: long }) })],
    [
      'texts that are escaped',
      report(escapedFailures, { verdict: verdict({ rules: escapedRules, sentence: mentions }) }),
    ],
    ['long words of a judge', degradedReport({ judge: long, prompt: '`'.repeat(70_000), answer: long })],
    ['long names', degradedReport({ answer: 'no' }, [long, `${long}2`], 30)],
  ])('comment: with %s it stays below the limit, and no table or fold is cut', (_, of) => {
    const text = renderComment(of, { marker: { job: long, set: long }, reportUrl: 'https://h.example/a' });
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/^<details>$/gm)?.length ?? 0).toBe(text.match(/^<\/details>$/gm)?.length ?? 0);
    for (const row of text.split('\n').filter((line) => line.startsWith('|'))) expect(row).toMatch(/ \|$/);
    expect(text).toContain('[Run with its summary, logs and artifacts](');
  });

  test('comment: evals that are left out are counted', () => {
    const text = renderComment(report(failures), EXTRAS);
    const shown = text.match(/^\| ❌/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(0);
    expect(text).toContain(
      `… and ${(3000 - shown).toLocaleString('en-US')} more evals: see the job summary.`,
    );
  });
});

test('comment: a sample that does not fit leaves room for one that does', () => {
  const of = degradedReport({}, ['a', 'b'], 1);
  const texts = (judge: string) => ({ texts: () => ({ ...NO_TEXTS, judge }) });
  const samples = new Map(
    [...of.samples].map(([key, each]) => [
      key,
      { ...each, ...texts(key.startsWith('a') ? 'x '.repeat(29_999) : 'short') },
    ]),
  );
  const text = renderComment({ ...of, samples, baselineSamples: samples }, EXTRAS);
  expect(text).toContain('**1 of 2 changed samples of degraded evals**');
  expect(text).toContain('**The judge now:** `short`');
});

const plain = commentMarker({ job: 'evals', set: 'set' });

test.each([
  ['an end of the comment', { job: 'a --> b', set: '--!> c' }],
  ['a start of a comment', { job: '<!--', set: '<script>' }],
  ['a line break', { job: 'a\nb', set: 'c\r\nd' }],
  ['dashes', { job: '---', set: '-' }],
  ['half of a character', { job: '\ud800', set: 'a' }],
  ['the text of another marker', { job: 'evals set=set', set: 'set' }],
])('comment marker: a name with %s cannot end it, and has a marker of its own', (_, owner) => {
  const marker = commentMarker(owner);
  expect(marker).toMatch(/^<!-- oaievalset-action: job=(?:(?!--)[\w.%-])* set=(?:(?!--)[\w.%-])* -->$/);
  expect(marker).not.toBe(plain);
  expect(renderMarkdown(`${marker}\n\nend`).trim()).toBe('<p>end</p>');
});

const rule = (status: RuleVerdict['status'], advisory: boolean): RuleVerdict => {
  return { rule: 'a >= 1', line: 1, advisory, status, sentence: '', evals: [] };
};

test.each<
  [string, VerdictStatus, RuleVerdict[], EvalComparison['status'] | undefined, EvalResult[], CommentMode[]]
>([
  ['passed', 'passed', [], undefined, [], ['always']],
  ['passed with all rules met', 'passed', [rule('met', false)], undefined, [], ['always']],
  ['failed', 'failed', [], undefined, [], ['changes', 'failures', 'always']],
  ['is incomplete', 'incomplete', [], undefined, [], ['changes', 'failures', 'always']],
  ['misses an advisory rule', 'passed', [rule('missed', true)], undefined, [], ['changes', 'always']],
  [
    'has an advisory rule that is not judged',
    'passed',
    [rule('not-judged', true)],
    undefined,
    [],
    ['changes', 'always'],
  ],
  ['degraded', 'passed', [], 'degraded', [], ['changes', 'always']],
  ['improved', 'passed', [], 'improved', [], ['changes', 'always']],
  ['is within noise', 'passed', [], 'within-noise', [], ['always']],
  ['has too few samples', 'passed', [], 'too-few', [], ['always']],
  ['lacks an eval of the baseline', 'passed', [], 'missing', [], ['changes', 'always']],
  ['has an eval more than the baseline', 'passed', [], 'missing', [rated('a', 8, 10)], ['always']],
])('comment: a run that %s is worth a comment in the modes %6$j', (_, status, rules, found, evals, modes) => {
  const compare =
    found && comparison([compared(rated('a', 8, 10), found, { worse: 0, better: 0, sentence: '' })]);
  const of = report(evals, { verdict: verdict({ status, rules, comparison: compare ?? null }) });
  const worth = (['changes', 'failures', 'always'] as const).filter((mode) => isAtStake(of, mode));
  expect(worth).toEqual(modes);
});

test.each([
  ['short', 'short'],
  ['one two three four', 'one two\nthree\nfour'],
  ['0123456789abc de', '0123456789abc\nde'],
  ['0123456789abc', '0123456789abc'],
  ['a\n\nb', 'a\n\nb'],
  ['', ''],
])('wrapped text: %j in lines of 8 is %j', (text, shown) => {
  expect(wrapped(text, 8)).toBe(shown);
});
