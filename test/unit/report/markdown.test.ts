import { describe, expect, test } from 'vitest';
import type { Adaptation } from '../../../src/model/adaptation.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { summarize } from '../../../src/report/results.ts';
import { completion, planned } from '../../helpers/builders.ts';

const link = { repository: 'o/r', serverUrl: 'https://github.com' };

test('summary: has one row per eval, failed ones first, with status, metric, samples, time and the run that completed it', () => {
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => planned(`${name}.dev.v0`));
  if (!a || !b || !c || !d || !e) throw new Error('unreachable');
  const outcomes: Outcome[] = [
    { status: 'fresh', eval: a, record: completion(a, { run: { repository: 'o/r', id: '12', attempt: 2 } }) },
    { status: 'reused', eval: b, record: completion(b, { metrics: { accuracy: 'NaN' } }) },
    { status: 'reused', eval: c, record: undefined },
    { status: 'failed', eval: d, reason: 'oaieval exited with code 1', lastLines: [] },
    { status: 'pending', eval: e, reason: 'the job was cancelled', recorded: 16 },
  ];
  expect(renderMarkdown(summarize('gpt-4', 'set', outcomes), link)).toMatchInlineSnapshot(`
    "## ❌ 1 eval failed, 3 of 5 done

    \`gpt-4\` on \`set\`: 1 fresh, 2 reused, 1 failed, 1 pending.

    | Eval | Status | Main metric | Samples | Time | Run |
    | :--- | :--- | :--- | ---: | ---: | :--- |
    | \`d\` | ❌ failed | oaieval exited with code 1 |  |  |  |
    | \`e\` | ⏳ pending | the job was cancelled; 16 responses recorded |  |  |  |
    | \`a\` | ✅ fresh | accuracy **0.5** | 3 | 1 min 0 s | [12, attempt 2](https://github.com/o/r/actions/runs/12/attempts/2) |
    | \`b\` | ♻️ reused | accuracy **NaN** | 3 | 1 min 0 s | [1](https://github.com/o/r/actions/runs/1/attempts/1) |
    | \`c\` | ♻️ reused | done by oaievalset, no results recorded |  |  |  |
    "
  `);
});

test('summary: says who graded the model-graded evals, also of results that an earlier version recorded', () => {
  const graded = (key: string, models: string): Outcome => {
    const of = { ...planned(key), command: ['oaieval', models, key], modelGraded: true };
    return { status: 'reused', eval: of, record: completion(of) };
  };
  const summary = (models: string) =>
    renderMarkdown(summarize('gpt-4', 'set', [graded('a.x', models), graded('b.x', models)]), link);
  expect(summary('gpt-4,y|`')).toContain("\n2 model-graded evals: judge `y\\|'`.\n\n");
  expect(summary('gpt-4')).toContain('2 model-graded evals: judge `gpt-4`, which graded its own answers.');
});

test('summary: evals that are left out are counted apart, and not all evals are done', () => {
  const [a, b] = [planned('a.dev.v0'), planned('b.dev.v0')];
  const fresh: Outcome = { status: 'fresh', eval: a, record: completion(a) };
  const pending: Outcome = { status: 'pending', eval: b, reason: 'the job was cancelled' };
  const linesOf = (outcomes: Outcome[]) =>
    renderMarkdown(summarize('gpt-4', 'set', outcomes, undefined, 3), link).split('\n');
  expect(linesOf([fresh])).toEqual(
    expect.arrayContaining([
      '## ✅ 1 eval done, 3 of the set left out',
      '`gpt-4` on `set`: 1 fresh. Left out by include and exclude: 3 of 4 evals.',
    ]),
  );
  expect(linesOf([fresh, pending])).toEqual(
    expect.arrayContaining([
      '## ⏳ Incomplete: 1 of 2 evals done, 1 pending',
      '`gpt-4` on `set`: 1 fresh, 1 pending. Left out by include and exclude: 3 of 5 evals.',
    ]),
  );
});

test('summary: text that others wrote cannot become markup or break the table', () => {
  const evil = planned('x|y`<script>.dev\n::error::');
  const outcomes: Outcome[] = [
    {
      status: 'failed',
      eval: { ...evil, name: '`|<img src=x onerror=alert(1)>' },
      reason: 'a | b\n<script>alert(1)</script> [x](http://evil) @everyone',
      lastLines: [],
    },
  ];
  const markdown = renderMarkdown(summarize('m`|', 's', outcomes), link);
  expect(markdown.replace(/`[^`\n]*`/g, 'code')).not.toMatch(/<script|<img/);
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
  expect(rows).toHaveLength(3);
  expect(rows[2]?.replace(/\\\|/g, '').split('|')).toHaveLength(8);
});

test.each([
  ['\u202egpj.exe', '\\u202egpj.exe'],
  ['a\u2066b\u2069', 'a\\u2066b\\u2069'],
  ['a\u200bb', 'a\\u200bb'],
  ['\u001b[31ma\u001b[0m', 'a'],
  ['a\ud800b', 'a\\ud800b'],
])('summary: names and messages with %j are shown without control characters', (text, shown) => {
  const outcomes: Outcome[] = [
    { status: 'failed', eval: { ...planned('a.b'), name: text }, reason: text, lastLines: [] },
  ];
  const markdown = renderMarkdown(summarize(text, text, outcomes), link, [text]);
  expect(markdown).not.toMatch(/[^\P{C}\n]/u);
  expect(markdown).toContain(`\`${shown}\` on \`${shown}\``);
  expect(markdown).toContain(`| \`${shown}\` | ❌ failed |`);
});

describe('summary: too large for GitHub', () => {
  const many = (count: number, status: 'failed' | 'pending', length: number): Outcome[] =>
    Array.from({ length: count }, (_, n) => ({
      status,
      eval: { ...planned('a.b'), name: `${status}-${n}-${'ü'.repeat(length)}` },
      reason: 'ü'.repeat(length),
      lastLines: [],
    }));

  test.each([
    [20_000, 10],
    [5_000, 1_000],
  ])(
    'summary: of %i evals, complete rows below 1 MiB are shown and the others are counted',
    (count, length) => {
      const markdown = renderMarkdown(summarize('m', 's', many(count, 'pending', length)), link);
      expect(Buffer.byteLength(markdown)).toBeLessThan(1 << 20);
      expect(Buffer.byteLength(markdown)).toBeGreaterThan(900_000);
      const rows = markdown.split('\n').filter((line) => line.startsWith('| `'));
      for (const row of rows) expect(row).toMatch(/ \|$/);
      expect(markdown).toContain(`… and ${(count - rows.length).toLocaleString('en-US')} more.`);
    },
  );

  test('summary: failed evals are shown before completed ones', () => {
    const done: Outcome[] = Array.from({ length: 20_000 }, () => {
      const of = planned(`done-${'x'.repeat(100)}.dev.v0`);
      return { status: 'fresh', eval: of, record: completion(of) };
    });
    const markdown = renderMarkdown(summarize('m', 's', [...done, ...many(2, 'failed', 3)]), link);
    expect(markdown).toContain('`failed-0-üüü`');
    expect(markdown).toContain('`failed-1-üüü`');
    expect(Buffer.byteLength(markdown)).toBeLessThan(1 << 20);
  });
});

test.each([
  ['has passed', 'passed', [], '✅ All 0 evals done'],
  [
    'is incomplete',
    'incomplete',
    [{ status: 'pending', eval: planned('a.b'), reason: '' }],
    '⏳ Incomplete: 0 of 1 eval done, 1 pending',
  ],
  [
    'has failed',
    'failed',
    [{ status: 'failed', eval: planned('a.b'), reason: '', lastLines: [] }],
    '❌ 1 eval failed, 0 of 1 done',
  ],
] as const)('summary: the headline of a set that %s', (_, verdict, outcomes, headline) => {
  const results = summarize('m', 's', outcomes);
  expect(results.verdict).toBe(verdict);
  expect(renderMarkdown(results, link)).toContain(headline);
});

test('summary: says which names were replaced, and which models sampled at their own temperature', () => {
  const [a, b] = [planned('a.dev'), planned('b.dev')];
  const adaptations: Adaptation[] = [
    { model: 'o|3', param: 'temperature', value: '0', renamedTo: null },
    { model: 'o|3', param: 'temperature', value: '0.7', renamedTo: null },
    { model: 'gpt-5', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
  ];
  const models = { old: 'live', m: 'm' };
  const results = summarize('m', 's', [
    { status: 'fresh', eval: a, record: completion(a, { adaptations, models }) },
    { status: 'reused', eval: b, record: completion(b, { models }) },
  ]);
  expect(results).toMatchObject({
    ownTemperature: [{ model: 'o|3', evals: 1 }],
    replacedModels: [{ name: 'old', live: 'live', evals: 2 }],
  });
  const markdown = renderMarkdown(results, link);
  expect(markdown).toContain(
    "> Sampled at the model's own temperature, so two runs may differ: `o\\|3` (1 eval).\n",
  );
  expect(markdown).toContain(
    '> Names of models that `model-map` replaced in requests:\n>\n> - `old`: `live` (2 evals)\n',
  );
});
