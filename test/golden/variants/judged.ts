/** Reports of runs over samples, judged as the action judges them. */
import { judge } from '../../../src/gate/judge.ts';
import { parseRules } from '../../../src/gate/rules/parse-rules.ts';
import type { Baseline } from '../../../src/model/baseline.ts';
import type { Report } from '../../../src/model/report.ts';
import type { EvalResult, Results } from '../../../src/model/results.ts';
import type { EvalSamples, Sample, SamplesByEval, SampleTexts } from '../../../src/model/sample.ts';
import { evalSamples, sample } from '../../helpers/report-builders.ts';
import { rated } from './samples.ts';
import { resultsOf } from './sets.ts';

export const LINKS = {
  serverUrl: 'https://github.com',
  repository: 'octo-org/support-bot',
  runId: '19850077311',
};

/** How an eval of the baseline differs from that of this run. */
export interface Before {
  /** Samples that got worse since, and better. */
  readonly worse: number;
  readonly better: number;
  readonly changes?: Partial<EvalResult>;
}

export interface JudgedRun {
  readonly evals: readonly EvalResult[];
  readonly changes?: Partial<Results>;
  readonly thresholds?: string;
  /** By name. Evals that are not named are the same in the baseline. */
  readonly before?: Readonly<Record<string, Before>>;
  /** Evals that only the baseline has. */
  readonly gone?: readonly EvalResult[];
  /** Evals that the baseline does not have. */
  readonly added?: readonly string[];
  readonly baseline?: 'none' | 'usable' | Extract<Baseline, { kind: 'unusable' }>;
  /** By id of the sample. */
  readonly texts?: Readonly<Record<'now' | 'before', Readonly<Record<string, Partial<SampleTexts>>>>>;
}

export function judgedReport(run: JudgedRun): Report {
  const { evals, changes, thresholds = '', gone = [], added = [], baseline = 'none', texts } = run;
  const results = resultsOf(evals, changes);
  const samples = samplesOf(evals, {}, texts?.now);
  const compared = [
    ...evals.filter(({ name, mainMetric }) => mainMetric !== null && !added.includes(name)),
    ...gone,
  ];
  const baselineSamples = samplesOf(compared, run.before ?? {}, texts?.before);
  const usable: Baseline = {
    kind: 'usable',
    source: {
      path: 'evals/baseline.json',
      runId: '19790012345',
      sha: 'abc1234def5678901234567890abcdef12345678',
      ref: 'refs/heads/main',
      model: 'gpt-4o-mini',
      ended: '2026-11-20T09:12:44.000Z',
    },
    results: resultsOf(compared.map((each) => resultBefore(each, run.before?.[each.name]))),
    samples: baselineSamples,
  };
  const used = baseline === 'none' ? undefined : baseline === 'usable' ? usable : baseline;
  return {
    results,
    verdict: judge({ results, samples, rules: parseRules(thresholds), baseline: used }),
    samples,
    baselineSamples: baseline === 'usable' ? baselineSamples : new Map(),
    links: LINKS,
  };
}

function resultBefore(result: EvalResult, before: Before | undefined): EvalResult {
  const { total, outcomes } = result.samples;
  if (before === undefined || total === null || outcomes === null) return result;
  const correct = outcomes.correct + before.worse - before.better;
  return { ...rated(result.name, correct, total), ...before.changes };
}

function samplesOf(
  evals: readonly EvalResult[],
  before: Readonly<Record<string, Before>>,
  texts: Readonly<Record<string, Partial<SampleTexts>>> = {},
): SamplesByEval {
  return new Map(
    evals.flatMap((each): [string, EvalSamples][] => {
      const samples = samplesOfEval(each, before[each.name]);
      return samples.length === 0 ? [] : [[each.key, evalSamples(samples, texts)]];
    }),
  );
}

/** The first ones are incorrect. Those that got worse are among them, and those that got better are the last. */
function samplesOfEval({ name, samples }: EvalResult, before: Before = { worse: 0, better: 0 }): Sample[] {
  const { total, outcomes } = samples;
  if (total === null || outcomes === null) return [];
  const incorrect = outcomes.incorrect;
  return Array.from({ length: total }, (_, at) => {
    const wasWorse = at >= total - before.better;
    const wasBetter = at < before.worse;
    return sample(`${name}.dev.${at}`, wasBetter || (at >= incorrect && !wasWorse));
  });
}
