/** Finds out about one eval what can be known without the others. */
import { asSentence } from '../../model/format.ts';
import { ownValue } from '../../model/own-value.ts';
import type { EvalResult, Interval } from '../../model/results.ts';
import type { EvalSamples } from '../../model/sample.ts';
import type { SampleFlip } from '../../model/verdict.ts';
import { intervalDifference } from '../statistics/interval-difference.ts';
import { meanOf } from '../statistics/moments.ts';
import { changesOf } from './comparability.ts';
import { isHigherBetter } from './direction.ts';
import type { Finding, Subject, UntestedFinding } from './finding.ts';
import { flipsOf } from './flips.ts';
import { pairedDifference } from './paired-difference.ts';
import { type Pairing, pairSamples, scoreOf } from './pairs.ts';
import { metricAtStart, nameText } from './words.ts';

/** One eval in this run or in the baseline. */
export interface EvalSide {
  /** Undefined when the run did not have it. */
  readonly result: EvalResult | undefined;
  readonly samples: EvalSamples | undefined;
  readonly evalsVersion: string;
}

export interface Examined {
  readonly subject: Subject;
  readonly finding: Finding;
  readonly onlyNow: number;
  readonly onlyBefore: number;
  readonly flips: readonly SampleFlip[];
}

/**
 * @param metric undefined: the main metric of the eval
 * @param hasSamples whether the baseline has a samples.jsonl
 */
export function examine(
  now: EvalSide,
  before: EvalSide,
  metric: string | undefined,
  hasSamples: boolean,
): Examined {
  const subject = subjectOf(now.result, before.result, metric);
  const nothing = { subject, onlyNow: 0, onlyBefore: 0, flips: [] };
  const both = resultsOf(now.result, before.result);
  if (both.kind === 'untested') return { ...nothing, finding: both };
  const changes = changesOf({ ...before, result: both.before }, { ...now, result: both.now });
  if (changes.length > 0)
    return { ...nothing, finding: untested('not-comparable', asSentence(joined(changes))) };
  if (subject.before === null || subject.now === null)
    return { ...nothing, finding: untested(withoutNumber(subject), missingMetric(subject)) };
  const values = { before: subject.before, now: subject.now };
  const unpaired = whyUnpaired(now, before, subject.metric, values, hasSamples);
  if (unpaired !== null) return { ...nothing, finding: compareIntervals(both, subject, values, unpaired) };
  const pairing = pairSamples(now.samples?.samples ?? [], before.samples?.samples ?? [], subject.metric);
  return { ...findInPairs(pairing, subject), onlyNow: pairing.onlyNow, onlyBefore: pairing.onlyBefore };
}

function findInPairs({ pairs }: Pairing, subject: Subject): Pick<Examined, 'subject' | 'finding' | 'flips'> {
  if (pairs.length === 0) {
    const sentence = 'No sample has the same content in both runs, so nothing can be compared.';
    return { subject, finding: untested('too-few', sentence), flips: [] };
  }
  const paired = pairedDifference(pairs, subject.higherIsBetter);
  return { subject, finding: { kind: 'pairs', paired }, flips: flipsOf(pairs, subject.higherIsBetter) };
}

function subjectOf(
  now: EvalResult | undefined,
  before: EvalResult | undefined,
  chosen: string | undefined,
): Subject {
  const metric = chosen ?? now?.mainMetric?.name ?? before?.mainMetric?.name ?? '';
  return {
    key: now?.key ?? before?.key ?? '',
    name: now?.name ?? before?.name ?? '',
    metric,
    higherIsBetter: isHigherBetter(metric, [now, before]),
    before: numberOf(before, metric),
    now: numberOf(now, metric),
  };
}

/** Null unless it is a finite number. */
function numberOf(result: EvalResult | undefined, metric: string): number | null {
  const value = result && ownValue(result.metrics, metric);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function untested(status: UntestedFinding['status'], sentence: string): UntestedFinding {
  return { kind: 'untested', status, sentence };
}

/** An eval that is completed on both sides. */
interface Both {
  readonly kind: 'both';
  readonly now: EvalResult;
  readonly before: EvalResult;
}

function resultsOf(now: EvalResult | undefined, before: EvalResult | undefined): Both | UntestedFinding {
  if (!now) return untested('missing', 'Only the baseline has this eval.');
  if (now.status === 'failed')
    return untested('incomplete', 'This eval failed in this run, so it is not compared.');
  if (now.status === 'pending')
    return untested('incomplete', 'This eval is still pending in this run, so it is not compared.');
  if (!before || before.status === 'excluded')
    return untested('missing', 'The baseline does not have this eval.');
  if (!hasResult(now)) return untested('missing', 'This run has no recorded result of this eval.');
  if (!hasResult(before)) return untested('missing', 'The baseline has no recorded result of this eval.');
  return { kind: 'both', now, before };
}

/** Evals that `oaievalset` completed have none. */
function hasResult({ metrics }: EvalResult): boolean {
  return Object.keys(metrics).length > 0;
}

/** Missing is what one side has, and the other one does not. */
function withoutNumber({ before, now }: Subject): UntestedFinding['status'] {
  return before === null && now === null ? 'not-comparable' : 'missing';
}

function missingMetric({ metric, before, now }: Subject): string {
  if (metric === '') return 'This eval reports no metric that can be compared.';
  if (before === null && now === null) return `Neither run reports a number for ${nameText(metric)}.`;
  return `${now === null ? 'This run' : 'The baseline'} reports no number for ${nameText(metric)}.`;
}

interface Values {
  readonly before: number;
  readonly now: number;
}

/** Null when samples can be paired. */
function whyUnpaired(
  now: EvalSide,
  before: EvalSide,
  metric: string,
  values: Values,
  hasSamples: boolean,
): string | null {
  if (!hasSamples) return 'no samples.jsonl lies beside the baseline';
  const [scoresNow, scoresBefore] = [scoresOf(now, metric), scoresOf(before, metric)];
  const without = (where: string) => `the samples of ${where} have no score for ${nameText(metric)}`;
  if (scoresNow.length === 0) return without('this run');
  if (scoresBefore.length === 0) return without('the baseline');
  return isMean(values.now, scoresNow) && isMean(values.before, scoresBefore)
    ? null
    : 'it is not the mean over the samples';
}

function scoresOf({ samples }: EvalSide, metric: string): number[] {
  return (samples?.samples ?? []).flatMap((sample) => scoreOf(sample, metric) ?? []);
}

/** Classes round their means to two digits at least (evals/elsuite/function_deduction/eval.py). */
const MAX_ROUNDING = 0.005 + 1e-9;

/**
 * A metric may be named like a score of samples without being its mean: evals' schelling_point computes its rate of errors over events,
 * and make_me_pay counts samples. What is tested must be what is shown.
 */
function isMean(value: number, scores: readonly number[]): boolean {
  return Math.abs(meanOf(scores) - value) <= MAX_ROUNDING + Math.abs(value) * 1e-9;
}

function compareIntervals(
  { now, before }: Both,
  { metric }: Subject,
  values: Values,
  unpaired: string,
): Finding {
  const [intervalNow, intervalBefore] = [intervalOf(now, metric), intervalOf(before, metric)];
  if (!intervalNow || !intervalBefore) {
    const without = intervalNow ? 'in the baseline' : intervalBefore ? 'in this run' : 'in either run';
    const sentence = `${metricAtStart(metric)} cannot be tested: ${unpaired}, and it has no interval ${without}.`;
    return untested('not-comparable', sentence);
  }
  return {
    kind: 'intervals',
    ...values,
    isRate: intervalNow.method === 'wilson' && intervalBefore.method === 'wilson',
    p: intervalDifference(
      { value: values.before, interval: intervalBefore },
      { value: values.now, interval: intervalNow },
    ),
    unpaired,
  };
}

function intervalOf({ intervals, mainMetric }: EvalResult, metric: string): Interval | null {
  return ownValue(intervals, metric) ?? (mainMetric?.name === metric ? mainMetric.interval : null);
}

/** `a`, `a and b`, `a, b and c` */
function joined(clauses: readonly string[]): string {
  const last = clauses.at(-1) ?? '';
  return clauses.length < 2 ? last : `${clauses.slice(0, -1).join(', ')} and ${last}`;
}
