/** What benchmarks share: processes of their own, load, medians. Times are milliseconds. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';

/** One section of RESULTS.md. */
export interface Section {
  readonly title: string;
  readonly markdown: string;
  /** What was not reached, a line each. */
  readonly missed: readonly string[];
}

/** What a row should come to, and whether it does. */
export interface Aim {
  readonly text: string;
  readonly met: boolean;
}

/** `< 2 s`, `≥ 12 times as fast`: of several measurements the median counts. */
export function aim(
  sign: '<' | '≤' | '>' | '≥',
  limit: number,
  unit: string,
  measured: number | readonly number[],
): Aim {
  const value = typeof measured === 'number' ? measured : median(measured);
  const met = { '<': value < limit, '≤': value <= limit, '>': value > limit, '≥': value >= limit }[sign];
  return { text: `${sign} ${limit.toLocaleString('en')} ${unit}`, met };
}

export function aims(...all: readonly Aim[]): Aim {
  return { text: all.map(({ text }) => text).join(', '), met: all.every(({ met }) => met) };
}

export const NO_AIM: Aim = { text: '', met: true };

/** Ends with the aim of the row. */
export type Row = readonly [what: string, ...measured: string[], aim: Aim];

/** A section with one table, which says what was missed. `head` names the cells before the aim. */
export function section(
  title: string,
  intro: string,
  head: readonly string[],
  rows: readonly Row[],
): Section {
  const shown = rows.map((row) => {
    const { text, met } = row.at(-1) as Aim;
    return { cells: row.slice(0, -1) as string[], text, met };
  });
  const cells = shown.map((row) => [...row.cells, row.met ? row.text : `**missed:** ${row.text}`]);
  const missed = shown
    .filter(({ met }) => !met)
    .map((row) => `${row.cells.filter((cell) => cell !== '').join(' | ')}, where the aim is ${row.text}`);
  const markdown = [intro, table([...head, 'aim'], cells)].filter((part) => part !== '').join('\n\n');
  return { title, markdown, missed };
}

/** Runs each of the contenders so many times, in turns that begin at one end and at the other: no cold cache favours us. */
export async function inTurns(turns: number, ...contenders: readonly (() => Promise<void>)[]): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    for (const run of turn % 2 === 0 ? contenders.toReversed() : contenders) await run();
  }
}

/** Options of the command line; a bench takes those that mean something to it. */
export interface BenchOptions {
  readonly pairs: number;
  /** Samples of the large eval. */
  readonly samples: number;
  /** Empty: all of them. */
  readonly parts: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = low] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** `12.3 s (11.9–12.8)`: the median, and the least and the most. */
export function spread(values: readonly number[], unit = '', digits = 1): string {
  const shown = (value: number) => value.toFixed(digits);
  return `${shown(median(values))}${unit} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A program of this repository in a process of its own that answers messages with messages. */
export class Program {
  readonly #child: ChildProcess;

  constructor(path: string, args: readonly string[] = []) {
    this.#child = fork(join(import.meta.dirname, path), [...args]);
  }

  /** The next message it sends. */
  async message<T>(): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const ended = (code: number | null) => reject(new Error(`a program of the benchmark ended with ${code}`));
    this.#child.once('message', resolve as (message: unknown) => void).once('exit', ended);
    return await promise.finally(() => this.#child.off('message', resolve).off('exit', ended));
  }

  async ask<T>(question: string): Promise<T> {
    const answer = this.message<T>();
    this.#child.send(question);
    return await answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

export interface Load {
  /** Milliseconds from the first request to the last answer. */
  readonly elapsed: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
}

/** Sends chat completions `from` up to `to`, so many at a time. Throws on any answer that is not 200. */
export async function chat(base: string, from: number, to: number, inFlight: number): Promise<Load> {
  const url = new URL(base);
  const pool = new Pool(url.origin, { connections: inFlight });
  const latencies: number[] = [];
  let next = from;
  const one = async (): Promise<void> => {
    while (next < to) {
      const content = `What is the capital of country number ${next++}?`;
      const begun = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: `${url.pathname}/chat/completions`,
        headers: { authorization: 'Bearer none', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content }], temperature: 0 }),
      });
      await body.text();
      if (statusCode !== 200) throw new Error(`answered with ${statusCode}`);
      latencies.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, one));
  const elapsed = performance.now() - begun;
  await pool.close();
  return { elapsed, latencies };
}
