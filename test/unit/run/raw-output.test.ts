import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RawOutput } from '../../../src/run/raw-output.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

function paths() {
  const directory = temporaryDirectory();
  return { live: join(directory, 'live/a.log'), kept: join(directory, 'logs/a.log') };
}

test('RawOutput: keeps all lines, and replaces what an earlier run left', () => {
  const { live, kept } = paths();
  new RawOutput(live).keep(kept);
  expect(existsSync(kept)).toBe(false);
  for (const lines of [['old'], ['new', 'lines']]) {
    const raw = new RawOutput(live);
    for (const line of lines) raw.append(line);
    raw.keep(kept);
  }
  expect(readFileSync(kept, 'utf8')).toBe('new\nlines\n');
  expect(existsSync(live)).toBe(false);
});

test('RawOutput: of much output it keeps the end, in whole lines and at most 1 MiB', () => {
  const { live, kept } = paths();
  const raw = new RawOutput(live);
  for (let line = 0; line < 100_000; line += 1) raw.append(`line ${line} ${'é'.repeat(20)}`);
  raw.keep(kept);
  const [note, ...lines] = readFileSync(kept, 'utf8').trimEnd().split('\n');
  expect(note).toBe('(earlier output is left out)');
  const first = 100_000 - lines.length;
  expect(lines).toEqual(lines.map((_, n) => `line ${first + n} ${'é'.repeat(20)}`));
  expect(lines.length).toBeGreaterThan(8_000);
  expect(readFileSync(kept).length).toBeLessThanOrEqual(1 << 20);
});

test('RawOutput: without a place to write there is no file, and no error', () => {
  const { live, kept } = paths();
  writeFileSync(join(live, '../..', 'live'), '');
  const raw = new RawOutput(live);
  for (let line = 0; line < 10_000; line += 1) raw.append('some output');
  raw.keep(kept);
  expect(existsSync(kept)).toBe(false);
});
