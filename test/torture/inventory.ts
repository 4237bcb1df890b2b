/** The content of a state directory, read without the code that wrote it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { TestMachine } from '../helpers/test-machine.ts';
import { REQUESTS } from './many-set.ts';

export interface Inventory {
  /** The keys of the completed evals. */
  readonly done: ReadonlySet<string>;
  /** Responses that need not be requested again: those of completed evals, and those in journals. */
  readonly responses: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Damage that must not occur. */
  readonly wrong: readonly string[];
}

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
      // The last line may be incomplete: the next run repairs it.
      if (index < all.length - 1) wrong.push(`line ${index + 1} of completions.jsonl is not JSON`);
    }
  });
  const done = new Set(lines(`${stem}.progress.txt`).map((line) => (JSON.parse(line) as string[])[2] ?? ''));
  const mark = `${stem}.resume/lines-to-write.json`;
  const toBeWritten = existsSync(mark) ? readFileSync(mark, 'utf8') : '';
  for (const key of records.keys())
    if (!done.has(key) && !toBeWritten.includes(JSON.stringify(key)))
      wrong.push(
        `${key} has a completion record, but neither a progress line nor a mark that its line is being written`,
      );
  const metrics: Record<string, unknown> = {};
  for (const key of [...done].sort()) {
    const record = records.get(key);
    if (!record) wrong.push(`${key} is in the progress file, but has no completion record`);
    const log = `${stem}.resume/logs/${key}.jsonl`;
    if (!lines(log).some((line) => line.includes('"final_report"')))
      wrong.push(`${key} is in the progress file, but its record file has no final report`);
    metrics[key] = Object.entries(record?.metrics ?? {})
      .filter(([name]) => !name.endsWith('_std'))
      .sort();
  }
  const recorded = new Map<string, Set<string>>();
  for (const root of [`${stem}.resume/journal`, `${stem}.live/journal`]) {
    if (!existsSync(root)) continue;
    for (const key of readdirSync(root)) {
      if (done.has(key)) continue;
      const responsesOf = recorded.get(key) ?? new Set();
      recorded.set(key, responsesOf);
      for (const segment of readdirSync(join(root, key))) {
        for (const line of lines(join(root, key, segment))) {
          const id = /"key":"([0-9a-f]{64})","n":(\d+)/.exec(line);
          if (id && line.endsWith('}')) responsesOf.add(`${id[1]}/${id[2]}`);
        }
      }
    }
  }
  const completed = sum([...done].map((key) => REQUESTS[key] ?? 0));
  const responses = completed + sum([...recorded.values()].map((each) => each.size));
  return { done, responses, metrics, wrong };
}

/** The content of the newest checkpoint in the cache. */
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
