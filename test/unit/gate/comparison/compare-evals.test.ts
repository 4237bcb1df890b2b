import { expect, test } from 'vitest';
import { compareEvals } from '../../../../src/gate/comparison/compare-evals.ts';
import type { EvalComparison } from '../../../../src/model/verdict.ts';
import { baselineOf, evalOf, flipped, type Scores, samplesOf } from './two-runs.ts';

interface Changes {
  readonly tolerance?: number;
  readonly metric?: string;
  readonly higherIsBetter?: boolean;
}

function compare(now: Scores, before: Scores, changes: Changes = {}): EvalComparison {
  const { tolerance = 0, metric = 'accuracy', higherIsBetter = true } = changes;
  const side = (scores: Scores) => {
    const result = evalOf('match', scores, metric);
    return { ...result, mainMetric: result.mainMetric && { ...result.mainMetric, higherIsBetter } };
  };
  const { key } = side(now);
  const [comparison] = compareEvals({
    evals: [side(now)],
    samples: new Map([[key, samplesOf(now, metric)]]),
    baseline: baselineOf([side(before)], new Map([[key, samplesOf(before, metric)]])),
    tolerance,
  });
  if (!comparison) throw new Error('Nothing was compared.');
  return comparison;
}

const repeated = (score: number, times: number): number[] => Array<number>(times).fill(score);

test.for([
  {
    of: 'a clear drop',
    ...flipped(1140, 61, 19, 907),
    status: 'degraded',
    sentence:
      'Accuracy fell from 84.9 % to 81.2 % (−3.7 points, 95 % −5.3 to −2.2; 1,140 pairs, 61 worse, 19 better, p < 0.001).',
  },
  {
    of: 'a clear rise',
    ...flipped(50, 0, 9),
    status: 'improved',
    sentence:
      'Accuracy rose from 82.0 % to 100 % (+18.0 points, 95 % 9.6 to 30.8; 50 pairs, 0 worse, 9 better, p = 0.004).',
  },
  {
    of: 'a drop of less than a tenth of a point',
    ...flipped(20_000, 9, 1, 10_000),
    status: 'degraded',
    sentence:
      'Accuracy fell from 50.045 % to 50.005 % (−0.040 points, 95 % −0.081 to −0.012; 20,000 pairs, 9 worse, 1 better, p = 0.021).',
  },
  {
    of: 'five flips one way',
    ...flipped(50, 5, 0),
    status: 'within-noise',
    sentence: '5 samples flipped (all worse); at least 6 one way are needed to tell.',
  },
  {
    of: 'six flips one way',
    ...flipped(50, 6, 0),
    status: 'degraded',
    sentence:
      'Accuracy fell from 100 % to 88.0 % (−12.0 points, 95 % −23.8 to −4.0; 50 pairs, 6 worse, 0 better, p = 0.031).',
  },
  {
    of: 'one flip',
    ...flipped(50, 0, 1),
    status: 'within-noise',
    sentence: '1 sample flipped (it got better); at least 6 one way are needed to tell.',
  },
  {
    of: 'a few flips both ways',
    ...flipped(50, 2, 1),
    status: 'within-noise',
    sentence: '3 samples flipped (2 worse, 1 better); at least 6 one way are needed to tell.',
  },
  {
    of: 'many flips both ways',
    ...flipped(50, 9, 6, 20),
    status: 'within-noise',
    sentence:
      'Accuracy fell from 58.0 % to 52.0 % (−6.0 points, 95 % −21.7 to 9.7; 50 pairs, 9 worse, 6 better, p = 0.61), which may be noise.',
  },
  {
    of: 'as many flips each way',
    ...flipped(20, 6, 6),
    status: 'within-noise',
    sentence:
      'Accuracy is 70.0 %, as before (0.0 points, 95 % −32.7 to 32.7; 20 pairs, 6 worse, 6 better, p = 1).',
  },
  {
    of: 'no flips',
    ...flipped(1000, 0, 0),
    status: 'within-noise',
    sentence: 'None of the 1,000 samples flipped.',
  },
  {
    of: 'a drop within the tolerance',
    ...flipped(500, 20, 2, 300),
    tolerance: 0.05,
    status: 'within-noise',
    sentence:
      'Accuracy fell from 64.0 % to 60.4 % (−3.6 points, 95 % −5.7 to −2.0; 500 pairs, 20 worse, 2 better, p < 0.001), which is within the tolerance of 5 points.',
  },
  {
    of: 'a drop as large as the tolerance',
    ...flipped(500, 10, 0, 300),
    tolerance: 0.02,
    status: 'within-noise',
    sentence:
      'Accuracy fell from 62.0 % to 60.0 % (−2.0 points, 95 % −3.6 to −1.1; 500 pairs, 10 worse, 0 better, p = 0.002), which is within the tolerance of 2 points.',
  },
  {
    of: 'a drop beyond the tolerance',
    ...flipped(500, 20, 2, 300),
    tolerance: 0.03,
    status: 'degraded',
    sentence:
      'Accuracy fell from 64.0 % to 60.4 % (−3.6 points, 95 % −5.7 to −2.0; 500 pairs, 20 worse, 2 better, p < 0.001).',
  },
  {
    of: 'a drop of a rate that is better when it is lower',
    ...flipped(500, 20, 2, 300),
    metric: 'error_rate',
    higherIsBetter: false,
    status: 'improved',
    sentence:
      'error_rate (lower is better) fell from 64.0 % to 60.4 % (−3.6 points, 95 % −5.7 to −2.0; 500 pairs, 2 worse, 20 better, p < 0.001).',
  },
  {
    of: 'seven pairs',
    ...flipped(7, 7, 0),
    status: 'too-few',
    sentence: '7 pairs are too few to tell; at least 10 are needed.',
  },
  {
    of: 'one pair',
    ...flipped(1, 0, 0),
    status: 'too-few',
    sentence: '1 pair is too few to tell; at least 10 are needed.',
  },
  {
    of: 'more samples in the baseline',
    now: repeated(1, 20),
    before: repeated(1, 22),
    status: 'within-noise',
    sentence: 'None of the 20 samples flipped. 2 samples have a score only in the baseline.',
  },
  {
    of: 'errored samples in both runs',
    now: [undefined, ...repeated(1, 20)],
    before: [1, undefined, undefined, ...repeated(1, 18)],
    status: 'within-noise',
    sentence:
      'None of the 18 samples flipped. 2 samples have a score only in this run, and 1 only in the baseline.',
  },
] as const)('compareEvals: $of: $status', ({ now, before, status, sentence, ...changes }) => {
  const comparison = compare(now, before, changes as Changes);
  expect(comparison.sentence).toBe(sentence);
  expect(comparison.status).toBe(status);
});

const scores = (n: number, score: (index: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => score(i));

test.for([
  {
    of: 'scores that fell',
    now: scores(40, (i) => 0.3 + (i % 5) / 10),
    before: scores(40, (i) => 0.6 + (i % 7) / 20),
    status: 'degraded',
    sentence:
      'f1_score fell from 0.7438 to 0.5 (−0.2438, 95 % −0.2971 to −0.1904; 40 pairs, 36 worse, 2 better, p < 0.001).',
  },
  {
    of: 'scores that vary',
    now: scores(40, (i) => 0.5 + (i % 5) / 10),
    before: scores(40, (i) => 0.6 + (i % 7) / 20),
    status: 'within-noise',
    sentence:
      'f1_score fell from 0.7438 to 0.7 (−0.0437, 95 % −0.0971 to 0.0096; 40 pairs, 21 worse, 15 better, p = 0.12), which may be noise.',
  },
  {
    of: 'scores that all fell by the same',
    now: repeated(0.25, 12),
    before: repeated(0.5, 12),
    status: 'degraded',
    sentence: 'f1_score fell from 0.5 to 0.25 (−0.25; 12 pairs, 12 worse, 0 better, p < 0.001).',
  },
  {
    of: 'scores that are the same',
    now: repeated(0.5, 40),
    before: repeated(0.5, 40),
    status: 'within-noise',
    sentence: 'The score of none of the 40 samples changed.',
  },
  {
    of: 'five scores that fell, of fifty',
    now: [...repeated(0.5, 45), ...repeated(0.1, 5)],
    before: repeated(0.5, 50),
    status: 'within-noise',
    sentence:
      'f1_score fell from 0.5 to 0.46 (−0.04, 95 % −0.088 to −0.016; 50 pairs, 5 worse, 0 better, p = 0.063), which may be noise.',
  },
] as const)('compareEvals: $of: $status', ({ now, before, status, sentence }) => {
  const comparison = compare(now, before, { metric: 'f1_score' });
  expect(comparison.sentence).toBe(sentence);
  expect(comparison.status).toBe(status);
  expect([comparison.flipsNeeded, comparison.smallestDrop]).toEqual([null, null]);
});

test('compareEvals: an entry has all figures, and values as evals reported them', () => {
  const { now, before } = flipped(100, 8, 1, 70);
  const comparison = compare([...now, 1], before);
  expect(comparison).toMatchObject({
    name: 'match',
    metric: 'accuracy',
    higherIsBetter: true,
    before: 0.78,
    now: 72 / 101,
    difference: -0.07,
    pairs: 100,
    onlyNow: 1,
    onlyBefore: 0,
    worse: 8,
    better: 1,
    p: 0.0390625,
    adjustedP: 0.0390625,
    flipsNeeded: 6,
  });
  expect(comparison.smallestDrop).toBeCloseTo(0.0876, 4);
  expect(comparison.flips.map(({ before, now }) => now - before)).toEqual([...repeated(-1, 8), 1]);
  expect(comparison.flips[0]).toMatchObject({ outcomeBefore: 'correct', outcomeNow: 'incorrect' });
});

test('compareEvals: flips have the worst first, at most a hundred, and all are counted', () => {
  const before = repeated(0.9, 300);
  const now = scores(300, (i) => (i < 150 ? 0.8 - i / 1000 : 0.95));
  const { flips, worse, better } = compare(now, before, { metric: 'f1_score' });
  expect(flips).toHaveLength(100);
  expect([worse, better]).toEqual([150, 150]);
  expect(flips[0]?.id).toBe('match.dev.149');
  expect(flips.every((flip) => flip.now < flip.before)).toBe(true);
});

test('compareEvals: of many evals, the p-values are corrected, and more flips are needed', () => {
  const rows = [
    flipped(50, 8, 0),
    flipped(50, 20, 0),
    ...Array.from({ length: 26 }, () => flipped(50, 1, 1)),
  ];
  const evals = rows.map(({ now }, index) => evalOf(`eval-${index}`, now));
  const before = rows.map((row, index) => evalOf(`eval-${index}`, row.before));
  const samples = (side: 'now' | 'before') =>
    new Map(evals.map(({ key }, index) => [key, samplesOf(rows[index]?.[side] ?? [])]));
  const [one, two, three] = compareEvals({
    evals,
    samples: samples('now'),
    baseline: baselineOf(before, samples('before')),
    tolerance: 0,
  });
  expect(one).toMatchObject({ status: 'within-noise', flipsNeeded: 11 });
  expect(one?.sentence).toBe(
    '8 samples flipped (all worse); at least 11 one way are needed to tell among 28 evals.',
  );
  expect(one?.p).toBeCloseTo(2 ** -7, 12);
  expect(one?.adjustedP).toBeCloseTo(27 * 2 ** -7, 12);
  expect(two?.status).toBe('degraded');
  expect(two?.sentence).toBe(
    'Accuracy fell from 100 % to 60.0 % (−40.0 points, 95 % −53.8 to −27.6; 50 pairs, 20 worse, 0 better, p < 0.001 corrected for 28 evals).',
  );
  expect(three?.sentence).toBe(
    '2 samples flipped (1 worse, 1 better); at least 11 one way are needed to tell among 28 evals.',
  );
});

test('compareEvals: a drop that would be real alone may be noise among many', () => {
  const rows = [flipped(400, 24, 8), ...Array.from({ length: 9 }, () => flipped(400, 1, 1))];
  const evals = rows.map(({ now }, index) => evalOf(`eval-${index}`, now));
  const samples = (side: 'now' | 'before') =>
    new Map(evals.map(({ key }, index) => [key, samplesOf(rows[index]?.[side] ?? [])]));
  const [first] = compareEvals({
    evals,
    samples: samples('now'),
    baseline: baselineOf(
      rows.map((row, index) => evalOf(`eval-${index}`, row.before)),
      samples('before'),
    ),
    tolerance: 0,
  });
  expect(first?.status).toBe('within-noise');
  expect(first?.sentence).toBe(
    'Accuracy fell from 98.0 % to 94.0 % (−4.0 points, 95 % −7.0 to −1.3; 400 pairs, 24 worse, 8 better, p = 0.07 corrected for 10 evals), which may be noise.',
  );
});
