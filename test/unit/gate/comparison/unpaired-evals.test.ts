import { expect, test } from 'vitest';
import { compareEvals } from '../../../../src/gate/comparison/compare-evals.ts';
import { wilson } from '../../../../src/gate/statistics/wilson.ts';
import { JUDGE_PART, MODEL_MAP_PART } from '../../../../src/model/part-names.ts';
import type { EvalResult } from '../../../../src/model/results.ts';
import type { SamplesByEval } from '../../../../src/model/sample.ts';
import { evalResult, unfinished } from '../../../helpers/report-builders.ts';
import { baselineOf, evalOf, flipped, samplesOf } from './two-runs.ts';

const { now, before } = flipped(50, 1, 0);
const key = 'match.dev.v0';
const samplesNow = new Map([[key, samplesOf(now)]]);
const samplesBefore = new Map([[key, samplesOf(before)]]);

interface Sides {
  readonly here?: EvalResult;
  readonly there?: EvalResult;
  readonly samplesHere?: SamplesByEval;
  readonly samplesThere?: SamplesByEval | undefined;
  readonly metric?: string;
  readonly versions?: readonly [before: string, now: string];
}

function compareOne(sides: Sides) {
  const {
    here = evalOf('match', now),
    there = evalOf('match', before),
    versions = ['3.0.1', '3.0.1'],
  } = sides;
  const baseline = baselineOf([there], 'samplesThere' in sides ? sides.samplesThere : samplesBefore, {
    versions: { action: '0.1.0', evals: versions[0], python: null },
  });
  const { samplesHere: samples = samplesNow, metric } = sides;
  const [comparison] = compareEvals({
    evals: [here],
    samples,
    evalsVersion: versions[1],
    baseline,
    metric,
    tolerance: 0,
  });
  if (!comparison) throw new Error('Nothing was compared.');
  return comparison;
}

const parts = (changes: Record<string, string>) => ({ spec: 'a', evals: 'b', ...changes });
const made = (changes: Record<string, string>, judge: string | null = null) =>
  evalOf('match', now, 'accuracy', { comparable: parts(changes), judge });

test.for([
  {
    of: 'another judge',
    there: made({ [JUDGE_PART]: 'x' }, 'gpt-4'),
    here: made({ [JUDGE_PART]: 'y' }, 'gpt-5'),
    sentence: 'The judge changed (gpt-4 → gpt-5).',
  },
  {
    of: 'another model that grades its own answers',
    there: made({}, 'gpt-4'),
    here: made({}, 'gpt-5'),
    sentence: 'The judge changed (gpt-4 → gpt-5).',
  },
  {
    of: 'a judge of the same name and other arguments',
    there: made({ [JUDGE_PART]: 'x' }, 'judge'),
    here: made({ [JUDGE_PART]: 'y' }, 'judge'),
    sentence: 'The judge changed.',
  },
  {
    of: 'a judge where none was',
    there: made({}),
    here: made({ [JUDGE_PART]: 'y' }, 'gpt-5'),
    sentence: 'The judge changed (none → gpt-5).',
  },
  {
    of: 'another spec and a model map',
    there: made({}),
    here: made({ spec: 'c', [MODEL_MAP_PART]: 'd' }),
    sentence: 'The model map changed and the spec of the eval changed.',
  },
  {
    of: 'another model-graded spec',
    there: made({ modelgraded: 'c' }),
    here: made({ modelgraded: 'd' }),
    sentence: 'The model-graded spec changed.',
  },
  {
    of: 'another version of evals',
    there: made({ evals: 'c' }),
    here: made({}),
    versions: ['3.0.0', '3.0.1'],
    sentence: 'The version of evals changed (3.0.0 → 3.0.1).',
  },
  {
    of: 'another revision of the same version of evals',
    there: made({ evals: 'c' }),
    here: made({}),
    sentence: 'The version of evals changed.',
  },
  {
    of: 'a baseline that does not say how it was made',
    there: evalOf('match', before, 'accuracy', { comparable: {} }),
    here: made({}),
    sentence: 'It is not known what the result of the baseline was made with.',
  },
  {
    of: 'names that are not plain text',
    there: made({ ['__proto__']: 'c', 'a\u202e\nb': 'd' }, '\u001b[31mred'),
    here: made({}, 'x'.repeat(500)),
    sentence: expect.stringMatching(
      /^__proto__ changed, a\\u202e b changed and the judge changed \(red → x+ … /,
    ),
  },
] as const)('compareEvals: $of: not comparable', ({ sentence, ...sides }) => {
  const comparison = compareOne(sides);
  expect(comparison.sentence).toEqual(sentence);
  expect(comparison).toMatchObject({ status: 'not-comparable', pairs: 0, p: null, difference: null });
});

test('compareEvals: another model is comparable', () => {
  const { status } = compareOne({ here: made({}), there: made({}), samplesThere: samplesNow });
  expect(status).toBe('within-noise');
});

const withMetrics = (metrics: EvalResult['metrics']) => evalOf('match', now, 'accuracy', { metrics });

test.for([
  {
    of: 'a failed eval',
    here: unfinished('match', 'failed', 'exited with code 1'),
    status: 'incomplete',
    sentence: 'This eval failed in this run, so it is not compared.',
  },
  {
    of: 'a pending eval',
    here: unfinished('match', 'pending', 'the time budget ended'),
    status: 'incomplete',
    sentence: 'This eval is still pending in this run, so it is not compared.',
  },
  {
    of: 'an eval that the baseline does not have',
    there: evalOf('other', now),
    status: 'missing',
    sentence: 'The baseline does not have this eval.',
  },
  {
    of: 'an eval that failed in the baseline',
    there: unfinished('match', 'failed', 'exited with code 1'),
    status: 'missing',
    sentence: 'The baseline has no recorded result of this eval.',
  },
  {
    of: 'an eval that oaievalset completed',
    here: evalResult('match', { status: 'reused', mainMetric: null, comparable: {} }),
    status: 'missing',
    sentence: 'This run has no recorded result of this eval.',
  },
  {
    of: 'an eval without a main metric',
    here: evalResult('match', { mainMetric: null, metrics: { text: 'fine' } }),
    there: evalResult('match', { mainMetric: null, metrics: { text: 'fine' } }),
    status: 'not-comparable',
    sentence: 'This eval reports no metric that can be compared.',
  },
  {
    of: 'a metric that neither side has',
    metric: 'constructor',
    status: 'not-comparable',
    sentence: 'Neither run reports a number for constructor.',
  },
  {
    of: 'a metric that only this run has',
    here: withMetrics({ accuracy: 1, f1_score: 0.5 }),
    metric: 'f1_score',
    status: 'missing',
    sentence: 'The baseline reports no number for f1_score.',
  },
  {
    of: 'a metric that is no number',
    here: withMetrics({ accuracy: 'NaN' }),
    status: 'missing',
    sentence: 'This run reports no number for accuracy.',
  },
  {
    of: 'samples of which none has the same content',
    samplesThere: new Map([
      [
        key,
        samplesOf(
          before,
          'accuracy',
          Array.from(before, (_, i) => `other ${i}`),
        ),
      ],
    ]),
    status: 'too-few',
    sentence: 'No sample has the same content in both runs, so nothing can be compared.',
  },
] as const)('compareEvals: $of: $status', ({ status, sentence, ...sides }) => {
  const comparison = compareOne(sides);
  expect(comparison.sentence).toBe(sentence);
  expect(comparison).toMatchObject({ status, key, pairs: 0, p: null, adjustedP: null, flips: [] });
});

test('compareEvals: what only the baseline has comes last, and what is left out does not come', () => {
  const all = compareEvals({
    evals: [evalOf('match', now), evalOf('left-out', now, 'accuracy', { status: 'excluded' })],
    samples: samplesNow,
    baseline: baselineOf(
      [
        evalOf('gone', before),
        evalOf('left-out', before),
        evalOf('match', before),
        evalOf('left-out-there', before, 'accuracy', { status: 'excluded' }),
      ],
      samplesBefore,
    ),
    tolerance: 0,
  });
  expect(all.map(({ name, status }) => [name, status])).toEqual([
    ['match', 'within-noise'],
    ['gone', 'missing'],
  ]);
  expect(all[1]).toMatchObject({
    sentence: 'Only the baseline has this eval.',
    metric: 'accuracy',
    before: 1,
    now: null,
  });
});

/** An eval with a rate and its interval, or none. */
function rated(successes: number, n: number, isKnown = true): EvalResult {
  const interval = isKnown ? wilson(successes, n) : null;
  return evalResult('match', {
    mainMetric: { name: 'accuracy', value: successes / n, interval, higherIsBetter: true },
    intervals: interval ? { accuracy: interval } : {},
  });
}

test.for([
  {
    of: 'intervals that do not overlap',
    there: rated(849, 1000),
    here: rated(612, 1000),
    status: 'degraded',
    sentence:
      'Accuracy fell from 84.9 % to 61.2 %, and the 95 % intervals of the two runs do not overlap (p < 0.001). Samples could not be paired, because no samples.jsonl lies beside the baseline.',
  },
  {
    of: 'intervals that overlap',
    there: rated(40, 50),
    here: rated(42, 50),
    status: 'within-noise',
    sentence:
      'Accuracy rose from 80.0 % to 84.0 %, and the 95 % intervals of the two runs overlap (p = 0.71), which may be noise. Samples could not be paired, because no samples.jsonl lies beside the baseline.',
  },
  {
    of: 'no interval in the baseline',
    there: rated(4, 5, false),
    here: rated(42, 50),
    status: 'not-comparable',
    sentence:
      'Accuracy cannot be tested: no samples.jsonl lies beside the baseline, and it has no interval in the baseline.',
  },
  {
    of: 'no interval anywhere',
    there: rated(4, 5, false),
    here: rated(4, 5, false),
    status: 'not-comparable',
    sentence:
      'Accuracy cannot be tested: no samples.jsonl lies beside the baseline, and it has no interval in either run.',
  },
  {
    of: 'samples without a score in this run',
    there: rated(849, 1000),
    here: rated(612, 1000),
    samplesHere: new Map([[key, samplesOf(now, 'other')]]),
    samplesThere: samplesBefore,
    status: 'degraded',
    sentence:
      'Accuracy fell from 84.9 % to 61.2 %, and the 95 % intervals of the two runs do not overlap (p < 0.001). Samples could not be paired, because the samples of this run have no score for accuracy.',
  },
  {
    of: 'a metric that is not the mean of the scores that have its name',
    there: evalOf('match', before, 'accuracy', { metrics: { accuracy: 12 } }),
    here: evalOf('match', now, 'accuracy', { metrics: { accuracy: 15 } }),
    samplesThere: samplesBefore,
    status: 'not-comparable',
    sentence:
      'Accuracy cannot be tested: it is not the mean over the samples, and it has no interval in either run.',
  },
  {
    of: 'no samples of the eval in the baseline',
    there: rated(4, 5, false),
    here: rated(4, 5),
    samplesThere: new Map(),
    status: 'not-comparable',
    sentence:
      'Accuracy cannot be tested: the samples of the baseline have no score for accuracy, and it has no interval in the baseline.',
  },
] as const)('compareEvals: without pairs, $of: $status', ({ status, sentence, ...sides }) => {
  const comparison = compareOne({ samplesThere: undefined, ...sides });
  expect(comparison.sentence).toBe(sentence);
  expect(comparison).toMatchObject({ status, pairs: 0, difference: null, flipsNeeded: null });
});
