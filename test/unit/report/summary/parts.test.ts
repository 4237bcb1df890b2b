/** The parts of the job summary. */
import { expect, test } from 'vitest';
import type { EvalResult } from '../../../../src/model/results.ts';
import type { EvalComparison, EvalRuleVerdict, RuleVerdict } from '../../../../src/model/verdict.ts';
import { rowsOf } from '../../../../src/report/rows.ts';
import { aboutLines } from '../../../../src/report/summary/about.ts';
import { attentionDetails, attentionRow } from '../../../../src/report/summary/attention.ts';
import { baselineLines, comparisonFold } from '../../../../src/report/summary/baseline.ts';
import { completedTable } from '../../../../src/report/summary/completed.ts';
import { pendingLines } from '../../../../src/report/summary/pending.ts';
import { rerunLines } from '../../../../src/report/summary/reruns.ts';
import { ruleLines } from '../../../../src/report/summary/rules.ts';
import { compared, comparison, rated, reused } from '../../../golden/variants/samples.ts';
import { evalResult, report, results, unfinished, verdict } from '../../../helpers/report-builders.ts';

const links = { serverUrl: 'https://github.com', repository: 'o/r', runId: '17' };

const rowsFor = (
  evals: readonly EvalResult[],
  comparisons: readonly EvalComparison[] = [],
  rules: readonly RuleVerdict[] = [],
) =>
  rowsOf(
    results(evals),
    verdict({ comparison: comparisons.length > 0 ? comparison(comparisons) : null, rules }),
  );

function ran(name: string, reason: string, parts: readonly string[] = []): EvalResult {
  return evalResult(name, { decision: { kind: 'run', reason, parts } });
}

test.each<[string, EvalResult[], string[]]>([
  ['evals that ran for the first time', [ran('a', 'not completed yet'), reused('b', 1, 2)], []],
  ['a report that does not know why', [evalResult('a', { decision: null })], []],
  [
    'one eval, with its hashes',
    [ran('a', 'own/scoring.py changed (a1b2… → c3d4…)', ['own/scoring.py']), ran('b', 'not completed yet')],
    ['`a` ran again: own/scoring.py changed (a1b2… → c3d4…)'],
  ],
  [
    'all evals for one reason',
    [
      ran('a', 'model changed (a1b2… → c3d4…)', ['model']),
      ran('b', 'model changed (a1b2… → c3d4…)', ['model']),
    ],
    ['All 2 evals ran again: model changed (a1b2… → c3d4…)'],
  ],
  [
    'evals whose hashes differ',
    [
      ran('a', 'samples changed (a1b2… → c3d4…)', ['samples']),
      ran('b', 'samples changed (ffff… → eeee…)', ['samples']),
      ran('c', 'not completed yet'),
    ],
    ['2 evals ran again, samples changed: `a`, `b`'],
  ],
  [
    'more evals than a reader wants to see',
    [
      ...Array.from({ length: 8 }, (_, n) => ran(`e${n}`, 'its result has no samples')),
      ran('z', 'not completed yet'),
    ],
    ['8 evals ran again, its result has no samples: `e0`, `e1`, `e2`, `e3`, `e4` and 3 more'],
  ],
  [
    'more reasons than a reader wants to see',
    [...Array.from({ length: 12 }, (_, n) => ran(`e${n}`, `part ${'x'.repeat(n)} changed`, [`p${n}`]))],
    [
      ...Array.from({ length: 10 }, (_, n) =>
        `\`e${n}\` ran again: part ${'x'.repeat(n)} changed`.replace('part  ', 'part '),
      ),
      '2 more evals ran again, for other reasons',
    ],
  ],
])('summary, why evals ran again: of %s', (_, evals, lines) => {
  expect(rerunLines(evals)).toEqual(lines);
});

test('summary, about the run: says who graded, what was changed in requests, and where reused results come from', () => {
  const adaptation = { model: 'o|3', param: 'temperature', value: '0', renamedTo: null } as const;
  const evals = [
    evalResult('a', { judge: 'gpt-4', adaptations: [adaptation, { ...adaptation, value: '0.7' }] }),
    evalResult('b', { judge: 'judge', adaptations: [adaptation], replacedModels: { old: 'live' } }),
    reused('c', 8, 10, '12'),
    evalResult('d', { status: 'reused', run: { id: '12', attempt: 2 } }),
  ];
  expect(aboutLines(report(evals, { links }), { reportUrl: 'https://h.example/report' })).toEqual([
    '### About this run',
    '',
    '- 1 eval is reused from [run 12](https://github.com/o/r/actions/runs/12/attempts/1).',
    '- 1 eval is reused from [attempt 2 of run 12](https://github.com/o/r/actions/runs/12/attempts/2).',
    '- 1 model-graded eval: judge `gpt-4`, which graded its own answers.',
    '- 1 model-graded eval: judge `judge`.',
    '- Requests were changed, because a model does not accept a parameter that the evals send:',
    '  - `o|3`: temperature 0 is left out, so its default applies (2 evals)',
    '  - `o|3`: temperature 0.7 is left out, so its default applies (1 eval)',
    "- Sampled at the model's own temperature, so two runs may differ: `o|3` (2 evals).",
    '- Names of models that `model-map` replaced in requests:',
    '  - `old`: `live` (1 eval)',
    '- Requests: 10 sent. Tokens: 100 prompt, 50 completion.',
    '- oaievalset-action 0.1.0, evals 3.0.1.post1, Python 3.11.7',
    '- [Report with all samples](https://h.example/report)',
    '- [Run with its logs and artifacts](https://github.com/o/r/actions/runs/17/attempts/1)',
    '',
  ]);
});

test('summary, completed evals: columns without a value are left out, and a shared metric is the head of its column', () => {
  const { head, rows } = completedTable(
    rowsFor([rated('a', 8, 10), reused('b|c', 30, 40, '12'), evalResult('c', { tookMs: null })]),
    links,
  );
  expect(
    [...head, ...rows].map((line) => line.replaceAll('&nbsp;', ' ').replace(/Eval +\|/, 'Eval |')),
  ).toEqual([
    '| Status | Eval | accuracy | 95 % interval | Samples | Time |',
    '| :--- | :--- | :--- | :--- | ---: | ---: |',
    '| ✅ fresh | `a` | **0.8** | `··········──────●───·` 0.49 … 0.94 | 10 | 1.6 s |',
    '| ✅ fresh | `c` | **0.8** |  | 10 |  |',
    '| [♻️ reused](https://github.com/o/r/actions/runs/12/attempts/1) | `b\\|c` | **0.75** | `············───●──···` 0.6 … 0.86 | 40 | 3.9 s |',
  ]);
});

test('summary, completed evals: each names its metric where they differ, and a result may have none', () => {
  const plain = evalResult('b', { mainMetric: null, note: 'done by oaievalset, no results recorded' });
  const score = evalResult('c', {
    mainMetric: { name: 'score', value: 3.5, interval: null, higherIsBetter: true },
  });
  const { head, rows } = completedTable(rowsFor([rated('a', 8, 10), plain, score]), links);
  expect(head[0]).toContain('| Result |');
  expect(rows.map((row) => row.split(' | ')[2])).toEqual([
    'accuracy&nbsp;**0.8**',
    'done by oaievalset, no results recorded',
    'score&nbsp;**3.5**',
  ]);
});

test('summary, completed evals: unscored and errored samples are counted, and the baseline is beside the result', () => {
  const outcomes = { correct: 6, incorrect: 2, unscored: 1, errored: 1 };
  const result = rated('a', 8, 10, { samples: { total: 10, outcomes, coverage: 0.8 } });
  const noise = compared(result, 'within-noise', { worse: 1, better: 0, sentence: '' });
  const { rows } = completedTable(rowsFor([result], [noise]), links);
  expect(rows).toEqual([
    '| ✅&nbsp;fresh | `a` | **0.8** | `··········──────●───·` | 0.9,&nbsp;within&nbsp;noise | 10, 1&nbsp;unscored, 1&nbsp;errored | 1.6&nbsp;s |',
  ]);
});

const finding = (name: string, changes: Partial<EvalRuleVerdict> = {}): EvalRuleVerdict => ({
  ...{
    key: `${name}.dev.v0`,
    name,
    status: 'missed',
    sentence: `${name}: accuracy is 0.4, below 0.5.`,
    value: 0.4,
  },
  ...changes,
});

const ruleOf = (changes: Partial<RuleVerdict>): RuleVerdict => ({
  ...{
    rule: 'accuracy >= 0.5',
    line: 1,
    advisory: false,
    status: 'missed',
    sentence: 'It is missed.',
    evals: [],
  },
  ...changes,
});

const failed = unfinished('a', 'failed', "it ended with KeyError: 'x' in own/a.py:6, sample a.dev.3", {
  recorded: 2,
});
const worse = compared(rated('a', 10, 20), 'degraded', { worse: 8, better: 1, sentence: 'a: it fell.' });

test.each<[string, EvalResult[], EvalComparison[], RuleVerdict[], string]>([
  [
    'a failure',
    [failed],
    [],
    [],
    "❌&nbsp;failed | `a` | KeyError: 'x' in own/a.py:6, sample a.dev.3; 2 responses recorded",
  ],
  [
    'a drop',
    [rated('a', 10, 20)],
    [worse],
    [],
    '📉&nbsp;degraded | `a` | accuracy **0.5**, was 0.85: of 20 pairs, 8 got worse and 1 better',
  ],
  [
    'a drop that a rule forbids',
    [rated('a', 10, 20)],
    [worse],
    [ruleOf({ rule: 'accuracy drop <= 2pp', evals: [finding('a')] })],
    '📉&nbsp;degraded | `a` | accuracy **0.5**, was 0.85: of 20 pairs, 8 got worse and 1 better; misses `accuracy drop <= 2pp`',
  ],
  [
    'a rule about one eval',
    [rated('a', 8, 20)],
    [],
    [ruleOf({ rule: 'a: accuracy >= 0.5', evals: [finding('a')] })],
    '❌&nbsp;rule&nbsp;missed | `a` | **0.4** misses `a: accuracy >= 0.5`',
  ],
  [
    'a rule about several evals',
    [rated('a', 8, 20)],
    [],
    [ruleOf({ evals: [finding('a'), finding('b', { status: 'met' })] })],
    '❌&nbsp;rule&nbsp;missed | `a` | accuracy is 0.4, below 0.5.',
  ],
  [
    'a rule that is not judged',
    [rated('a', 8, 20)],
    [],
    [ruleOf({ evals: [finding('a', { status: 'not-judged', value: null, sentence: 'a: no score.' })] })],
    '❓&nbsp;not&nbsp;judged | `a` | no score.',
  ],
  [
    'an eval that is gone',
    [],
    [{ ...worse, status: 'missing', sentence: 'a: only the baseline has it.' }],
    [],
    '⚠️&nbsp;missing | `a` | only the baseline has it.',
  ],
])('summary, evals to look at: the row of %s', (_, evals, comparisons, rules, row) => {
  expect(rowsFor(evals, comparisons, rules).map(attentionRow)).toEqual([`| ${row} |`]);
});

test('summary, evals to look at: the fold has the comparison, the changed samples and the end of the output', () => {
  const [degraded] = rowsFor([rated('a', 10, 20)], [worse]).map(attentionDetails);
  expect(degraded).toContain(
    '<summary><code>a</code>: what the comparison says, 9 changed samples</summary>',
  );
  expect(degraded).toContain('\nit fell.\n');
  expect(degraded).toContain('| `a.dev.3` | correct | incorrect |');
  const error = {
    type: 'KeyError',
    message: 'KeyError',
    place: null,
    sample: null,
    lastLines: ['a', '```', 'b'],
  };
  const [output] = rowsFor([{ ...failed, error }]).map(attentionDetails);
  expect(output).toBe(
    '<details>\n<summary><code>a</code>: end of its output</summary>\n\n````text\na\n```\nb\n````\n\n</details>',
  );
  expect(rowsFor([failed]).map(attentionDetails)).toEqual(['']);
});

test('summary, rules: missed ones come first, advisory ones last, and met ones are counted', () => {
  const lines = ruleLines([
    ruleOf({ status: 'met' }),
    ruleOf({ rule: 'advisory: b >= 1', advisory: true }),
    ruleOf({ rule: 'c >= 1', status: 'not-judged' }),
    ruleOf({ rule: 'd >= 1' }),
  ]);
  expect(lines).toEqual([
    '### Rules',
    '',
    '- ❌ **missed:** `d >= 1`<br>It is missed.',
    '- ❓ **not judged:** `c >= 1`<br>It is missed.',
    '- ⚠️ **missed, advisory:** `b >= 1`<br>It is missed.',
    '',
    '1 other rule is met.',
    '',
  ]);
});

test('summary, rules: those that are not judged for one reason are one item', () => {
  const incomplete = {
    status: 'not-judged',
    sentence: 'The rule is not judged, because the run is incomplete.',
  } as const;
  const lines = ruleLines([ruleOf({ ...incomplete }), ruleOf({ ...incomplete, rule: 'b >= 1' })]);
  expect(lines[2]).toBe(
    '- ❓ **not judged:** `accuracy >= 0.5`, `b >= 1`<br>The rules are not judged, because the run is incomplete.',
  );
});

test.each([
  [0, []],
  [1, ['### Rules', '', 'The rule is met.', '']],
  [2, ['### Rules', '', 'Both rules are met.', '']],
  [3, ['### Rules', '', 'All 3 rules are met.', '']],
])('summary, rules: %i that are met are a sentence', (count, lines) => {
  expect(ruleLines(Array.from({ length: count }, () => ruleOf({ status: 'met' })))).toEqual(lines);
});

/** Of a run that has the evals a to d. */
const comparedReport = (evals: readonly EvalComparison[], changes: Parameters<typeof comparison>[1] = {}) =>
  report(
    ['a', 'b', 'c', 'd'].map((name) => rated(name, 8, 10)),
    { verdict: verdict({ comparison: comparison(evals, changes) }), links },
  );

/** The others have rows of their own. */
const FINE = new Set(['b.dev.v0', 'c.dev.v0', 'd.dev.v0', 'g.dev.v0']);

const baselineOf = (...args: Parameters<typeof comparedReport>) =>
  baselineLines(comparedReport(...args), FINE).join('\n');

test('summary, baseline: says where it comes from, and counts what was found', () => {
  const of = (name: string, status: EvalComparison['status'], changes: Partial<EvalComparison> = {}) =>
    compared(rated(name, 8, 10), status, { worse: 0, better: 0, sentence: `${name}: said.` }, changes);
  const text = baselineOf([
    of('a', 'degraded'),
    of('b', 'improved'),
    of('c', 'within-noise'),
    of('d', 'missing', { before: null }),
    of('e', 'missing', { now: null }),
    of('f', 'incomplete'),
  ]);
  expect(text).toContain(
    'Compared with `evals/baseline.json` of run [19790012345](https://github.com/o/r/actions/runs/19790012345) (main<span>@</span>abc1234, 2026-11-20): 1 degraded, 1 improved (`b`), 1 within noise, 1 without a result, 1 not compared (`d`), 1 missing (`e`).',
  );
  expect(text).toContain('- `d`: said.\n- `b`: said.\n- `c`: said.');
  expect(text).not.toMatch(/^- `[aef]`/m);
});

test('summary, baseline: many sentences are folded, those about changes first', () => {
  const noise = ['a', 'b', 'c', 'g'].map((name) =>
    compared(rated(name, 8, 10), 'within-noise', { worse: 0, better: 0, sentence: 'Noise.' }),
  );
  const better = compared(rated('d', 8, 10), 'improved', { worse: 0, better: 9, sentence: 'It rose.' });
  expect(baselineOf([...noise, better])).not.toContain('Noise.');
  expect(comparisonFold({ comparison: comparison([...noise, better]) }, FINE).slice(1, 4)).toEqual([
    '<summary>What the comparison says of 4 evals</summary>',
    '',
    '- `d`: It rose.',
  ]);
});

test.each([
  ['it cannot be used', { problem: 'it is damaged' }, 'It cannot be used: it is damaged.'],
  ['it has no samples', { hasSamples: false }, 'No samples.jsonl lies beside it'],
  ['nothing is known of its run', { source: null }, 'Compared with the baseline: no eval.'],
])('summary, baseline: says so when %s', (_, changes, text) => {
  expect(baselineOf([], changes)).toContain(text);
});

test('summary, pending evals: a cause is said once', () => {
  const rows = rowsFor([
    unfinished('a', 'pending', 'the job was cancelled', { recorded: 3 }),
    unfinished('b', 'pending', 'the job was cancelled'),
    unfinished('c', 'pending', 'the token budget is used up.'),
  ]);
  expect(pendingLines(rows)).toEqual([
    '### 3 pending evals',
    '',
    '- the job was cancelled: `a` (3 responses recorded), `b`',
    '- the token budget is used up: `c`',
    '',
  ]);
  expect(pendingLines([])).toEqual([]);
});
