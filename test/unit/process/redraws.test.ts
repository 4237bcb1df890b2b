import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readLines } from '../../../src/process/group.ts';
import { readRedraws } from '../../../src/process/redraws.ts';

/** The lines and redraws that are reported for these chunks. */
async function read(chunks: readonly string[]): Promise<{ lines: string[]; redraws: string[] }> {
  const stream = new PassThrough();
  const [lines, redraws]: [string[], string[]] = [[], []];
  readLines(stream, (line) => lines.push(line));
  readRedraws(stream, (line) => redraws.push(line));
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
  return { lines, redraws };
}

test('redraws: each state of a progress bar is a redraw, and the last state is a line', async () => {
  const { lines, redraws } = await read(['\r 0%|  | 0/2', '\r50%|█ | 1/2', '\r100%|██| 2/2\n', 'done\n']);
  expect(redraws).toEqual([' 0%|  | 0/2', '50%|█ | 1/2']);
  expect(lines.at(-1)).toBe('done');
  expect(lines.at(-2)).toContain('100%|██| 2/2');
});

test('redraws: text before a carriage return is overwritten', async () => {
  const { redraws } = await read(['begun\n12%', '|█\r', '25%|██\r50%|████\r']);
  expect(redraws).toEqual(['12%|█', '50%|████']);
});

test('redraws: complete lines are not redraws', async () => {
  expect((await read(['one\n', 'two\r\n', 'three'])).redraws).toEqual([]);
});
