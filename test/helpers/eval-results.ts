/** The result of an eval in its record file, without values that differ in each run. */
import { readFileSync } from 'node:fs';
import { parsePythonJson } from '../../src/record/python-json.ts';

export interface EvalResult {
  readonly report: Readonly<Record<string, unknown>>;
  /** The number of events of each type. */
  readonly counts: Readonly<Record<string, number>>;
  /** The sample, type and data of each event, sorted. */
  readonly events: readonly string[];
}

/** Replaces random names by numbers in their order. The games of make_me_say name speakers with uuid4. */
export function withoutRandomNames(text: string): string {
  const seen = new Map<string, string>();
  return text.replace(/\b[0-9a-f]{32}\b/g, (name) => {
    const known = seen.get(name) ?? `speaker ${seen.size + 1}`;
    seen.set(name, known);
    return known;
  });
}

/**
 * Metrics that differ in each run of `oaieval`, because they use Python's `random` without a seed: the functions
 * get_bootstrap_accuracy_std in evals/metrics.py and elsuite/skill_acquisition/utils.py.
 */
const RANDOM = /^boot?strap_std|^(baseline|retrieval|delta)_std$/;
/** Metrics of make_me_pay that also differ in each run: the duration of a game. */
const TIMES = /(^|_)duration_sec$/;

function comparable(report: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(report).map(([name, value]) => [
      name,
      RANDOM.test(name) || TIMES.test(name) ? typeof value : value,
    ]),
  );
}

function withoutTimes(name: string, value: unknown): unknown {
  return TIMES.test(name) ? typeof value : value;
}

interface RecordLine {
  readonly spec?: { readonly eval_name: string };
  readonly final_report?: Record<string, unknown>;
  readonly type?: string;
  readonly sample_id?: string;
  readonly data?: unknown;
}

/** Reads the record file of a completed eval. @returns the name of the eval and its result */
export function resultOf(path: string): [string, EvalResult] {
  let name: string | undefined;
  let report: Record<string, unknown> | undefined;
  const counts: Record<string, number> = {};
  const events: string[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const entry = parsePythonJson(line) as RecordLine;
    if (entry.spec) name = entry.spec.eval_name;
    else if (entry.final_report) report = comparable(entry.final_report);
    else {
      const { type = '', sample_id, data } = entry;
      counts[type] = (counts[type] ?? 0) + 1;
      events.push(withoutRandomNames(JSON.stringify([sample_id, type, data], withoutTimes)));
    }
  }
  if (name === undefined || report === undefined)
    throw new Error(`${path} is not the record file of a completed eval.`);
  return [name, { report, counts, events: events.sort() }];
}

/** Whether a wrong result would differ from the right one: at least one metric is not 0. */
export function isMeaningful({ report }: EvalResult): boolean {
  return Object.entries(report).some(
    ([name, value]) => typeof value === 'number' && value !== 0 && !name.startsWith('usage_'),
  );
}
