/**
 * Each kind of verdict, as a workflow sees it: the outcome of the step, its outputs, its log and its report files. All steps are in
 * one job. The evals of a model run once, and later steps judge what they reuse.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseResults } from '../../src/artifact/results-file.ts';
import type { Results } from '../../src/model/results.ts';
import type { EvalComparison, Verdict, VerdictStatus } from '../../src/model/verdict.ts';
import { findProcess } from '../helpers/act.ts';
import type { ActResult } from '../helpers/act-log.ts';
import { cleanupAfterAll } from '../helpers/temporary-directory.ts';
import { apiFaults } from '../stand-ins/api-faults.ts';
import {
  ARITHMETIC,
  type Arithmetic,
  makeArithmetic,
  models,
  type StepContext,
  setInputs,
  stepsOf,
  type WorkflowStep,
  workflowOf,
} from './arithmetic.ts';

const FILES = ['benchmark.json', 'junit.xml', 'report.html', 'results.json', 'samples.jsonl'];

/** What users write to name the report of an earlier step. */
const resultsOf = (id: string): string => `\${{ steps.${id}.outputs.results-file }}`;

interface Row {
  readonly id: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The default is the good one. */
  readonly model?: string;
  readonly verdict: VerdictStatus;
  /** In brackets at the end of the error; undefined when there is none. */
  readonly code?: string;
  /** Of each rule. */
  readonly rules: readonly string[];
  /** Shell commands before the step. */
  readonly before?: string;
  /** Of sums, products and few; undefined when there is no baseline. */
  readonly comparisons?: readonly EvalComparison['status'][];
}

const rows: readonly Row[] = [
  {
    id: 'approved',
    title: 'passed: all rules are met',
    inputs: { thresholds: 'accuracy >= 0.5\ncoverage == 100%\ntotal-tokens <= 2M' },
    verdict: 'passed',
    rules: ['met', 'met', 'met'],
  },
  {
    id: 'missed',
    title: 'failed: a rule is missed',
    inputs: { thresholds: 'accuracy > 1\ncoverage >= 0.95' },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['missed', 'met'],
  },
  {
    id: 'advisory',
    title: 'passed: only an advisory rule is missed',
    inputs: { thresholds: 'advisory: accuracy > 1' },
    verdict: 'passed',
    rules: ['missed'],
  },
  {
    id: 'not-judged',
    title: 'failed: a rule matches no eval',
    inputs: { thresholds: 'nothing-*: accuracy >= 0' },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['not-judged'],
  },
  {
    id: 'same',
    title: 'passed: what can be judged has not changed since the baseline',
    inputs: {
      thresholds: 'sums*: accuracy drop <= 2pp\nproducts*: accuracy drop <= 2pp',
      baseline: resultsOf('approved'),
    },
    verdict: 'passed',
    rules: ['met', 'met'],
    comparisons: ['within-noise', 'within-noise', 'too-few'],
  },
  {
    id: 'too-few',
    title: 'failed: one eval has too few samples to compare',
    inputs: { thresholds: 'accuracy drop <= 2pp', baseline: resultsOf('approved') },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['not-judged'],
    comparisons: ['within-noise', 'within-noise', 'too-few'],
  },
  {
    id: 'degraded',
    title: 'failed: one eval degraded, and another changed within noise',
    model: models.worse,
    inputs: {
      thresholds: 'sums*: accuracy drop <= 2pp\nproducts*: accuracy drop <= 2pp',
      baseline: resultsOf('approved'),
    },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['missed', 'met'],
    comparisons: ['degraded', 'within-noise', 'too-few'],
  },
  {
    id: 'unpaired',
    title: 'failed: one eval degraded by its interval, because the baseline has no samples.jsonl',
    before: `mkdir unpaired && cp ${resultsOf('approved')} unpaired`,
    model: models.worse,
    inputs: { thresholds: 'sums*: accuracy drop <= 2pp', baseline: 'unpaired' },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['missed'],
    // The third has no interval.
    comparisons: ['degraded', 'within-noise', 'not-comparable'],
  },
  {
    id: 'worse',
    title: 'passed: there are no rules',
    model: models.worse,
    inputs: {},
    verdict: 'passed',
    rules: [],
  },
  {
    id: 'improved',
    title: 'passed: an eval improved',
    inputs: { thresholds: 'sums*: accuracy drop <= 2pp', baseline: resultsOf('worse') },
    verdict: 'passed',
    rules: ['met'],
    comparisons: ['improved', 'within-noise', 'too-few'],
  },
  {
    id: 'not-comparable',
    title: 'failed: the spec of the evals changed since the baseline',
    inputs: {
      'registry-path': 'other-registry',
      thresholds: 'accuracy drop <= 2pp',
      baseline: resultsOf('approved'),
    },
    verdict: 'failed',
    code: 'THRESHOLDS_MISSED',
    rules: ['not-judged'],
    comparisons: ['not-comparable', 'not-comparable', 'not-comparable'],
  },
  {
    id: 'unusable-advisory',
    title: 'passed: an advisory rule has no usable baseline',
    inputs: { thresholds: 'advisory: accuracy drop <= 2pp', baseline: 'there-is-no-such-directory' },
    verdict: 'passed',
    rules: ['not-judged'],
    comparisons: [],
  },
  {
    id: 'incomplete',
    title: 'incomplete: the token-budget ends the run',
    inputs: { thresholds: 'accuracy >= 0', 'token-budget': '200', 'cache-key': 'budget' },
    verdict: 'incomplete',
    code: 'INCOMPLETE',
    rules: ['not-judged'],
  },
  {
    id: 'failed-eval',
    title: 'failed: an eval fails',
    model: models.refusing,
    inputs: { thresholds: 'accuracy >= 0', attempts: '1' },
    verdict: 'failed',
    code: 'EVALS_FAILED',
    rules: ['not-judged'],
  },
];

/** The error at the start names why nobody could approve these results. */
const refused = [
  { id: 'refused-empty', baseline: '', why: 'the input baseline is empty' },
  { id: 'refused-missing', baseline: 'nowhere', why: '"nowhere", which cannot be used: there is no file' },
  { id: 'refused-missed', baseline: resultsOf('missed'), why: 'its run missed 1 required rule' },
  { id: 'refused-incomplete', baseline: resultsOf('incomplete'), why: 'its run is incomplete: ' },
  { id: 'refused-failed', baseline: resultsOf('failed-eval'), why: 'in its run 1 eval failed' },
];

const cleanup = cleanupAfterAll();
let arithmetic: Arithmetic;
let result: ActResult;
let steps: Readonly<Record<string, StepContext>>;
const reports = (id: string): string => join(arithmetic.directory, 'reports', id);

beforeAll(async () => {
  arithmetic = await makeArithmetic(cleanup);
  const { model, directory } = arithmetic;
  model.setFaults(({ model, body }) =>
    model === models.refusing && JSON.stringify(body).includes('products')
      ? apiFaults.badRequest('refused by the test')
      : undefined,
  );
  model.holdWhen(({ model, body }) => model === models.silent && JSON.stringify(body).includes('products'));
  const state = setInputs(arithmetic, join(directory, 'state'));
  const step = (id: string, model: string, inputs: Row['inputs']): WorkflowStep => ({
    id,
    uses: './',
    env: { OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}' },
    with: {
      ...state,
      model,
      ...inputs,
      'report-directory': reports(id),
    },
  });
  const stepsFile = join(directory, 'steps.json');
  const act = await arithmetic.start(
    workflowOf(
      [
        ...rows.flatMap(({ id, model = models.good, inputs, before }) => [
          ...(before ? [{ run: before }] : []),
          step(id, model, inputs),
        ]),
        ...refused.map(({ id, baseline }) =>
          step(id, models.unasked, {
            thresholds: 'accuracy drop <= 2pp',
            baseline,
          }),
        ),
        step('killed', models.silent, { thresholds: 'accuracy >= 0' }),
        { id: 'after-killed', run: `ls ${reports('killed')}` },
      ],
      stepsFile,
    ),
  );
  await Promise.race([model.untilHeld(), act.finished]);
  const main = findProcess(act.pid, 'dist/main/index.js');
  if (main === undefined) throw new Error(`The last step is not running:\n${(await act.finished).text}`);
  process.kill(main, 'SIGKILL');
  result = await act.finished;
  steps = existsSync(stepsFile) ? stepsOf(readFileSync(stepsFile, 'utf8')) : {};
});

interface Written {
  readonly results: Results;
  readonly verdict: Verdict;
  /** Numbers of elements in junit.xml. */
  readonly junit: Readonly<Record<string, number>>;
}

function reportOf(id: string): Written {
  expect(readdirSync(reports(id)).sort(), result.text).toEqual(FILES);
  const parsed = parseResults(readFileSync(join(reports(id), 'results.json'), 'utf8'));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return { ...parsed, junit: elementsOf(readFileSync(join(reports(id), 'junit.xml'), 'utf8')) };
}

function elementsOf(xml: string): Record<string, number> {
  const counts: Record<string, number> = { testcase: 0, failure: 0, error: 0, skipped: 0 };
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    counts[name] = (counts[name] ?? 0) + 1;
  });
  parser.write(xml).close();
  return counts;
}

const pageOf = (id: string): string => unescaped(readFileSync(join(reports(id), 'report.html'), 'utf8'));

/** The job summary, which act prints. */
const summaryOf = (id: string, stage: 'Main' | 'Post' = 'Main'): string =>
  unescaped(logOf(id, stage).split('Summary - ')[1] ?? '');

/** As far as sentences need it. */
const unescaped = (text: string): string => text.replaceAll('&gt;', '>').replaceAll('&lt;', '<');

/** The page shows the first word of a verdict apart, and begins the next with a capital. */
const withoutWord = (sentence: string): string => sentence.replace(/^\w+: ./, '');

/** With annotations, which act prints itself. */
function logOf(id: string, stage: 'Main' | 'Post' = 'Main'): string {
  const lines = result.lines.filter((line) => line.step === id && line.stage === stage);
  return lines.map(({ text }) => text).join('\n');
}

describe('verdict under act', () => {
  it.each(rows)('verdict under act, $title', ({ id, verdict: status, code, rules, comparisons }) => {
    const { results, verdict, junit } = reportOf(id);
    const log = logOf(id);
    expect(verdict, log).toMatchObject({ status });
    expect(verdict.rules.map((rule) => rule.status)).toEqual(rules);
    const found = new Map(verdict.comparison?.evals.map((each) => [each.name.split('.')[0], each.status]));
    const compared = verdict.comparison?.evals.length === 0 ? [] : ['sums', 'products', 'few'];
    expect(verdict.comparison ? compared.map((name) => found.get(name)) : undefined).toEqual(comparisons);

    expect(steps[id]?.outcome, log).toBe(status === 'passed' ? 'success' : 'failure');
    expect(/\[([A-Z_]+)\]\s*$/m.exec(log)?.[1], log).toBe(code);
    expect(log).toContain(verdict.sentence);
    expect(summaryOf(id)).toContain(`**${verdict.sentence}**`);
    expect(pageOf(id)).toContain(withoutWord(verdict.sentence));
    for (const rule of verdict.rules) expect(log).toContain(rule.sentence.slice(0, 60));

    const { evals } = results.totals;
    expect(steps[id]?.outputs).toMatchObject({
      verdict: status,
      complete: String(evals.completed === ARITHMETIC.evals),
      ...Object.fromEntries(
        (['total', 'completed', 'fresh', 'reused', 'failed', 'pending'] as const).map((name) => [
          name,
          String(evals[name]),
        ]),
      ),
      'report-directory': reports(id),
      'results-file': join(reports(id), 'results.json'),
      'report-file': join(reports(id), 'report.html'),
      'junit-file': join(reports(id), 'junit.xml'),
    });
    expect(junit.error).toBe(evals.failed);
    expect((junit.failure ?? 0) > 0).toBe(code === 'THRESHOLDS_MISSED');
  });

  it('verdict under act: later steps reuse the evals of the first', () => {
    const requests = arithmetic.model.requests.filter(({ model }) => model === models.good).length;
    // Once by the class of each registry, and those that the budget allows.
    expect(requests).toBeGreaterThan(2 * ARITHMETIC.requests);
    expect(requests).toBeLessThan(3 * ARITHMETIC.requests);
    expect(steps.missed?.outputs, logOf('missed')).toMatchObject({ 'requests-sent': '0', reused: '3' });
  });

  it.each(refused)('verdict under act, refused at the start: a baseline, because $why', ({ id, why }) => {
    const log = logOf(id);
    expect(steps[id]?.outcome, log).toBe('failure');
    expect(log).toContain('[INPUT_INVALID]');
    expect(log).toContain(why);
    expect(existsSync(reports(id))).toBe(false);
    expect(arithmetic.model.requests.filter(({ model }) => model === models.unasked)).toEqual([]);
    expect(arithmetic.model.ownLookups.filter(({ path }) => path.endsWith(models.unasked))).toEqual([]);
  });

  it('verdict under act, killed: post writes all report files', () => {
    expect(result.resultOf('killed'), result.text).toBe('failure');
    expect(steps.killed?.outputs).toEqual({});
    // docs/results.md says that steps between main and post find none.
    expect(steps['after-killed']?.outcome).toBe('failure');
    const { results, verdict, junit } = reportOf('killed');
    expect(verdict.status).toBe('incomplete');
    expect(results.totals.evals).toMatchObject({ total: 3, fresh: 1, pending: 2 });
    const samples = readFileSync(join(reports('killed'), 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(samples).toHaveLength(24);
    expect(verdict.rules.map(({ status }) => status)).toEqual(['not-judged']);
    expect(junit).toMatchObject({ error: 0, failure: 0 });
    expect(logOf('killed', 'Post')).toContain(verdict.sentence);
    expect(summaryOf('killed', 'Post')).toContain(`**${verdict.sentence}**`);
    expect(pageOf('killed')).toContain(withoutWord(verdict.sentence));
  });
});
