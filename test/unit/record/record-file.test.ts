import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePythonJson } from '../../../src/record/python-json.ts';
import { readRecordFile } from '../../../src/record/record-file.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';

const sampling = (sample: string, usage?: object) =>
  JSON.stringify({ sample_id: sample, type: 'sampling', data: { prompt: 'p', usage } });

function recordFile(...lines: string[]): string {
  const path = join(temporaryDirectory(), 'record.jsonl');
  writeFileSync(path, lines.join('\n'));
  return path;
}

test('record file: has the final report, flattened, wherever it is, and the numbers of samples and tokens', async () => {
  const path = recordFile(
    '{"spec": {}}',
    '{"final_report": {"accuracy": 0.5, "counts": {"Yes": 1}, "list": [1], "score": NaN, "best": -Infinity, "note": "NaN"}}',
    sampling('a.0', { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }),
    sampling('a.1', { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }),
    sampling('a.1'),
    '{"torn',
  );
  expect(await readRecordFile(path)).toEqual({
    finalReport: {
      accuracy: 0.5,
      'counts/Yes': 1,
      list: '[1]',
      score: 'NaN',
      best: '-Infinity',
      note: 'NaN',
    },
    samples: 2,
    events: 3,
    tokens: { prompt: 4, completion: 3, total: 7 },
    endsWithReport: false,
    problem: 'it ends in the middle of a line',
  });
});

test('record file: an interrupted eval has no final report', async () => {
  expect((await readRecordFile(recordFile('{"spec": {}}', sampling('a.0'))))?.finalReport).toBeUndefined();
});

test.each<[string, string, object]>([
  ['a report that is not an object', '{"final_report": "accuracy 1"}', { finalReport: undefined }],
  ['a line that is not an object', '[{"final_report": {"a": 1}}]', { finalReport: undefined }],
  ['an empty report', '{"final_report": {}}', { finalReport: {} }],
  [
    'values of every kind',
    '{"final_report": {"yes": true, "none": null, "no": {}, "n": -1.5}}',
    { finalReport: { yes: true, none: null, n: -1.5 } },
  ],
  [
    'a very long text',
    JSON.stringify({ final_report: { text: 'x'.repeat(10_000) } }),
    { finalReport: { text: 'x'.repeat(4096) } },
  ],
  [
    'a very long list',
    JSON.stringify({ final_report: { list: Array.from({ length: 10_000 }, () => 1) } }),
    { finalReport: { list: `[${'1,'.repeat(2047)}1` } },
  ],
  ['no event of a sample', '{"spec": {}}', { samples: null }],
  [
    'token counts that are not whole numbers',
    sampling('a.0', { prompt_tokens: -3, completion_tokens: '2', total_tokens: 0.5 }),
    { samples: 1, tokens: { prompt: 0, completion: 0, total: 0 } },
  ],
  [
    'usage that is not an object',
    '{"type": "sampling", "data": {"usage": 7}}',
    { tokens: { prompt: 0, completion: 0, total: 0 } },
  ],
])('record file: %s', async (_, line, expected) => {
  expect(await readRecordFile(recordFile(line))).toMatchObject(expected);
});

test.each<[string, (path: string) => unknown]>([
  ['a directory', (path) => mkdirSync(path)],
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  [
    'a link to another file',
    (path) => symlinkSync(recordFile('{"final_report": {"accuracy": 1}}', ''), path),
  ],
])('record file: %s in its place has no report', async (_, make) => {
  const path = join(temporaryDirectory(), 'record.jsonl');
  make(path);
  expect(await readRecordFile(path)).toMatchObject({
    finalReport: undefined,
    problem: 'it is not a regular file',
  });
});

describe('record file: lines end at a newline and nowhere else', () => {
  const separators = ['\u2028', '\u2029', '\u0085', '\r', '\v', '\f', '\u001e', '\u2028\u2029\r'];

  test.each(separators)('record file: lines end only at a newline: %j in the report', async (separator) => {
    const worst = `pear${separator}or quince`;
    // As evals writes it: json.dumps with ensure_ascii=False leaves the separators of Unicode as they are.
    const text = JSON.stringify({ final_report: { worst, accuracy: 0.5 } });
    const path = recordFile('{"spec": {}}', text, '');
    expect(await readRecordFile(path)).toMatchObject({
      finalReport: { worst, accuracy: 0.5 },
      problem: undefined,
    });
  });

  test.each(separators)('record file: lines end only at a newline: %j in events', async (separator) => {
    const event = (n: number) =>
      JSON.stringify({ event_id: n, sample_id: `a.${n}`, type: 'match', data: { picked: `x${separator}y` } });
    const report = '{"final_report": {"accuracy": 1}}';
    const path = recordFile('{"spec": {}}', report, ...[0, 1, 2, 3, 4, 5].map(event), '');
    expect(await readRecordFile(path)).toMatchObject({ samples: 6, events: 6, problem: undefined });
  });

  test('record file: lines may end with a carriage return and a newline', async () => {
    const path = recordFile('{"spec": {}}\r', '{"final_report": {"accuracy": 1}}\r', '');
    expect(await readRecordFile(path)).toMatchObject({ finalReport: { accuracy: 1 }, problem: undefined });
  });
});

describe('record file: missing parts', () => {
  const event = (n: number) => JSON.stringify({ event_id: n, sample_id: `a.${n}`, type: 'match', data: {} });
  const report = '{"final_report": {"accuracy": 1}}';

  test.each<[string, string[], string | undefined]>([
    ['none', [event(0), event(1), report, event(2), ''], undefined],
    ['a class that records no events', [report, ''], undefined],
    ['an event that is recorded twice', [event(0), event(0), event(1), report, ''], undefined],
    ['a blank line', [event(0), '', report, ''], undefined],
    ['the last line is torn', [report, event(0), event(1).slice(0, 20)], 'it ends in the middle of a line'],
    ['the last line has no newline', [event(0), report], 'its last line has no newline'],
    [
      'a line in the midst is torn',
      [event(0), event(1).slice(0, 20) + event(2), report, ''],
      'its line 3 is torn',
    ],
    ['zeros where a disk was full', [event(0), '\0'.repeat(512), report, ''], 'its line 3 is torn'],
    [
      'events in the midst are missing',
      [event(0), event(3), event(4), report, ''],
      '2 of its 5 events are missing',
    ],
    ['the first events are missing', [event(2), report, ''], '2 of its 3 events are missing'],
  ])('record file: missing parts: %s', async (_, lines, problem) => {
    expect((await readRecordFile(recordFile('{"spec": {}}', ...lines)))?.problem).toBe(problem);
  });

  test('record file: missing parts: a line that is too long for memory', async () => {
    const path = recordFile(report, '');
    truncateSync(path, 70 * 1024 ** 2);
    expect(await readRecordFile(path)).toMatchObject({
      problem: expect.stringMatching(/^a line of it is longer than \d+ bytes$/),
    });
  });
});

test('record file: a report that is too long for a completion record is truncated', async () => {
  const report = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`m${n}`, 'x'.repeat(1000)]));
  const summary = await readRecordFile(recordFile(JSON.stringify({ final_report: report }), ''));
  const length = JSON.stringify(summary?.finalReport).length;
  expect(length).toBeLessThan(140 * 1024);
  expect(summary?.finalReport).toMatchObject({ m0: 'x'.repeat(1000), m100: 'x'.repeat(1000) });
});

test('record file: a missing file is undefined', async () => {
  expect(await readRecordFile(join(temporaryDirectory(), 'none'))).toBeUndefined();
});

test('parsePythonJson: NaN inside of text stays text', () => {
  expect(parsePythonJson('{"a": "x NaN \\" Infinity", "b": NaN}')).toEqual({
    a: 'x NaN " Infinity',
    b: 'NaN',
  });
});
