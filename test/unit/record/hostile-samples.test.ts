/** Records that are torn, or that somebody wrote to do harm. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { NO_TEXTS } from '../../../src/model/sample.ts';
import { readRecordFile } from '../../../src/record/record-file.ts';
import { MAX_SAMPLES, readSamples } from '../../../src/record/samples.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const REPLAYED = () => null;
const MATCH = join(import.meta.dirname, '../../fixtures/records/match.jsonl');

function recordOf(content: string | Buffer): string {
  const path = join(temporaryDirectory(), 'record.jsonl');
  writeFileSync(path, content);
  return path;
}

const line = (type: string, data: unknown, id: unknown = 'e.dev.0') =>
  `${JSON.stringify({ sample_id: id, type, data })}\n`;
const nested = (open: string, close: string, depth = 200_000) =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Retains nothing of what it writes. */
function recordWithTexts(samples: number, bytes: number): string {
  const path = recordOf('');
  for (let index = 0; index < samples; index += 1) {
    const text = index + 'x'.repeat(bytes);
    appendFileSync(path, line('sampling', { prompt: text, sampled: [text] }, `e.dev.${index}`));
  }
  return path;
}

test('samples: a record that was cut anywhere gives what it still has', async () => {
  const whole = readFileSync(MATCH);
  const complete = (await readSamples(MATCH, REPLAYED))?.samples ?? [];
  const known = new Set(complete.map(({ id }) => id));
  let before = 0;
  for (let end = 0; end <= whole.length; end += 397) {
    const read = await readSamples(recordOf(whole.subarray(0, end)), REPLAYED);
    const samples = read?.samples ?? [];
    expect(samples.length).toBeGreaterThanOrEqual(before);
    expect(samples.filter(({ id }) => !known.has(id))).toEqual([]);
    for (const sample of samples) expect(read?.texts(sample).prompt).toContain('What is the capital of');
    before = samples.length;
  }
  expect(before).toBe(complete.length);
});

test.each<[string, string]>([
  ['an empty file', ''],
  ['no JSON', 'Traceback (most recent call last):\n'],
  ['other JSON', 'null\n[]\n"text"\n7\n'],
  ['zero bytes', '\0'.repeat(1000)],
  ['a sample id that is no text', line('match', { correct: true }, 7)],
  ['a sample id of a thousand characters', line('match', { correct: true }, 'x'.repeat(1000))],
  ['a spec that is none', '{"spec": {"run_config": [], "completion_fns": 7}}\n{"final_report": []}\n'],
])('samples: %s has none', async (_what, content) => {
  expect(await readSamples(recordOf(content), REPLAYED)).toBeUndefined();
});

test('samples: a directory, a missing file and a pipe have none', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'folder'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  for (const name of ['folder', 'pipe', 'missing'])
    expect(await readSamples(join(directory, name), REPLAYED), name).toBeUndefined();
});

test.each<[string, string]>([
  ['data that is null', line('match', null)],
  ['data that is a list', line('sampling', [{ prompt: 'a' }])],
  ['fields of wrong types', line('match', { correct: 'yes', expected: { a: 1 }, picked: [null, {}, [1]] })],
  [
    'a prompt of wrong types',
    line('sampling', { prompt: [{ role: 1, content: 2 }, null], sampled: { a: 1 } }),
  ],
  [
    'usage of wrong types',
    line('sampling', { prompt: 'a', usage: { prompt_tokens: 'x', total_tokens: 1e300 } }),
  ],
  ['a type that is no text', `{"sample_id": "e.dev.0", "type": {"match": 1}, "data": {}}\n`],
  ['an unknown type', line('__proto__', { correct: true })],
  [
    'a list that is nested deeply',
    `{"sample_id": "e.dev.0", "type": "match", "data": {"correct": true, "expected": ${nested('[', ']')}}}\n`,
  ],
  [
    'a prompt that is nested deeply',
    `{"sample_id": "e.dev.0", "type": "sampling", "data": {"prompt": ${nested('{"a":', '}')}}}\n`,
  ],
  [
    'metrics that are nested deeply',
    `{"sample_id": "e.dev.0", "type": "metrics", "data": ${nested('{"a":', '}')}}\n`,
  ],
  ['an error of wrong types', line('error', { type: 1, message: { a: 1 } })],
  [
    'half a letter',
    `{"sample_id": "e.dev.0", "type": "sampling", "data": {"prompt": "\\ud83d", "sampled": ["\\ude00"]}}\n`,
  ],
  ['bytes that are no UTF-8', `${line('match', { correct: true })}\xff\xfe\x80`],
])('samples: %s neither ends the reading nor invents a sample', async (_what, content) => {
  const read = await readSamples(recordOf(Buffer.from(content, 'latin1')), REPLAYED);
  expect(read?.samples.map(({ id }) => id)).toEqual(['e.dev.0']);
  for (const sample of read?.samples ?? [])
    for (const text of Object.values(read?.texts(sample) ?? {}))
      expect(text === null || typeof text === 'string').toBe(true);
});

test('samples: names such as __proto__ are names', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const metrics = `{${names.map((name) => `"${name}": 0.5`).join()}, "inner": {"__proto__": true}}`;
  const record = names.map((name) => `{"sample_id": "${name}", "type": "metrics", "data": ${metrics}}\n`);
  const known = { cls: 'evals.elsuite.ballots.eval:BallotsEval' };
  const spec = `${JSON.stringify({ spec: { run_config: { eval_spec: known } } })}\n`;
  const read = await readSamples(recordOf(spec + record.join('')), REPLAYED);
  expect(read?.samples.map(({ id }) => id).sort()).toEqual([...names].sort());
  for (const { scores } of read?.samples ?? []) {
    expect(Object.entries(scores).sort()).toEqual(
      [...names.map((name) => [name, 0.5]), ['inner/__proto__', 1]].sort(),
    );
    expect(Object.getPrototypeOf(scores)).toBe(Object.prototype);
  }
});

test('samples: numbers that are not finite are no scores', async () => {
  const record = `{"sample_id": "e.dev.0", "type": "metrics", "data": {"a": NaN, "b": -Infinity, "c": 1e999, "d": 0}}\n`;
  const read = await readSamples(recordOf(record), REPLAYED);
  expect(read?.samples.map(({ scores }) => scores)).toEqual([{ d: 0 }]);
});

test('samples: scores and their names are bounded', async () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]));
  const read = await readSamples(
    recordOf(line('metrics', { ['x'.repeat(300)]: 1, ...many }) + line('metrics', many, 'e.dev.1')),
    REPLAYED,
  );
  expect(read?.samples.map(({ scores }) => Object.keys(scores))).toEqual(
    Array.from({ length: 2 }, () => Array.from({ length: 32 }, (_, index) => `m${index}`)),
  );
});

test('samples: texts and choices are bounded', async () => {
  const long = 'é'.repeat(1_000_000);
  const record = [
    line('sampling', { prompt: [{ role: 'user', content: long }], sampled: [long] }),
    line('sampling', { prompt: long, sampled: [long] }),
    line('match', { correct: false, expected: [long, long], picked: long }),
    line('error', { type: long, message: long }),
    line('metrics', { choice: long, score: 1 }),
  ];
  const read = await readSamples(recordOf(record.join('')), REPLAYED);
  const [sample] = read?.samples ?? [];
  expect(sample?.choice?.length).toBe(200);
  for (const [name, text] of Object.entries((sample && read?.texts(sample)) ?? {})) {
    expect(Buffer.byteLength(text ?? ''), name).toBeGreaterThan(3900);
    expect(Buffer.byteLength(text ?? ''), name).toBeLessThanOrEqual(4000);
  }
});

test('samples: no text stays in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const samples = 30;
  const path = recordWithTexts(samples, 1 << 20);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const read = await readSamples(path, REPLAYED);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(samples << 18);
  expect(read?.samples.length).toBe(samples);
});

test('samples: reading ends at a line that is too long', async () => {
  const path = recordOf(line('match', { correct: true }));
  const file = openSync(path, 'a');
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (let size = 0; size <= 64; size += 1) writeSync(file, chunk);
  closeSync(file);
  expect((await readSamples(path, REPLAYED))?.samples.length).toBe(1);
});

test('samples: a torn line of millions of quotes is read once', async () => {
  // A reader that looks again for the end of a text at each quote would take hours.
  const torn = `{"sample_id": "e.dev.0", "data": {"prompt": "${'\\"'.repeat(4_000_000)}`;
  const path = recordOf(line('match', { correct: true }) + torn);
  expect((await readSamples(path, REPLAYED))?.samples.length).toBe(1);
  expect((await readRecordFile(path))?.problem).toBe('it ends in the middle of a line');
});

test('samples: more than a runner has memory for are none', async () => {
  const lines: string[] = [];
  for (let index = 0; index <= MAX_SAMPLES; index += 1)
    lines.push(`{"sample_id":"${index}","type":"x","data":{}}\n`);
  expect(await readSamples(recordOf(lines.join('')), REPLAYED)).toBeUndefined();
});

test('samples: texts of a file that is gone or was replaced are none', async () => {
  const path = recordOf(readFileSync(MATCH));
  const read = await readSamples(path, REPLAYED);
  const [sample] = read?.samples ?? [];
  if (!read || !sample) throw new Error('The fixture has no samples.');
  expect(read.texts(sample).answer).toBe('Paris');
  writeFileSync(path, '{"other": "content"}\n'.repeat(2000));
  expect(read.texts(sample)).toEqual(NO_TEXTS);
  rmSync(path);
  expect(read.texts(sample)).toEqual(NO_TEXTS);
  expect(read.texts({ ...sample, id: 'of another record' })).toEqual(NO_TEXTS);
});
