import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSamples } from '../../../src/artifact/read-samples.ts';
import { writeSamples } from '../../../src/artifact/write-samples.ts';
import { NO_TEXTS, type Sample, type SamplesByEval, type SampleTexts } from '../../../src/model/sample.ts';
import { sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { evalResult, evalSamples, results, sample } from '../../helpers/report-builders.ts';

const path = () => join(temporaryDirectory(), 'samples.jsonl');

const one = sample('a.0', true);
const lineOf = (changes: object = {}) =>
  `${JSON.stringify({ eval: 'a.dev.v0', ...one, score: 1, ...changes })}\n`;

function reportOf(samples: SamplesByEval, names = [...samples.keys()].map((key) => key.split('.')[0] ?? '')) {
  return { results: results(names.map((name) => evalResult(name))), samples };
}

async function read(
  text: string,
  limits?: Parameters<typeof readSamples>[1],
): ReturnType<typeof readSamples> {
  const file = path();
  writeFileSync(file, text);
  return await readSamples(file, limits);
}

async function problemOf(text: string): Promise<string | undefined> {
  const samples = await read(text);
  return 'problem' in samples ? samples.problem : undefined;
}

const hex = fc.nat().map((value) => sha256(String(value)));
const anySample: fc.Arbitrary<Sample> = fc.record({
  id: fc.string({ unit: 'binary' }),
  hash: hex,
  outcome: fc.constantFrom('correct', 'incorrect', 'unscored', 'errored', null),
  scores: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    { noNullPrototype: true },
  ),
  choice: fc.option(fc.string({ unit: 'binary' })),
  tokens: fc.option(fc.nat()),
  replayed: fc.option(fc.boolean()),
});
const anyText = fc.option(fc.string({ unit: 'binary' }));
const anyTexts: fc.Arbitrary<SampleTexts> = fc.record({
  prompt: anyText,
  answer: anyText,
  expected: anyText,
  picked: anyText,
  judge: anyText,
  error: anyText,
});

describe('writeSamples', () => {
  test('writes a sample a line, with the score of the main metric, and without texts that are missing', () => {
    const file = path();
    const samples = new Map([
      ['b.dev.v0', evalSamples([sample('b.0', false, { scores: { f1: 0.5 } })])],
      ['a.dev.v0', evalSamples([one], { 'a.0': { prompt: 'Is it?\n', answer: 'yes' } })],
      ['unknown', evalSamples([one])],
    ]);
    expect(writeSamples(file, reportOf(samples, ['a', 'b']))).toEqual({
      samples: 2,
      withoutTexts: 0,
      leftOut: 0,
    });
    expect(readFileSync(file, 'utf8')).toBe(
      `{"eval":"a.dev.v0","id":"a.0","hash":"${sha256('a.0')}","outcome":"correct","score":1,"scores":{"accuracy":1},"choice":null,"tokens":15,"replayed":false,"prompt":"Is it?\\n","answer":"yes"}\n` +
        `{"eval":"b.dev.v0","id":"b.0","hash":"${sha256('b.0')}","outcome":"incorrect","score":null,"scores":{"f1":0.5},"choice":null,"tokens":15,"replayed":false}\n`,
    );
    expect(readdirSync(dirname(file))).toEqual(['samples.jsonl']);
  });

  test('leaves out texts, then samples, that do not fit into a file that is read', () => {
    const file = path();
    const texts = Object.fromEntries(['a.0', 'a.1', 'a.2'].map((id) => [id, { prompt: 'x'.repeat(500) }]));
    const samples = new Map([
      [
        'a.dev.v0',
        evalSamples(
          ['a.0', 'a.1', 'a.2', 'a.3'].map((id) => sample(id, true)),
          texts,
        ),
      ],
    ]);
    const limits = { samples: 3, bytesWithTexts: 400 };
    expect(writeSamples(file, reportOf(samples), limits)).toEqual({
      samples: 3,
      withoutTexts: 2,
      leftOut: 1,
    });
    expect(readFileSync(file, 'utf8').match(/"prompt"/g)).toHaveLength(1);
  });

  test('leaves out the texts of a sample whose line would be too long', async () => {
    const file = path();
    const samples = new Map([
      ['a.dev.v0', evalSamples([one], { 'a.0': { prompt: '漢'.repeat(1_000_000) } })],
    ]);
    writeSamples(file, reportOf(samples));
    const written = await readSamples(file);
    expect('problem' in written ? written : written.get('a.dev.v0')?.texts(one)).toEqual(NO_TEXTS);
  });

  test('leaves no file when it fails', () => {
    const file = path();
    const texts = () => {
      throw new Error('disk is gone');
    };
    const samples = new Map([['a.dev.v0', { samples: [one], texts }]]);
    expect(() => writeSamples(file, reportOf(samples))).toThrow('disk is gone');
    expect(readdirSync(dirname(file))).toEqual([]);
  });
});

describe('readSamples', () => {
  test('reads back what writeSamples writes, whatever the texts are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(anySample, anyTexts), { maxLength: 5, selector: ([{ id }]) => id }),
        async (pairs) => {
          const file = path();
          const texts = new Map(pairs.map(([{ id }, its]) => [id, its]));
          const samples = pairs.map(([each]) => each);
          const own = { samples, texts: ({ id }: Sample) => texts.get(id) ?? NO_TEXTS };
          writeSamples(file, reportOf(new Map([['a.dev.v0', own]])));
          const back = await readSamples(file);
          if ('problem' in back) expect.fail(back.problem);
          const readBack = back.get('a.dev.v0');
          expect(readBack?.samples ?? []).toEqual(samples);
          expect(samples.map((each) => readBack?.texts(each))).toEqual([...texts.values()]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('never throws, whatever bytes the file has', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(lineOf(), lineOf({ id: 'a.1' }), '\n', '{"__proto__":1}\n')
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 4 }), async (pieces) => {
        const file = path();
        writeFileSync(file, Buffer.concat(pieces));
        const samples = await readSamples(file);
        expect('problem' in samples || samples.size <= 1).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('reads a file without a sample, with CRLF line ends, and with fields that it does not know', async () => {
    expect(await read('')).toEqual(new Map());
    const samples = await read(lineOf({ later: [1] }).replace('\n', '\r\n'));
    expect('problem' in samples ? samples : samples.get('a.dev.v0')?.samples).toEqual([one]);
  });

  test('shortens long texts, and takes only texts', async () => {
    const samples = await read(lineOf({ prompt: 'x'.repeat(100_000), answer: { a: 1 } }));
    const texts = 'problem' in samples ? undefined : samples.get('a.dev.v0')?.texts(one);
    expect(texts?.prompt?.length).toBeLessThanOrEqual(65_536);
    expect(texts?.answer).toBeNull();
  });

  test('has no texts of a sample once the file has changed', async () => {
    const file = path();
    writeFileSync(file, lineOf({ answer: 'yes' }));
    const samples = await readSamples(file);
    writeFileSync(file, lineOf({ answer: 'yes', id: 'a.9' }));
    expect('problem' in samples ? samples : samples.get('a.dev.v0')?.texts(one)).toEqual(NO_TEXTS);
  });

  test.for<readonly [string, string]>([
    ['its line 1 is not a sample (it is not JSON)', 'text\n'],
    ['its line 2 is not a sample (it is not JSON)', `${lineOf()}\n`],
    ['it is cut off in its last line', `${lineOf()}${lineOf({ id: 'a.1' }).slice(0, 100)}`],
    [
      'its line 1 is not a sample (hash: Invalid input: expected string, received undefined)',
      lineOf({ hash: undefined }),
    ],
    ['its line 1 is not a sample (eval: has control characters)', lineOf({ eval: 'a\nb' })],
    ['it has the sample a.0 of a.dev.v0 twice', `${lineOf()}${lineOf()}`],
    ['a line of it is longer than 3000000 bytes', `"${'x'.repeat(3_000_000)}"\n`],
    ['it is a zip archive', 'PK\u0003\u0004'],
  ])('says why a file is not usable: %s', async ([problem, text]) => {
    expect(await problemOf(text)).toBe(problem);
  });

  test('reads no more than its limits', async () => {
    const text = `${lineOf()}${lineOf({ id: 'a.1' })}`;
    expect(await read(text, { samples: 1, bytes: 10_000, scores: 9 })).toEqual({
      problem: 'it has more than 1 samples',
    });
    expect(await read(text, { samples: 2, bytes: 100, scores: 9 })).toEqual({
      problem: `it has ${Buffer.byteLength(text)} bytes, and at most 100 are read`,
    });
    expect(await read(text, { samples: 2, bytes: 10_000, scores: 1 })).toEqual({
      problem: 'it has more than 1 scores',
    });
    const sparse = path();
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 31);
    expect(await readSamples(sparse)).toEqual({
      problem: 'it has 2,147,483,648 bytes, and at most 402,653,184 are read',
    });
  });
});
