/** Writes `results.json`: the results of a run and their verdict. It needs no schema, which takes time to make. */
import type { EvalResult, Results } from '../model/results.ts';
import type { Verdict } from '../model/verdict.ts';
import { compareText } from '../text.ts';
import { layOut } from './layout.ts';

export interface ResultsFile extends Results {
  readonly version: 1;
  readonly verdict: Verdict;
}

/** The text of results.json. The same results always give the same text, so that a committed file changes only where they do. */
export function formatResults(results: Results, verdict: Verdict): string {
  const file: ResultsFile = { version: 1, ...results, evals: results.evals.map(inOrder), verdict };
  return `${layOut(file)}\n`;
}

/** The order of these names depends on which request of an eval was answered first. */
function inOrder(result: EvalResult): EvalResult {
  const { metrics, intervals, replacedModels, comparable } = result;
  return {
    ...result,
    metrics: sorted(metrics),
    intervals: sorted(intervals),
    replacedModels: sorted(replacedModels),
    comparable: sorted(comparable),
  };
}

function sorted<T>(object: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => compareText(a, b)));
}
