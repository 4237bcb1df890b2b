/** Comparisons of models: what their job summary says. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareModels } from '../../../src/gate/ranking/compare-models.ts';
import type { ModelReport } from '../../../src/gate/ranking/shared-scores.ts';
import { wilson } from '../../../src/gate/statistics/wilson.ts';
import { renderComparison } from '../../../src/report/compare/summary.ts';
import { evalResult, evalSamples, results, sample, unfinished } from '../../helpers/report-builders.ts';

export interface Comparison {
  readonly name: string;
  readonly reports: readonly ModelReport[];
  readonly problems: readonly string[];
}

export const COMPARISONS: string = join(import.meta.dirname, '..', 'comparisons');

const SAMPLES = 60;
const HOSTILE = '[x](https://evil.example)|<img src=x>`@octocat';

/** @param wrong of each eval, how many of the first samples the model answers wrongly */
function modelReport(
  name: string,
  wrong: Readonly<Record<string, number>>,
  cost: number | null,
): ModelReport {
  const evals = Object.entries(wrong).map(([each, count]) => {
    const { low, high } = wilson(SAMPLES - count, SAMPLES);
    const interval = { low, high, method: 'wilson', n: SAMPLES } as const;
    const value = 1 - count / SAMPLES;
    return evalResult(each, {
      mainMetric: { name: 'accuracy', value, interval, higherIsBetter: true },
      cost,
    });
  });
  const samples = Object.entries(wrong).map(([each, count]) => {
    const all = Array.from({ length: SAMPLES }, (_, index) => sample(`${each}.dev.${index}`, index >= count));
    return [`${each}.dev.v0`, evalSamples(all)] as const;
  });
  return { name, results: results(evals, { model: name }), samples: new Map(samples) };
}

const strong = modelReport('gpt-strong', { topics: 4, tone: 6 }, 0.42);
const middle = modelReport('gpt-middle', { topics: 20, tone: 19 }, 0.08);
const close = modelReport('gpt-close', { topics: 21, tone: 19 }, null);

const hostile: ModelReport = {
  name: HOSTILE,
  results: results([evalResult('topics'), unfinished('tone', 'failed', HOSTILE)], { model: HOSTILE }),
  samples: new Map(),
};

export const comparisons: readonly Comparison[] = [
  { name: 'models-decisive', reports: [middle, close, strong], problems: [] },
  { name: 'models-not-decisive', reports: [middle, close], problems: [] },
  {
    name: 'models-incomplete',
    reports: [hostile, strong, middle],
    problems: [`${HOSTILE} is left out, because its results.json cannot be used: it is not JSON.`],
  },
];

export function summaryOf({ reports, problems }: Comparison): string {
  return renderComparison(compareModels(reports), problems);
}

export function writeComparison(comparison: Comparison): { markdown: string; directory: string } {
  const directory = join(COMPARISONS, comparison.name);
  mkdirSync(directory, { recursive: true });
  const markdown = summaryOf(comparison);
  writeFileSync(join(directory, 'summary.md'), markdown);
  return { markdown, directory };
}
