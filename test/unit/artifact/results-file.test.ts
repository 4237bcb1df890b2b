import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { formatResults, type ResultsFile } from '../../../src/artifact/format-results.ts';
import { parseResults } from '../../../src/artifact/results-file.ts';
import type { resultsSchema } from '../../../src/artifact/results-schema.ts';
import { evalResult, results, unfinished, verdict } from '../../helpers/report-builders.ts';
import { completeResults, completeVerdict } from './complete-results.ts';

type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;

/** A results.json with one eval, in which these fields are replaced. */
function withFields(fields: object): string {
  return JSON.stringify({ ...JSON.parse(formatResults(results([evalResult('a')]), verdict())), ...fields });
}

describe('the schema of results.json', () => {
  test('accepts exactly the types of the model', () => {
    expectTypeOf<Plain<z.output<typeof resultsSchema>>>().toEqualTypeOf<Plain<ResultsFile>>();
  });
});

describe('formatResults', () => {
  test('is read back as it was, with every field that there is', () => {
    const file = formatResults(completeResults, completeVerdict);
    expect(parseResults(file)).toEqual({ results: completeResults, verdict: completeVerdict });
  });

  test('puts short objects on one line and each item of long ones on a line of its own', () => {
    const text = formatResults(results([evalResult('a')]), verdict());
    expect(text).toContain('\n   "requests": {"sent": 10, "replayed": 0},\n');
    expect(text).toContain('\n   "attempts": 1,\n');
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('does not depend on the order in which metrics were reported', () => {
    const of = (metrics: Record<string, number>) =>
      formatResults(results([evalResult('a', { metrics })]), verdict());
    expect(of({ 'counts/B': 2, 'counts/A': 1 })).toBe(of({ 'counts/A': 1, 'counts/B': 2 }));
  });

  test('takes less than 8 MB for 1,000 evals with 20 flipped samples each', () => {
    const evals = Array.from({ length: 1000 }, (_, at) => evalResult(`eval-${at}`));
    const [compared] = completeVerdict.comparison?.evals ?? [];
    const [flip] = compared?.flips ?? [];
    const flips = Array.from({ length: 20 }, () => flip);
    const comparison = { ...completeVerdict.comparison, evals: evals.map(() => ({ ...compared, flips })) };
    const text = formatResults(results(evals), { ...completeVerdict, comparison } as ResultsFile['verdict']);
    expect(text.length).toBeLessThan(8_000_000);
    expect(parseResults(text)).toHaveProperty('results');
  });
});

/** JSON objects have no own `__proto__`, and zod leaves it out. */
const names = fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__');
const plainNames = fc.string().filter((name) => name !== '__proto__');
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const metric = fc.oneof(number, fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null));

const evals = fc.record({
  metrics: fc.dictionary(names, metric, { noNullPrototype: true }),
  mainMetric: fc.option(
    fc.record({ name: names, value: metric, interval: fc.constant(null), higherIsBetter: fc.boolean() }),
  ),
  note: fc.string({ unit: 'binary' }),
  recorded: fc.nat(),
  tookMs: fc.option(number),
  replacedModels: fc.dictionary(plainNames, fc.string(), { noNullPrototype: true }),
});

describe('parseResults', () => {
  test('reads back what formatResults writes, whatever the texts and numbers are', () => {
    fc.assert(
      fc.property(fc.array(evals, { maxLength: 4 }), names, (changes, sentence) => {
        const written = results(changes.map((change, at) => evalResult(`eval-${at}`, change)));
        const parsed = parseResults(formatResults(written, verdict({ sentence })));
        expect(parsed).toEqual({ results: written, verdict: verdict({ sentence }) });
      }),
      { numRuns: 200 },
    );
  });

  test('says a problem of any other text, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(parseResults(text)).toHaveProperty('problem');
      }),
      { numRuns: 500 },
    );
  });

  test('never throws for a file whose fields have any other values', () => {
    const text = formatResults(completeResults, completeVerdict);
    const paths = everyPath(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const parsed = parseResults(JSON.stringify(withValue(JSON.parse(text), path, value)));
        expect('problem' in parsed || 'results' in parsed).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('ignores fields that it does not know', () => {
    const parsed = parseResults(withFields({ later: [1], other: {} }));
    expect(parsed).toEqual({ results: results([evalResult('a')]), verdict: verdict() });
  });

  const rows: readonly (readonly [problem: string, text: string])[] = [
    ['it is cut off: its JSON does not end', ''],
    ['it is cut off: its JSON does not end', formatResults(results([]), verdict()).slice(0, 200)],
    ['it is cut off: its JSON does not end', '['.repeat(1_000_000)],
    ['it is not JSON', 'secret'],
    ['its JSON is invalid at line 1, column 9', '{"a": 1,}'],
    ['it is too large for a results.json', `[${'0,'.repeat(9_000_000)}0]`],
    ['it is JSON, but not a results.json of this action', '[]'],
    ['it is JSON, but not a results.json of this action', '[{"name": "a", "value": 1}]'],
    ['it has version 2, which this version of the action does not know', withFields({ version: 2 })],
    ['its version is not a number', withFields({ version: '1' })],
    [
      'verdict is not valid (Invalid input: expected object, received undefined)',
      withFields({ verdict: undefined }),
    ],
    ['model is not valid (has control characters)', withFields({ model: '\u001b[31mred' })],
    ['it has the eval a.dev.v0 twice', withFields({ evals: [evalResult('a'), evalResult('a')] })],
    [
      'evals.0.attempts is not valid (Too small: expected number to be >=0)',
      withFields({ evals: [evalResult('a', { attempts: -1 })] }),
    ],
    [
      'evals.0.metrics.\\u202ex is not valid (Invalid input)',
      withFields({ evals: [{ ...evalResult('a'), metrics: { '\u202ex': [] } }] }),
    ],
    [
      'evals.0.error.message is not valid (Too big: expected string to have <=65536 characters)',
      withFields({ evals: [unfinished('a', 'failed', 'x'.repeat(100_000))] }),
    ],
    [
      'evals.0.tookMs is not valid (Invalid input: expected number, received Infinity)',
      withFields({}).replace('"tookMs":2500', '"tookMs":1e999'),
    ],
  ];
  test.for(rows)('says why a text is not usable: %s', ([problem, text]) => {
    expect(parseResults(text)).toMatchObject({ problem, next: expect.stringMatching(/^[A-Z].*\.$/) });
  });
});

function everyPath(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, item]) => everyPath(item, [...path, name]))];
}

function withValue(file: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined || typeof file !== 'object' || file === null) return value;
  const items = file as Record<string, unknown>;
  items[first] = withValue(items[first], rest, value);
  return file;
}
