/** Complete and valid results, samples and verdicts for tests, which change only the fields that matter to them. */
import type { Report } from '../../src/model/report.ts';
import type { Counts, EvalResult, Results } from '../../src/model/results.ts';
import { type EvalSamples, NO_TEXTS, type Sample, type SampleTexts } from '../../src/model/sample.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { sha256 } from './builders.ts';

/** A completed eval: accuracy 0.8 over ten samples. Its metrics follow from its main metric. */
export function evalResult(name: string, changes: Partial<EvalResult> = {}): EvalResult {
  const accuracy = { name: 'accuracy', value: 0.8, interval: null, higherIsBetter: true } as const;
  const mainMetric = changes.mainMetric === undefined ? accuracy : changes.mainMetric;
  return {
    key: `${name}.dev.v0`,
    name,
    evalClass: 'evals.elsuite.basic.match:Match',
    status: 'fresh',
    decision: { kind: 'run', reason: 'not completed yet', parts: [] },
    judge: null,
    metrics: mainMetric ? { [mainMetric.name]: mainMetric.value } : {},
    mainMetric,
    intervals: {},
    samples: { total: 10, outcomes: { correct: 8, incorrect: 2, unscored: 0, errored: 0 }, coverage: 1 },
    tokens: { prompt: 100, completion: 50, total: 150, cached: 0, reasoning: 0 },
    requests: { sent: 10, replayed: 0 },
    cost: null,
    tookMs: 2500,
    attempts: 1,
    run: { id: '17', attempt: 1 },
    error: null,
    note: '',
    recorded: 0,
    adaptations: [],
    replacedModels: {},
    comparable: { spec: sha256(name), evals: sha256('3.0.1') },
    ...changes,
  };
}

/** An eval without results. */
export function unfinished(
  name: string,
  status: 'failed' | 'pending',
  note: string,
  changes: Partial<EvalResult> = {},
): EvalResult {
  const isFailed = status === 'failed';
  return evalResult(name, {
    status,
    note,
    mainMetric: null,
    samples: { total: null, outcomes: null, coverage: null },
    tokens: null,
    requests: null,
    tookMs: null,
    attempts: isFailed ? 2 : 0,
    run: null,
    error: isFailed ? { type: null, message: note, place: null, sample: null, lastLines: [] } : null,
    comparable: {},
    ...changes,
  });
}

export function results(evals: readonly EvalResult[], changes: Partial<Results> = {}): Results {
  return {
    run: {
      repository: 'octo-org/octo-repo',
      id: '17',
      attempt: 1,
      sha: '0123456789abcdef0123456789abcdef01234567',
      ref: 'refs/heads/main',
      workflow: 'octo-org/octo-repo/.github/workflows/evals.yml',
      job: 'evals',
      started: '2026-01-01T00:00:00.000Z',
      ended: '2026-01-01T00:10:00.000Z',
    },
    versions: { action: '0.1.0', evals: '3.0.1.post1', python: '3.11.7' },
    model: 'gpt-4',
    evalSet: 'set',
    judgeModel: null,
    modelMap: {},
    adaptations: [],
    args: [],
    totals: {
      evals: countsOf(evals),
      requests: { sent: 10, replayed: 0, retried: 0, failed: 0 },
      tokens: { prompt: 100, completion: 50, cached: 0, reasoning: 0 },
      replayedTokens: { prompt: 0, completion: 0, cached: 0, reasoning: 0 },
      cost: null,
    },
    evals,
    ...changes,
  };
}

export function countsOf(evals: readonly EvalResult[]): Counts {
  const number = (status: EvalResult['status']) => evals.filter((each) => each.status === status).length;
  const [fresh, reused, failed, pending, excluded] = [
    number('fresh'),
    number('reused'),
    number('failed'),
    number('pending'),
    number('excluded'),
  ];
  const total = evals.length - excluded;
  return { total, completed: fresh + reused, fresh, reused, failed, pending, excluded };
}

export function sample(id: string, isCorrect: boolean, changes: Partial<Sample> = {}): Sample {
  return {
    id,
    hash: sha256(id),
    outcome: isCorrect ? 'correct' : 'incorrect',
    scores: { accuracy: isCorrect ? 1 : 0 },
    choice: null,
    tokens: 15,
    replayed: false,
    ...changes,
  };
}

/** @param texts of some of the samples, by id */
export function evalSamples(
  samples: readonly Sample[],
  texts: Readonly<Record<string, Partial<SampleTexts>>> = {},
): EvalSamples {
  return { samples, texts: ({ id }) => ({ ...NO_TEXTS, ...texts[id] }) };
}

/** A verdict without rules and without a baseline. */
export function verdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    status: 'passed',
    sentence: 'Passed: 1 eval is done (1 fresh).',
    rules: [],
    comparison: null,
    overall: null,
    ...changes,
  };
}

export function report(evals: readonly EvalResult[], changes: Partial<Report> = {}): Report {
  return {
    results: results(evals),
    verdict: verdict(),
    samples: new Map(),
    baselineSamples: new Map(),
    links: { serverUrl: 'https://github.com', repository: 'octo-org/octo-repo', runId: '17' },
    ...changes,
  };
}
