import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePythonJson, readRecordFile } from '../../src/run/record-file.ts';
import { temporaryDirectory } from '../helpers/builders.ts';

const sampling = (sample: string, usage?: object) =>
  JSON.stringify({ sample_id: sample, type: 'sampling', data: { prompt: 'p', usage } });

function recordFile(...lines: string[]): string {
  const path = join(temporaryDirectory(), 'record.jsonl');
  writeFileSync(path, lines.join('\n'));
  return path;
}

test('finds the final report wherever it stands, flattened, and counts samples and tokens', async () => {
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
    tokens: { prompt: 4, completion: 3, total: 7 },
  });
});

test('an interrupted eval has no final report', async () => {
  expect((await readRecordFile(recordFile('{"spec": {}}', sampling('a.0'))))?.finalReport).toBeUndefined();
});

test.each<[string, string, object]>([
  ['a report that is none', '{"final_report": "accuracy 1"}', { finalReport: undefined }],
  ['a line that is no object', '[{"final_report": {"a": 1}}]', { finalReport: undefined }],
  ['an empty report', '{"final_report": {}}', { finalReport: {} }],
  [
    'values of every kind',
    '{"final_report": {"yes": true, "none": null, "no": {}, "n": -1.5}}',
    { finalReport: { yes: true, none: null, n: -1.5 } },
  ],
  [
    'a text that is very long',
    JSON.stringify({ final_report: { text: 'x'.repeat(10_000) } }),
    { finalReport: { text: 'x'.repeat(4096) } },
  ],
  [
    'a list that is very long',
    JSON.stringify({ final_report: { list: Array.from({ length: 10_000 }, () => 1) } }),
    { finalReport: { list: `[${'1,'.repeat(2047)}1` } },
  ],
  ['no event of a sample', '{"spec": {}}', { samples: null }],
  [
    'counts that are none',
    sampling('a.0', { prompt_tokens: -3, completion_tokens: '2', total_tokens: 0.5 }),
    { samples: 1, tokens: { prompt: 0, completion: 0, total: 0 } },
  ],
  [
    'usage that is none',
    '{"type": "sampling", "data": {"usage": 7}}',
    { tokens: { prompt: 0, completion: 0, total: 0 } },
  ],
])('%s', async (_, line, expected) => {
  expect(await readRecordFile(recordFile(line))).toMatchObject(expected);
});

test('a record that cannot be read is an error, not an eval without a report', async () => {
  await expect(readRecordFile(temporaryDirectory())).rejects.toThrow('EISDIR');
});

test('a missing file is no record', async () => {
  expect(await readRecordFile(join(temporaryDirectory(), 'none'))).toBeUndefined();
});

test('NaN inside of text stays text', () => {
  expect(parsePythonJson('{"a": "x NaN \\" Infinity", "b": NaN}')).toEqual({
    a: 'x NaN " Infinity',
    b: 'NaN',
  });
});
