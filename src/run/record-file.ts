/**
 * Reads what `oaieval` recorded of one eval (evals/record.py, `LocalRecorder`): JSON lines, the first `{"spec": …}`,
 * then events, and `{"final_report": …}` as line 2 or last, because events are flushed in batches and at exit.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { MetricValue } from '../progress/completion-record.ts';

export interface RecordSummary {
  /** The final report, flattened: `{"a": {"b": 1}}` is `{"a/b": 1}`. Undefined when the eval wrote none. */
  readonly finalReport: Record<string, MetricValue> | undefined;
  /** Samples with at least one event; null when the eval records no events. */
  readonly samples: number | null;
  /** Token usage, summed over the sampling events that carry it. */
  readonly tokens: { readonly prompt: number; readonly completion: number; readonly total: number };
}

/** @returns undefined when there is no such file. A line that is no JSON (torn by a kill) is passed over. */
export async function readRecordFile(path: string): Promise<RecordSummary | undefined> {
  let finalReport: Record<string, MetricValue> | undefined;
  const samples = new Set<string>();
  const tokens = { prompt: 0, completion: 0, total: 0 };
  try {
    for await (const line of createInterface({
      input: createReadStream(path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      const entry = parsePythonJson(line);
      if (!isObject(entry)) continue;
      if (isObject(entry.final_report)) finalReport = flatten(entry.final_report);
      if (typeof entry.sample_id === 'string') samples.add(entry.sample_id);
      if (entry.type === 'sampling' && isObject(entry.data) && isObject(entry.data.usage)) {
        const usage = entry.data.usage;
        tokens.prompt += count(usage.prompt_tokens);
        tokens.completion += count(usage.completion_tokens);
        tokens.total += count(usage.total_tokens);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { finalReport, samples: samples.size > 0 ? samples.size : null, tokens };
}

/** JSON as Python's `json` writes it: with `NaN`, `Infinity` and `-Infinity`, which come back as strings of that name. */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
    try {
      return JSON.parse(quoted);
    } catch {
      return undefined;
    }
  }
}

function flatten(report: Record<string, unknown>, prefix = ''): Record<string, MetricValue> {
  const metrics: Record<string, MetricValue> = {};
  for (const [name, value] of Object.entries(report)) {
    const path = prefix + name;
    if (isObject(value)) Object.assign(metrics, flatten(value, `${path}/`));
    else if (Array.isArray(value)) metrics[path] = JSON.stringify(value).slice(0, 4096);
    else if (typeof value === 'string') metrics[path] = value.slice(0, 4096);
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) metrics[path] = value;
  }
  return metrics;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
