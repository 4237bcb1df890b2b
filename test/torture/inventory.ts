/** What a state directory holds, read without the code that wrote it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { TestMachine } from '../helpers/test-machine.ts';
import { REQUESTS } from './many-set.ts';

export interface Inventory {
  readonly done: ReadonlySet<string>;
  /** Answers that need not be asked for again: those of evals that are done, and those in journals. */
  readonly answers: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly wrong: readonly string[];
}

/** Reads a state directory without the code that wrote it. */
export function inventory(stateDirectory: string): Inventory {
  const stem = join(stateDirectory, 'gpt-4.many');
  const lines = (path: string) =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const wrong: string[] = [];
  const records = new Map<string, { metrics: Record<string, unknown> }>();
  lines(`${stem}.resume/completions.jsonl`).forEach((line, index, all) => {
    try {
      const record = JSON.parse(line) as { eval: string; metrics: Record<string, unknown> };
      records.set(record.eval, record);
    } catch {
      // The last one may be torn, which the next run heals.
      if (index < all.length - 1) wrong.push(`line ${index + 1} of completions.jsonl is no JSON`);
    }
  });
  const done = new Set(lines(`${stem}.progress.txt`).map((line) => (JSON.parse(line) as string[])[2] ?? ''));
  const metrics: Record<string, unknown> = {};
  for (const key of [...done].sort()) {
    const record = records.get(key);
    if (!record) wrong.push(`${key} is done without a completion record`);
    const log = `${stem}.resume/logs/${key}.jsonl`;
    if (!lines(log).some((line) => line.includes('"final_report"')))
      wrong.push(`${key} is done, and its record file has no final report`);
    metrics[key] = Object.entries(record?.metrics ?? {})
      .filter(([name]) => !name.endsWith('_std'))
      .sort();
  }
  let answers = sum([...done].map((key) => REQUESTS[key] ?? 0));
  const kept = new Map<string, Set<string>>();
  for (const root of [`${stem}.resume/journal`, `${stem}.live/journal`]) {
    if (!existsSync(root)) continue;
    for (const key of readdirSync(root)) {
      if (done.has(key)) continue;
      const answersOf = kept.get(key) ?? new Set();
      kept.set(key, answersOf);
      for (const segment of readdirSync(join(root, key))) {
        for (const line of lines(join(root, key, segment))) {
          const id = /"key":"([0-9a-f]{64})","n":(\d+)/.exec(line);
          if (id && line.endsWith('}')) answersOf.add(`${id[1]}/${id[2]}`);
        }
      }
    }
  }
  answers += sum([...kept.values()].map((each) => each.size));
  return { done, answers, metrics, wrong };
}

/** What the newest checkpoint in the cache holds. */
export function newestCheckpoint(machine: TestMachine): Inventory {
  const newest = machine.cache.entries().at(-1);
  const directory = mkdtempSync(join(tmpdir(), 'torture-checkpoint-'));
  try {
    if (newest)
      execFileSync('tar', ['-xf', '-', '-C', directory], { input: zstdDecompressSync(newest.archive) });
    return inventory(join(directory, 'tmp/oaievalset'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);
