/** Makes the results of a run from its outcomes and from the samples in their records. Pure. */
import { soundsHigherBetter } from '../gate/comparison/direction.ts';
import { meanInterval } from '../gate/statistics/mean-interval.ts';
import { meanOf } from '../gate/statistics/moments.ts';
import type { CompletionRecord, MetricValue } from '../model/completion-record.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { judgeOf } from '../model/judge.ts';
import { replacedIn } from '../model/model-map.ts';
import type { Outcome } from '../model/outcome.ts';
import { ownValue } from '../model/own-value.ts';
import { JUDGE_PART, MODEL_MAP_PART } from '../model/part-names.ts';
import type { PlannedEval } from '../model/plan.ts';
import { noPricing, type Prices, type Pricing } from '../model/price.ts';
import type { Counts, EvalResult, Interval, MainMetric, Results, Totals } from '../model/results.ts';
import type { EvalSamples } from '../model/sample.ts';
import { countOutcomes } from '../model/sample-counts.ts';
import { evalCost, runCosts, usedPrices } from './costs.ts';
import { describeReused } from './describe-reused.ts';
import { endOfOutput } from './end-of-output.ts';
import { mainMetric } from './main-metric.ts';

export function summarize(run: FinishedRun, pricing: Pricing = noPricing): Results {
  const { model, evalSet, facts, shard, outcomes, excluded, ended } = run;
  const { versions, judgeModel, modelMap, args } = facts;
  const evals = [
    ...outcomes.map((outcome) => evalResult(outcome, run, pricing.prices)),
    ...excluded.map(excludedEval),
  ];
  const prices = usedPrices(run, pricing);
  return {
    run: { ...facts.run, ended: ended.toISOString() },
    versions,
    model,
    evalSet,
    judgeModel,
    modelMap,
    adaptations: distinct(evals.flatMap(({ adaptations }) => adaptations)),
    args,
    ...(shard ? { shard } : {}),
    ...(facts.estimate ? { estimate: facts.estimate } : {}),
    totals: totalsOf(run, pricing.prices),
    ...(prices ? { prices } : {}),
    evals,
  };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function totalsOf({ outcomes, excluded, traffic }: FinishedRun, prices: Prices): Totals {
  const { sent, replayed, retried, failed, tokensSent, tokensReplayed } = traffic;
  return {
    evals: countsOf(outcomes, excluded.length),
    requests: { sent, replayed, retried, failed },
    tokens: tokensSent,
    replayedTokens: tokensReplayed,
    ...runCosts(traffic, prices),
  };
}

function countsOf(outcomes: readonly Outcome[], excluded: number): Counts {
  const number = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const [fresh, reused] = [number('fresh'), number('reused')];
  return {
    total: outcomes.length,
    completed: fresh + reused,
    fresh,
    reused,
    failed: number('failed'),
    pending: number('pending'),
    excluded,
  };
}

function evalResult(outcome: Outcome, { facts, samples, attempts }: FinishedRun, prices: Prices): EvalResult {
  const { eval: planned, status } = outcome;
  const base: EvalResult = {
    ...emptyEval(planned.key, planned.name),
    evalClass: planned.evalClass ?? null,
    status,
    decision: ownValue(facts.decisions, planned.key) ?? null,
    judge: judgeOf(planned) ?? null,
    attempts: attempts.get(planned.key) ?? 0,
  };
  if (status === 'failed') {
    const { reason, failure, lastLines, recorded = 0 } = outcome;
    const { type = null, place = null, sample = null } = failure ?? {};
    const error = { type, message: reason, place, sample, lastLines: endOfOutput(lastLines) };
    return { ...base, note: reason, recorded, error };
  }
  if (status === 'pending') return { ...base, note: outcome.reason, recorded: outcome.recorded ?? 0 };
  const { record } = outcome;
  if (!record) return { ...base, note: 'done by oaievalset, no results recorded' };
  const { key, metrics: preferred } = planned;
  const intervals = intervalsOf(record.metrics, samples.get(key));
  return {
    ...base,
    metrics: record.metrics,
    mainMetric: mainMetricOf(mainMetric(preferred, record.metrics), intervals, planned),
    intervals,
    samples: countOutcomes(samples.get(key)?.samples ?? [], record.samples),
    ...effortOf(record),
    ...(record.reusedAnswers ? { reusedAnswers: record.reusedAnswers } : {}),
    note: describeReused(record),
    cost: evalCost(record, prices),
    adaptations: record.adaptations,
    replacedModels: Object.fromEntries(replacedIn(record.models ?? {}).map(([name, live]) => [name, live])),
    comparable: comparablePartsOf(record),
  };
}

function emptyEval(key: string, name: string): EvalResult {
  return {
    key,
    name,
    evalClass: null,
    status: 'excluded',
    decision: null,
    judge: null,
    metrics: {},
    mainMetric: null,
    intervals: {},
    samples: { total: null, outcomes: null, coverage: null },
    tokens: null,
    requests: null,
    cost: null,
    tookMs: null,
    attempts: 0,
    run: null,
    error: null,
    note: '',
    recorded: 0,
    adaptations: [],
    replacedModels: {},
    comparable: {},
  };
}

function excludedEval(key: string): EvalResult {
  return emptyEval(key, key);
}

/** What it took to complete the eval. */
function effortOf(record: CompletionRecord): Pick<EvalResult, 'tokens' | 'requests' | 'tookMs' | 'run'> {
  const { tokens, requests, started, ended, run } = record;
  return {
    tokens,
    requests,
    tookMs: Date.parse(ended) - Date.parse(started),
    run: { id: run.id, attempt: run.attempt },
  };
}

function mainMetricOf(
  main: { readonly name: string; readonly value: MetricValue } | undefined,
  intervals: EvalResult['intervals'],
  planned: PlannedEval,
): MainMetric | null {
  return main
    ? {
        ...main,
        interval: ownValue(intervals, main.name) ?? null,
        higherIsBetter: isHigherBetter(main.name, planned),
      }
    : null;
}

/** The registry says it of the first of its metrics, which some classes do not report. `true` is also what it says by default. */
function isHigherBetter(name: string, { metrics: [first], higherIsBetter = true }: PlannedEval): boolean {
  if (name === first || (first === undefined && !higherIsBetter)) return higherIsBetter;
  return soundsHigherBetter(name);
}

/** How far the mean over the samples may be from the metric that evals reported. Sums in another order differ less. */
const ROUNDING = 1e-9;

/**
 * Of each metric that is the mean over the samples in the record. A class may compute a metric in another way, and then its
 * interval is not known.
 */
function intervalsOf(
  metrics: Readonly<Record<string, MetricValue>>,
  samples: EvalSamples | undefined,
): Record<string, Interval> {
  const found: [string, Interval][] = [];
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== 'number' || !samples) continue;
    const scores = samples.samples.flatMap((sample) => ownValue(sample.scores, name) ?? []);
    if (scores.length === 0 || Math.abs(meanOf(scores) - value) > ROUNDING) continue;
    const interval = meanInterval(scores);
    if (interval) found.push([name, interval]);
  }
  return Object.fromEntries(found);
}

/** Results of evals that differ in one of these cannot be compared. */
const COMPARABLE_PARTS = ['spec', 'evals', 'modelgraded', JUDGE_PART, MODEL_MAP_PART] as const;

function comparablePartsOf({ parts }: CompletionRecord): Record<string, string> {
  return Object.fromEntries(
    COMPARABLE_PARTS.flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]] as const])),
  );
}
