/**
 * Reads the record file that `oaieval` writes for one eval (evals/record.py, `LocalRecorder`): JSON lines, first
 * `{"spec": …}`, then events. `{"final_report": …}` is line 2 or the last one, because events are written in batches and at exit.
 */
import { lstat } from 'node:fs/promises';
import { LineTooLong, linesOfFile } from '../lines.ts';
import type { MetricValue } from '../model/completion-record.ts';
import { countIn, isObject, isWholeNumber } from './json-values.ts';
import { parsePythonJson } from './python-json.ts';

export interface RecordSummary {
  /** The final report, flattened: `{"a": {"b": 1}}` becomes `{"a/b": 1}`. Undefined when the eval wrote none. */
  readonly finalReport: Record<string, MetricValue> | undefined;
  /** Samples with at least one event; null when the eval records no events. */
  readonly samples: number | null;
  readonly events: number;
  /** Token usage, summed over the sampling events that have it. */
  readonly tokens: { readonly prompt: number; readonly completion: number; readonly total: number };
  /** Whether no event follows the final report. That is rare, because evals writes the last events when it exits. */
  readonly endsWithReport: boolean;
  /** Why a part of the record must be missing, as a clause; undefined when it looks complete. */
  readonly problem: string | undefined;
}

/** A longer line would not fit into the memory of a runner together with those of other evals. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** @returns undefined when there is no such file */
export async function readRecordFile(path: string): Promise<RecordSummary | undefined> {
  const record = new Reading();
  try {
    // A pipe would never end, and a link would get into the state in place of the record.
    if (!(await lstat(path)).isFile()) return record.summary('it is not a regular file');
    for await (const { bytes, ended } of linesOfFile(path, MAX_LINE_BYTES)) record.add(bytes, ended);
    return record.summary();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof LineTooLong) return record.summary(error.message);
    throw error;
  }
}

class Reading {
  #finalReport: Record<string, MetricValue> | undefined;
  #endsWithReport = false;
  #problem: string | undefined;
  #lines = 0;
  #events = 0;
  readonly #samples = new Set<string>();
  readonly #tokens = { prompt: 0, completion: 0, total: 0 };
  /** evals numbers the events of a run from 0, without a gap. */
  readonly #eventIds = new Set<number>();
  #lastEventId = -1;

  add(bytes: Buffer, ended: boolean): void {
    this.#lines += 1;
    const text = bytes.toString('utf8');
    const entry = parsePythonJson(text);
    if (!isObject(entry)) {
      if (!ended) this.#problem ??= 'it ends in the middle of a line';
      else if (entry === undefined && text.trim() !== '') this.#problem ??= `its line ${this.#lines} is torn`;
      return;
    }
    if (!ended) this.#problem ??= 'its last line has no newline';
    this.#endsWithReport = 'final_report' in entry;
    if (isObject(entry.final_report)) this.#finalReport = flatten(entry.final_report);
    if (isWholeNumber(entry.event_id)) {
      this.#eventIds.add(entry.event_id);
      this.#lastEventId = Math.max(this.#lastEventId, entry.event_id);
    }
    if (typeof entry.sample_id === 'string') this.#samples.add(entry.sample_id);
    if (typeof entry.type !== 'string') return;
    this.#events += 1;
    if (entry.type === 'sampling' && isObject(entry.data) && isObject(entry.data.usage)) {
      const usage = entry.data.usage;
      this.#tokens.prompt += countIn(usage.prompt_tokens);
      this.#tokens.completion += countIn(usage.completion_tokens);
      this.#tokens.total += countIn(usage.total_tokens);
    }
  }

  summary(problem = this.#problem ?? this.#gap()): RecordSummary {
    return {
      finalReport: this.#finalReport,
      samples: this.#samples.size > 0 ? this.#samples.size : null,
      events: this.#events,
      tokens: this.#tokens,
      endsWithReport: this.#endsWithReport,
      problem,
    };
  }

  #gap(): string | undefined {
    const missing = this.#lastEventId + 1 - this.#eventIds.size;
    return missing === 0 ? undefined : `${missing} of its ${this.#lastEventId + 1} events are missing`;
  }
}

/** Bounds for the metrics in a completion record, whose line has a bound. Characters are those of all names and values. */
const MAX_REPORT_CHARACTERS = 128 * 1024;
const MAX_METRICS = 5000;
const MAX_VALUE_CHARACTERS = 4096;
const MAX_DEPTH = 32;

/** Metrics that do not fit into a completion record are only in the record file. */
export function flatten(report: Record<string, unknown>): Record<string, MetricValue> {
  const metrics: Record<string, MetricValue> = {};
  let length = 0;
  let count = 0;
  for (const [name, value] of leaves(report, '')) {
    length += name.length + String(value).length;
    count += 1;
    if (length > MAX_REPORT_CHARACTERS || count > MAX_METRICS) break;
    metrics[name] = value;
  }
  return metrics;
}

function* leaves(
  report: Record<string, unknown>,
  prefix: string,
  depth = 0,
): Generator<[string, MetricValue]> {
  for (const [name, value] of Object.entries(report)) {
    const path = (prefix + name).slice(0, MAX_VALUE_CHARACTERS);
    if (isObject(value) && depth < MAX_DEPTH) yield* leaves(value, `${path}/`, depth + 1);
    else if (Array.isArray(value)) yield [path, listText(value)];
    else if (typeof value === 'string') yield [path, value.slice(0, MAX_VALUE_CHARACTERS)];
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) yield [path, value];
  }
}

function listText(value: readonly unknown[]): string {
  try {
    return JSON.stringify(value).slice(0, MAX_VALUE_CHARACTERS);
  } catch (error) {
    // A list that is nested too deeply overflows the stack.
    if (error instanceof RangeError) return '[…]';
    throw error;
  }
}
