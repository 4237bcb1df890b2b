/** The report files of a run: what they say, that they say the same, and where they are. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { readSamples } from '../../../src/artifact/read-samples.ts';
import { pullRequestEvent } from '../../helpers/github-events.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { annotations, logOf } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';
import { startGitHubApi } from '../../stand-ins/github-api.ts';
import {
  DUEL,
  JUDGE,
  LIVE,
  MARKERS,
  MODEL,
  QUIZ,
  REPORT_FILES,
  RETIRED,
  ROUNDS,
  reportOf,
  resultsIn,
  SAMPLES,
  TONE,
  useReportedSet,
  WRONG,
} from './reported-set.ts';

const set = useReportedSet();

/** What differs between the run that completed the evals and one that reuses them. */
function withoutRun(reportDirectory: string) {
  const { results } = resultsIn(reportDirectory);
  return results.evals.map(({ status: _, decision: __, attempts: ___, ...rest }) => rest);
}

describe.concurrent('report files', () => {
  test('report files: all five are written, and the outputs name them', () => {
    const { result, reportDirectory } = set.completed();
    expect(readdirSync(reportDirectory).sort(), logOf(result)).toEqual(REPORT_FILES);
    expect(result.outputs).toMatchObject({
      'results-file': join(reportDirectory, 'results.json'),
      'report-file': join(reportDirectory, 'report.html'),
      'junit-file': join(reportDirectory, 'junit.xml'),
    });
    expect(result.post?.lines, 'nothing is left for post').toEqual([]);
  });

  test('results.json: meets docs/results.schema.json', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const schema = readFileSync(join(import.meta.dirname, '../../../docs/results.schema.json'), 'utf8');
    const validate = ajv.compile(JSON.parse(schema));
    validate(JSON.parse(readFileSync(join(set.completed().reportDirectory, 'results.json'), 'utf8')));
    expect(validate.errors).toBeNull();
  });

  test('results.json: has the inputs, totals, judge, model map and adaptations of a real run', () => {
    const { results } = resultsIn(set.completed().reportDirectory);
    const requests = SAMPLES + 2 * SAMPLES + 2 * ROUNDS;
    // The stand-in counts 9 prompt tokens and 3 completion tokens for each of these responses.
    const tokens = { prompt: 9 * requests, completion: 3 * requests, cached: 0, reasoning: 0 };
    expect(results).toMatchObject({
      run: {
        repository: 'octo-org/octo-repo',
        id: '1000',
        attempt: 1,
        sha: '0123456789abcdef0123456789abcdef01234567',
        ref: 'refs/heads/main',
        workflow: 'evals',
        job: 'evals',
      },
      versions: { evals: '3.0.1.post1', python: expect.stringMatching(/^3\.\d+\.\d+/) },
      model: MODEL,
      evalSet: 'reported',
      judgeModel: JUDGE,
      modelMap: { [RETIRED]: LIVE },
      args: ['--seed', '7'],
      totals: {
        evals: { total: 3, completed: 3, fresh: 3, reused: 0, failed: 0, pending: 0, excluded: 0 },
        // The first request with a temperature is sent once without it.
        requests: { replayed: 0 },
        tokens,
        replayedTokens: { prompt: 0, completion: 0, cached: 0, reasoning: 0 },
        cost: null,
      },
    });
    expect(Date.parse(results.run.ended)).toBeGreaterThan(Date.parse(results.run.started));
    const [quiz, tone, duel] = results.evals;
    const right = SAMPLES - WRONG;
    const samples = {
      total: SAMPLES,
      outcomes: { correct: right, incorrect: WRONG, unscored: 0, errored: 0 },
      coverage: 1,
    };
    const shared = {
      status: 'fresh',
      decision: { kind: 'run', reason: 'not completed yet', parts: [] },
      attempts: 1,
      run: { id: '1000', attempt: 1 },
      error: null,
      recorded: 0,
    };
    expect(quiz).toMatchObject({
      ...shared,
      key: QUIZ,
      name: 'quiz',
      evalClass: 'evals.elsuite.basic.match:Match',
      judge: null,
      mainMetric: {
        name: 'accuracy',
        value: right / SAMPLES,
        interval: { method: 'wilson', n: SAMPLES },
        higherIsBetter: true,
      },
      samples,
      tokens: { prompt: 9 * SAMPLES, completion: 3 * SAMPLES, total: 12 * SAMPLES },
      requests: { sent: SAMPLES, replayed: 0 },
      adaptations: [],
      replacedModels: {},
    });
    expect(tone).toMatchObject({
      ...shared,
      key: TONE,
      evalClass: 'evals.elsuite.modelgraded.classify:ModelBasedClassify',
      judge: JUDGE,
      mainMetric: { name: 'score', value: right / SAMPLES },
      metrics: { 'counts/yes': right, 'counts/no': WRONG },
      samples,
      requests: { sent: 2 * SAMPLES, replayed: 0 },
    });
    expect(duel).toMatchObject({
      ...shared,
      key: DUEL,
      evalClass: 'own.scoring:Duel',
      judge: null,
      mainMetric: { name: 'accuracy', value: 1, interval: null },
      adaptations: [{ model: LIVE, param: 'temperature', value: '0.5', renamedTo: null }],
      replacedModels: { [RETIRED]: LIVE },
    });
  });

  test('samples.jsonl: has every sample with its outcome, its score and its texts', async () => {
    const samples = await readSamples(join(set.completed().reportDirectory, 'samples.jsonl'));
    if ('problem' in samples) throw new Error(samples.problem);
    expect([...samples].map(([key, { samples: own }]) => [key, own.length])).toEqual([
      [QUIZ, SAMPLES],
      [TONE, SAMPLES],
      [DUEL, ROUNDS],
    ]);
    for (const key of [QUIZ, TONE]) {
      const own = samples.get(key)?.samples ?? [];
      expect(own.filter(({ outcome }) => outcome === 'incorrect')).toHaveLength(WRONG);
      expect(own.filter(({ outcome }) => outcome === 'correct')).toHaveLength(SAMPLES - WRONG);
      expect(new Set(own.map(({ hash }) => hash)).size, 'every sample has a hash of its own').toBe(SAMPLES);
    }
    const [wrong] = samples.get(QUIZ)?.samples ?? [];
    expect(wrong).toMatchObject({
      outcome: 'incorrect',
      scores: { accuracy: 0 },
      tokens: 12,
      replayed: false,
    });
    expect(wrong && samples.get(QUIZ)?.texts(wrong)).toMatchObject({
      prompt: expect.stringContaining(`${MARKERS.prompt} question 0`),
      answer: MARKERS.wrongAnswer,
      expected: `${MARKERS.expected} 0`,
    });
    const [impolite] = samples.get(TONE)?.samples ?? [];
    expect(impolite).toMatchObject({ outcome: 'incorrect', choice: 'no', scores: { score: 0 } });
    expect(impolite && samples.get(TONE)?.texts(impolite)).toMatchObject({
      answer: 'statement 0, please',
      judge: expect.stringContaining(MARKERS.judge),
    });
  });

  test('results.json: a run that reuses every eval has the same results as the run that completed them', async (context) => {
    const { reportDirectory } = set.completed();
    const reused = await set.runAgain(context, { runAttempt: 2, inputs: { 'samples-text': 'all' } });
    expect(reused.outputs, logOf(reused)).toMatchObject({
      reused: '3',
      'requests-sent': '0',
      verdict: 'passed',
    });
    expect(withoutRun(reportOf(reused))).toEqual(withoutRun(reportDirectory));
    expect(readFileSync(join(reportOf(reused), 'samples.jsonl'), 'utf8')).toBe(
      readFileSync(join(reportDirectory, 'samples.jsonl'), 'utf8'),
    );
    const { results } = resultsIn(reportOf(reused));
    expect(results.run.attempt).toBe(2);
    expect(results.evals.map(({ status, decision, attempts }) => ({ status, decision, attempts }))).toEqual(
      Array.from({ length: 3 }, () => ({
        status: 'reused',
        decision: { kind: 'reuse', reason: '', parts: [] },
        attempts: 0,
      })),
    );
    expect(results.totals).toMatchObject({
      evals: { fresh: 0, reused: 3 },
      requests: { sent: 0, replayed: 0 },
      tokens: { prompt: 0, completion: 0 },
    });
  });

  test('results.json: says which part of an eval changed, so that it ran again', async (context) => {
    const own = temporaryDirectory(context);
    const { directory } = set.completed();
    cpSync(join(directory, 'modules'), join(own, 'modules'), { recursive: true });
    const scoring = join(own, 'modules/own/scoring.py');
    writeFileSync(scoring, `${readFileSync(scoring, 'utf8')}\n# changed\n`);
    const env = { PYTHONPATH: join(own, 'modules') };
    const result = await set.runAgain(context, { runAttempt: 2, env });
    expect(result.outputs, logOf(result)).toMatchObject({ fresh: '1', reused: '2' });
    const { results } = resultsIn(reportOf(result));
    expect(results.evals.map(({ name, status, decision }) => [name, status, decision])).toEqual([
      ['quiz', 'reused', { kind: 'reuse', reason: '', parts: [] }],
      ['tone', 'reused', { kind: 'reuse', reason: '', parts: [] }],
      [
        'duel',
        'fresh',
        {
          kind: 'run',
          reason: expect.stringMatching(/^own\/scoring\.py changed \(\w+… → \w+…\)$/),
          parts: ['own/scoring.py'],
        },
      ],
    ]);
    expect(readFileSync(join(reportOf(result), 'report.html'), 'utf8')).toContain('own/scoring.py changed');
  });
});

describe.concurrent('samples-text', () => {
  const { prompt, expected, wrongAnswer, judge } = MARKERS;
  /** Of samples that are correct. */
  const right = [
    `${prompt} question ${SAMPLES - 1}`,
    `${expected} ${SAMPLES - 1}`,
    `statement ${SAMPLES - 1},`,
  ];
  /** Of samples that are not. */
  const wrong = [`${prompt} question 0`, `${expected} 0`, wrongAnswer, judge, 'statement 0,'];
  testRows({ short: 2, long: 0 }, [
    { policy: 'none', leaves: [], stays: [...wrong, ...right] },
    { policy: '', leaves: wrong, stays: right },
    { policy: 'all', leaves: [...wrong, ...right], stays: [] },
  ])(
    'samples-text $policy: only these texts leave the runner',
    async ({ policy, leaves, stays }, context) => {
      // With this baseline, the report and the comment have flipped samples. It has the texts of all of them.
      const directory = temporaryDirectory(context);
      const baseline = join(directory, 'baseline');
      cpSync(set.completed().reportDirectory, baseline, { recursive: true });
      const lines = readFileSync(join(baseline, 'samples.jsonl'), 'utf8').replaceAll(
        '"outcome":"incorrect","score":0,"scores":{"accuracy":0}',
        '"outcome":"correct","score":1,"scores":{"accuracy":1}',
      );
      writeFileSync(join(baseline, 'samples.jsonl'), lines);
      // Pairs are tested only if the metric is the mean of the samples.
      const results = readFileSync(join(baseline, 'results.json'), 'utf8');
      writeFileSync(
        join(baseline, 'results.json'),
        results.replaceAll(/"accuracy": 0\.\d+/g, '"accuracy": 1'),
      );
      const token = 'ghs_TOKEN-OF-THIS-JOB-0123456789';
      const github = await startGitHubApi({ token, repository: 'octo-org/octo-repo' });
      context.onTestFinished(() => github.close());
      const event = join(directory, 'event.json');
      writeFileSync(event, JSON.stringify(pullRequestEvent(12)));
      const result = await set.runAgain(context, {
        inputs: { 'samples-text': policy, baseline, comment: 'always', 'github-token': token },
        env: {
          GITHUB_API_URL: github.url,
          GITHUB_EVENT_NAME: 'pull_request',
          GITHUB_EVENT_PATH: event,
        },
      });
      expect(annotations(result), logOf(result)).toEqual([]);
      const { verdict } = resultsIn(reportOf(result));
      expect(verdict.comparison?.evals[0]?.worse, 'flipped samples').toBe(WRONG);
      const comments = github.conversation.comments.map(({ body }) => body);
      expect(comments, logOf(result)).toEqual([
        expect.stringContaining('1 eval is worse than in the baseline'),
      ]);
      const files = REPORT_FILES.map((name) => readFileSync(join(reportOf(result), name), 'utf8'));
      const everywhere = [
        ...[...files, ...comments, result.summary, logOf(result)],
        JSON.stringify([result.outputs, result.state]),
      ];
      const found = (text: string) => everywhere.some((each) => each.includes(text));
      expect(
        leaves.filter((text) => !found(text)),
        'texts that leave',
      ).toEqual([]);
      expect(stays.filter(found), 'texts that stay').toEqual([]);
    },
  );
});

describe.concurrent('report-directory', () => {
  test('report-directory: two steps of one job have directories of their own', async (context) => {
    const first = await set.runAgain(context, { env: { GITHUB_ACTION: '__self' } });
    // `runAction` empties the temporary directory before each main, as a runner does before each job.
    const kept = temporaryDirectory(context);
    cpSync(reportOf(first), join(kept, basename(reportOf(first))), { recursive: true });
    const second = await set.runAgain(context, { env: { GITHUB_ACTION: '__self_2' } });
    expect(reportOf(second)).not.toBe(reportOf(first));
    expect(readdirSync(reportOf(second)).sort(), logOf(second)).toEqual(REPORT_FILES);
  });

  test('report-directory: one inside the checkout is written there, and no eval runs again', async (context) => {
    const { workspace } = set.completed();
    const result = await set.runAgain(context, { inputs: { 'report-directory': 'reports/nightly' } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(reportOf(result)).toBe(join(workspace, 'reports/nightly'));
    expect(readdirSync(reportOf(result)).sort()).toEqual(REPORT_FILES);
    expect(result.outputs.reused).toBe('3');
  });

  test('report-directory: one that cannot be written when the run ends is a warning, and nothing else changes', async (context) => {
    const directory = temporaryDirectory(context);
    // As if another program had made it. Root may write wherever it wants, but not here either.
    mkdirSync(join(directory, 'results.json', 'in-the-way'), { recursive: true });
    const result = await set.runAgain(context, { inputs: { 'report-directory': directory } });
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.outputs).toMatchObject({ verdict: 'passed', reused: '3' });
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^warning: The report files could not be written to .*EISDIR.* The results are in the log and in the job summary\.$/s,
      ),
    ]);
    expect(result.summary).toContain('Passed: all 3 evals are done');
    expect(result.summary, 'it names no file that is not there').not.toContain('report.html');
  });
});
