/** A report as a team sees it after a change of a prompt: 28 evals, of which some failed, some degraded and most did not change. */
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import type { Report } from '../../src/model/report.ts';
import type { EvalResult, Interval } from '../../src/model/results.ts';
import type { EvalSamples, Sample, SampleTexts } from '../../src/model/sample.ts';
import type { EvalComparison, SampleFlip, Verdict } from '../../src/model/verdict.ts';
import { sha256 } from './builders.ts';
import { type ExampleText, GENERAL, REFUNDS, REFUSALS, SQL } from './example-texts.ts';
import { mulberry32 } from './random.ts';
import { countsOf, evalResult, evalSamples, report, results, sample, unfinished } from './report-builders.ts';

interface Kind {
  readonly name: string;
  readonly n: number;
  /** Shares of correct samples. */
  readonly before: number;
  readonly now: number;
  readonly texts?: readonly ExampleText[];
  readonly judged?: boolean;
  readonly reused?: boolean;
  readonly comparison?: Partial<EvalComparison>;
  readonly reason?: string;
}

const PROMPT_CHANGED = 'prompts/support.txt changed (8c1f… → 41d0…)';

const KINDS: readonly Kind[] = [
  { name: 'support-routing', n: 240, before: 0.93, now: 0.925, reason: PROMPT_CHANGED },
  {
    name: 'support-refund-policy',
    n: 200,
    before: 0.915,
    now: 0.81,
    texts: REFUNDS,
    reason: PROMPT_CHANGED,
    comparison: { status: 'degraded', p: 0.00002, adjustedP: 0.0005 },
  },
  { name: 'support-tone', n: 120, before: 0.88, now: 0.875, judged: true, reason: PROMPT_CHANGED },
  { name: 'support-escalation', n: 90, before: 0.84, now: 0.83, reason: PROMPT_CHANGED },
  {
    name: 'safety-over-refusal',
    n: 150,
    before: 0.96,
    now: 0.873,
    texts: REFUSALS,
    judged: true,
    reason: PROMPT_CHANGED,
    comparison: { status: 'degraded', p: 0.0009, adjustedP: 0.021 },
  },
  { name: 'safety-refusals', n: 180, before: 0.985, now: 0.983, judged: true, reason: PROMPT_CHANGED },
  { name: 'safety-personal-data', n: 100, before: 0.97, now: 0.97, reused: true },
  {
    name: 'sql-joins',
    n: 160,
    before: 0.77,
    now: 0.863,
    texts: SQL,
    comparison: { status: 'improved', p: 0.0004, adjustedP: 0.0096 },
  },
  { name: 'sql-aggregation', n: 160, before: 0.82, now: 0.83, texts: SQL, reused: true },
  { name: 'sql-dialects', n: 80, before: 0.65, now: 0.65, texts: SQL, reused: true },
  { name: 'math-word-problems', n: 300, before: 0.89, now: 0.886 },
  { name: 'math-units', n: 100, before: 0.94, now: 0.94, reused: true },
  { name: 'date-arithmetic', n: 120, before: 0.71, now: 0.725 },
  { name: 'extract-invoices', n: 140, before: 0.9, now: 0.893 },
  { name: 'summarise-meetings', n: 60, before: 0.8, now: 0.783, judged: true },
  { name: 'translate-de-en', n: 100, before: 0.87, now: 0.87, reused: true },
  { name: 'facts-geography', n: 200, before: 0.95, now: 0.95, reused: true },
  { name: 'facts-chemistry', n: 150, before: 0.86, now: 0.86, reused: true },
  { name: 'logic-syllogisms', n: 100, before: 0.76, now: 0.74 },
  { name: 'logic-order', n: 100, before: 0.69, now: 0.7 },
  { name: 'code-python-fix', n: 75, before: 0.747, now: 0.76 },
  { name: 'code-regex', n: 60, before: 0.717, now: 0.717, reused: true },
  {
    name: 'code-review',
    n: 8,
    before: 0.75,
    now: 0.625,
    judged: true,
    comparison: { status: 'too-few', p: null, adjustedP: null },
  },
  {
    name: 'joke-fruits',
    n: 50,
    before: 0.58,
    now: 0.6,
    judged: true,
    comparison: {
      status: 'not-comparable',
      difference: null,
      differenceInterval: null,
      p: null,
      adjustedP: null,
    },
  },
  { name: 'tone-formal', n: 70, before: 0.9, now: 0.9, judged: true, reused: true },
  { name: 'long-context-needle', n: 40, before: 0.975, now: 0.95 },
];

interface Built {
  readonly result: EvalResult;
  readonly comparison: EvalComparison;
  readonly samples: EvalSamples;
  readonly before: EvalSamples;
}

export function exampleReport(): Report {
  const random = mulberry32(7);
  const built = KINDS.map((kind) => build(kind, random));
  const evals = [...built.map(({ result }) => result), ...failedEvals()];
  const key = (name: string) => `${name}.test.v1`;
  const changed = built.filter(({ comparison }) => comparison.difference !== null);
  const sum = (of: (each: Built) => number) => changed.reduce((total, each) => total + of(each), 0);
  const pairs = sum(({ comparison }) => comparison.pairs);
  const worse = sum(({ comparison }) => comparison.worse);
  const better = sum(({ comparison }) => comparison.better);
  const all = built.flatMap(({ samples }) => samples.samples);
  const rate = share(all);
  const before = share(changed.flatMap((each) => each.before.samples));
  const now = share(changed.flatMap(({ samples }) => samples.samples));
  const spread = (1.96 * Math.sqrt(worse + better)) / pairs;
  const verdict: Verdict = {
    status: 'failed',
    sentence:
      'Failed: 2 of 28 evals failed, 2 degraded against main@4be1d90, 1 required rule is missed; 26 are done (17 fresh, 9 reused).',
    rules: rulesOf(built),
    comparison: {
      source: {
        path: '.github/evals/baseline.json',
        runId: '9183340127',
        sha: '4be1d90c2a7f5a5f0d1e0b8a4cf0be6d2a9e7713',
        ref: 'refs/heads/main',
        model: EXAMPLE_MODEL,
        ended: '2026-11-20T06:41:12.000Z',
      },
      problem: null,
      hasSamples: true,
      evals: built.map(({ comparison }) => comparison),
      overall: {
        before,
        now,
        difference: now - before,
        low: now - before - spread,
        high: now - before + spread,
        pairs,
        worse,
        better,
      },
    },
    overall: { metric: 'accuracy', rate, ...wilson(rate, all.length), n: all.length },
  };
  return report(evals, {
    results: results(evals, {
      run: {
        repository: 'northwind/assistant',
        id: '9214466038',
        attempt: 2,
        sha: '7d3c4a1be2f09c55a9b0e1f6d8427c3a5e6f1b90',
        ref: 'refs/pull/412/merge',
        workflow: '.github/workflows/evals.yml',
        job: 'evals',
        started: '2026-11-27T05:52:03.000Z',
        ended: '2026-11-27T06:14:48.000Z',
      },
      model: EXAMPLE_MODEL,
      evalSet: 'assistant-nightly',
      judgeModel: EXAMPLE_MODEL,
      args: ['--seed', '20260101'],
      totals: {
        evals: countsOf(evals),
        requests: { sent: 2311, replayed: 604, retried: 17, failed: 3 },
        tokens: { prompt: 684_220, completion: 127_904, cached: 201_000, reasoning: 0 },
        replayedTokens: { prompt: 152_330, completion: 31_870, cached: 0, reasoning: 0 },
        cost: 1.84,
      },
    }),
    verdict,
    samples: new Map(built.map(({ result, samples }) => [key(result.name), samples])),
    baselineSamples: new Map(built.map((each) => [key(each.result.name), each.before])),
    links: { serverUrl: 'https://github.com', repository: 'northwind/assistant', runId: '9214466038' },
  });
}

function build(kind: Kind, random: () => number): Built {
  const { name, n, reused = false, judged = false } = kind;
  const texts = kind.texts ?? GENERAL;
  const was = outcomes(n, kind.before, random);
  const is = flipped(was, Math.round(kind.now * n), reused ? 0 : Math.max(1, Math.round(n * 0.02)), random);
  const samplesOf = (isCorrect: readonly boolean[]) => {
    const samples = isCorrect.map((right, index) =>
      exampleSample(`${name}.test.${index}`, right, judged, index),
    );
    const written = samples.map(({ id }, index) => [
      id,
      textsOf(texts, index, isCorrect[index] === true, judged),
    ]);
    return evalSamples(samples, Object.fromEntries(written) as Record<string, SampleTexts>);
  };
  const [samples, before] = [samplesOf(is), samplesOf(was)];
  const value = share(samples.samples);
  const correct = samples.samples.filter(({ outcome }) => outcome === 'correct').length;
  const interval: Interval | null = n < 10 ? null : { ...wilson(value, n), method: 'wilson', n };
  const prompt = Math.round(n * (180 + random() * 120));
  const completion = Math.round(n * (30 + random() * 40));
  const result = evalResult(name, {
    key: `${name}.test.v1`,
    evalClass: judged
      ? 'evals.elsuite.modelgraded.classify:ModelBasedClassify'
      : 'evals.elsuite.basic.match:Match',
    status: reused ? 'reused' : 'fresh',
    decision: reused
      ? { kind: 'reuse', reason: '', parts: [] }
      : { kind: 'run', reason: kind.reason ?? 'not completed yet', parts: [] },
    judge: judged ? EXAMPLE_MODEL : null,
    metrics: { accuracy: value, boostrap_std: 0.0213 },
    mainMetric: { name: 'accuracy', value, interval, higherIsBetter: true },
    intervals: interval ? { accuracy: interval } : {},
    samples: {
      total: n,
      outcomes: { correct, incorrect: n - correct, unscored: 0, errored: 0 },
      coverage: 1,
    },
    tokens: { prompt, completion, total: prompt + completion, cached: Math.round(prompt / 3), reasoning: 0 },
    requests: { sent: judged ? 2 * n : n, replayed: 0 },
    cost: prompt * 1e-6 + completion * 8e-6,
    tookMs: Math.round(n * (250 + random() * 300)),
    attempts: reused ? 0 : 1,
    run: reused ? { id: '9213870554', attempt: 1 } : { id: '9214466038', attempt: 2 },
  });
  return { result, samples, before, comparison: comparisonOf(kind, samples.samples, before.samples) };
}

function exampleSample(id: string, isCorrect: boolean, judged: boolean, index: number): Sample {
  return sample(id, isCorrect, {
    hash: sha256(id),
    choice: judged ? (isCorrect ? 'Y' : 'N') : null,
    tokens: 190 + ((index * 37) % 140),
  });
}

function textsOf(
  texts: readonly ExampleText[],
  index: number,
  isCorrect: boolean,
  judged: boolean,
): SampleTexts {
  const text = texts[index % texts.length];
  const answer = (isCorrect ? text?.right : text?.wrong) ?? '';
  const verdict = isCorrect
    ? 'The answer says what was expected.\n\nY'
    : 'The answer differs from what was expected.\n\nN';
  return {
    prompt: text?.prompt ?? '',
    answer,
    expected: text?.expected ?? '',
    picked: judged ? null : (answer.split('\n')[0] ?? null),
    judge: judged ? ((isCorrect ? text?.praise : text?.blame) ?? verdict) : null,
    error: null,
  };
}

function outcomes(n: number, rate: number, random: () => number): boolean[] {
  const order = Array.from({ length: n }, (_, index) => ({ index, at: random() })).toSorted(
    (a, b) => a.at - b.at,
  );
  const correct = new Set(order.slice(0, Math.round(rate * n)).map(({ index }) => index));
  return Array.from({ length: n }, (_, index) => correct.has(index));
}

/** Flips as few samples as lead to the wanted number, and `noise` samples each way. */
function flipped(
  before: readonly boolean[],
  correct: number,
  noise: number,
  random: () => number,
): boolean[] {
  const now = [...before];
  const change = correct - before.filter(Boolean).length;
  const flip = (from: boolean, count: number) => {
    const candidates = before.flatMap((value, index) =>
      value === from && now[index] === from ? [{ index, at: random() }] : [],
    );
    for (const { index } of candidates.toSorted((a, b) => a.at - b.at).slice(0, count)) now[index] = !from;
  };
  flip(true, noise + Math.max(0, -change));
  flip(false, noise + Math.max(0, change));
  return now;
}

function comparisonOf(kind: Kind, now: readonly Sample[], before: readonly Sample[]): EvalComparison {
  const flips = now.flatMap((each, index): SampleFlip[] => {
    const other = before[index];
    if (!other || other.outcome === each.outcome) return [];
    const score = (one: Sample) => (one.outcome === 'correct' ? 1 : 0);
    return [
      {
        id: each.id,
        hash: each.hash,
        before: score(other),
        now: score(each),
        outcomeBefore: other.outcome,
        outcomeNow: each.outcome,
      },
    ];
  });
  const worse = flips.filter((flip) => flip.now < flip.before).length;
  const better = flips.length - worse;
  const difference = (better - worse) / kind.n;
  const spread = (1.96 * Math.sqrt(flips.length || 1)) / kind.n;
  const comparison: EvalComparison = {
    key: `${kind.name}.test.v1`,
    name: kind.name,
    status: 'within-noise',
    metric: 'accuracy',
    higherIsBetter: true,
    sentence: '',
    before: share(before),
    now: share(now),
    difference,
    differenceInterval: { low: difference - spread, high: difference + spread },
    pairs: kind.n,
    onlyNow: 0,
    onlyBefore: 0,
    worse,
    better,
    p: 0.6,
    adjustedP: 1,
    flipsNeeded: 6,
    smallestDrop: 0.5 / Math.sqrt(kind.n),
    flips: flips.toSorted((a, b) => a.now - a.before - (b.now - b.before)),
    ...kind.comparison,
  };
  return { ...comparison, sentence: sentenceOf(comparison) };
}

function sentenceOf({ status, worse, better, pairs, flipsNeeded, smallestDrop }: EvalComparison): string {
  const smallest = `${((smallestDrop ?? 0) * 100).toFixed(0)} points`;
  const flips = `${worse} of ${pairs} pairs got worse and ${better} got better`;
  if (status === 'degraded')
    return `${flips}: more than chance explains, and more than the tolerance of 2 points.`;
  if (status === 'improved') return `${flips}: more than chance explains.`;
  if (status === 'too-few') return `Only ${pairs} pairs: ten are needed to tell anything.`;
  if (status === 'not-comparable') return 'The judge differs: the baseline was graded by another model.';
  return `${flips}; ${flipsNeeded} one way are needed to tell. The smallest drop that so many pairs can show is ${smallest}.`;
}

function rulesOf(built: readonly Built[]): Verdict['rules'] {
  const drops = built.filter(({ comparison }) => comparison.status === 'degraded');
  return [
    {
      rule: 'accuracy drop <= 2pp',
      line: 1,
      advisory: false,
      status: 'missed',
      sentence: `2 of 26 evals dropped by more than 2 points: ${drops.map(({ result }) => result.name).join(' and ')}.`,
      evals: built.map(({ result, comparison }) => ({
        key: result.key,
        name: result.name,
        status: comparison.status === 'degraded' ? 'missed' : 'met',
        sentence:
          `accuracy changed by ${((comparison.difference ?? 0) * 100).toFixed(1)} points; at most 2 points down are allowed.`.replace(
            '-',
            '−',
          ),
        value: comparison.difference,
      })),
    },
    {
      rule: 'safety-*: accuracy >= 85%',
      line: 2,
      advisory: false,
      status: 'met',
      sentence: 'The lowest of 3 evals is safety-over-refusal with 87.3 %.',
      evals: [],
    },
    {
      rule: 'total-tokens <= 2M',
      line: 3,
      advisory: false,
      status: 'met',
      sentence: 'The run used 812,124 tokens.',
      evals: [],
    },
    {
      rule: 'advisory: joke-*: accuracy >= 0.65',
      line: 4,
      advisory: true,
      status: 'missed',
      sentence: 'joke-fruits has 60.0 %.',
      evals: [],
    },
  ];
}

function failedEvals(): EvalResult[] {
  const key = (name: string) => ({ key: `${name}.test.v1`, attempts: 2 });
  return [
    unfinished('extract-resumes', 'failed', 'exited with code 1', {
      ...key('extract-resumes'),
      decision: {
        kind: 'run',
        reason: 'own/extraction.py changed (77ab… → e01c…)',
        parts: ['own/extraction.py'],
      },
      tookMs: 8400,
      recorded: 112,
      error: {
        type: 'KeyError',
        message: "'employment_history'",
        place: { file: 'own/extraction.py', line: 48 },
        sample: 'extract-resumes.test.112',
        lastLines: [
          '[2026-11-27 06:02:11,482] [eval.py:36] Evaluating 140 samples',
          'Traceback (most recent call last):',
          '  File "own/extraction.py", line 48, in eval_sample',
          '    expected = sample["ideal"]["employment_history"]',
          "KeyError: 'employment_history'",
        ],
      },
    }),
    unfinished('translate-en-fr', 'failed', 'the API rejected a request', {
      ...key('translate-en-fr'),
      recorded: 0,
      error: {
        type: 'openai.BadRequestError',
        message:
          "Error code: 400: Invalid value for 'max_tokens': this model supports at most 16384 completion tokens",
        place: null,
        sample: 'translate-en-fr.test.0',
        lastLines: ['openai.BadRequestError: Error code: 400'],
      },
    }),
  ];
}

function share(samples: readonly Sample[]): number {
  return samples.filter(({ outcome }) => outcome === 'correct').length / samples.length;
}

function wilson(rate: number, n: number): { low: number; high: number } {
  const z = 1.96;
  const middle = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return { low: middle - half, high: middle + half };
}
