import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { MainMetric } from '../../../src/model/results.ts';
import { renderBenchmark } from '../../../src/report/benchmark.ts';
import { evalResult, results, unfinished } from '../../helpers/report-builders.ts';

/**
 * The format as github-action-benchmark documents it (README.md, customBiggerIsBetter): it converts what has another type, and
 * reads a range of the form `± 2.1`, so here nothing is converted.
 */
const format = z.array(
  z.strictObject({
    name: z.string().min(1),
    unit: z.string(),
    value: z.number(),
    range: z
      .string()
      .regex(/^± \d+(\.\d+)?$/)
      .optional(),
    extra: z.string().optional(),
  }),
);

const metric = (changes: Partial<MainMetric> = {}) => ({
  mainMetric: { name: 'accuracy', value: 0.814, interval: null, higherIsBetter: true, ...changes },
});

function read(evals: Parameters<typeof results>[0]) {
  return format.parse(JSON.parse(renderBenchmark(results(evals))));
}

describe('renderBenchmark', () => {
  test('has an entry for each eval with results, accuracy in percent with half of its interval', () => {
    const interval = { low: 0.765, high: 0.852, method: 'wilson', n: 1140 } as const;
    const samples = { total: 1140, outcomes: null, coverage: null };
    const evals = [
      evalResult('a', { ...metric({ interval }), samples, judge: 'gpt-4' }),
      evalResult('b', { ...metric({ name: 'f1_score', value: 0.25 }), status: 'reused' }),
      unfinished('c', 'failed', 'KeyError'),
    ];
    expect(read(evals)).toEqual([
      {
        name: 'a: accuracy',
        unit: '%',
        value: 81.4,
        range: '± 4.3',
        extra: '95 % interval: 76.5 … 85.2\nsamples: 1,140\nmodel: gpt-4\njudge: gpt-4',
      },
      { name: 'b: f1_score', unit: 'f1_score', value: 0.25, extra: 'samples: 10\nmodel: gpt-4' },
    ]);
  });

  test('leaves out metrics of which less is better, which the tool would report as regressions', () => {
    const evals = [
      evalResult('a'),
      evalResult('b', metric({ name: 'errors', value: 3, higherIsBetter: false })),
    ];
    expect(read(evals).map(({ name }) => name)).toEqual(['a: accuracy']);
  });

  test.for(['NaN', 'Infinity', 'text', null, true, Number.NaN])('leaves out the value %s', (value) => {
    expect(read([evalResult('a', metric({ value }))])).toEqual([]);
  });

  test.for([
    [0.0004, '± 0.0004'],
    [0.0001234, '± 0.00012'],
    [12.34, '± 12'],
    [1234, '± 1200'],
  ] as const)('writes half an interval of %s as %s', ([half, range]) => {
    const interval = { low: -half, high: half, method: 't', n: 10 } as const;
    expect(read([evalResult('a', metric({ name: 'score', interval }))])[0]?.range).toBe(range);
  });

  test('has the names of evals on one line, without invisible characters', () => {
    expect(read([evalResult('a\n\u202eb', metric())])[0]?.name).toBe('a \\u202eb: accuracy');
  });
});
