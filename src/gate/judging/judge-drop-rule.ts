/** Judges a rule about the difference from the baseline. */
import type { EvalResult, Results } from '../../model/results.ts';
import type { ComparisonStatus, EvalComparison, RuleStatus, RuleVerdict } from '../../model/verdict.ts';
import type { DropRule } from '../rules/rule.ts';
import { MIN_SAMPLES } from '../statistics/mean-interval.ts';
import { thresholdFigure } from './figures.ts';
import { type Clauses, type Finding, notJudged, ruleVerdict } from './finding.ts';
import { whyWithoutResults } from './read-value.ts';
import { matching, shownName, whyUnmatched } from './select-evals.ts';

/**
 * @param before the evals of the baseline
 * @param comparisons of all evals, by the metric and with the tolerance of the rule. So the p-values are corrected over the whole
 * set: many rules about one eval each raise no more false alarms than one rule about all.
 */
export function judgeDropRule(
  rule: DropRule,
  now: Results,
  before: Results,
  comparisons: readonly EvalComparison[],
): RuleVerdict {
  const { glob, metric } = rule;
  const about =
    glob === null ? withMetric(metric, comparisons, now.evals, before.evals) : matching(glob, comparisons);
  const results = new Map(now.evals.map((result) => [result.key, result]));
  if (about.length > 0)
    return ruleVerdict(
      rule,
      about.map((each) => findingOf(each, results.get(each.key), rule)),
      clausesOf(rule),
    );
  const why =
    glob === null
      ? `No eval reports ${metric}, neither now nor in the baseline.`
      : whyUnmatched(glob, now.evals);
  return notJudged(rule, why);
}

/** Of evals that report the metric in either run, and of evals whose metrics are not known. */
function withMetric(
  metric: string,
  comparisons: readonly EvalComparison[],
  now: readonly EvalResult[],
  before: readonly EvalResult[],
): readonly EvalComparison[] {
  const keys = new Set([
    ...[...now, ...before].filter(({ metrics }) => Object.hasOwn(metrics, metric)).map(({ key }) => key),
    ...now.filter((each) => whyWithoutResults(each) !== undefined).map(({ key }) => key),
  ]);
  return comparisons.filter(({ key }) => keys.has(key));
}

const STATUSES: Readonly<Record<ComparisonStatus, RuleStatus>> = {
  degraded: 'missed',
  improved: 'met',
  'within-noise': 'met',
  'too-few': 'not-judged',
  'not-comparable': 'not-judged',
  missing: 'not-judged',
  incomplete: 'not-judged',
};

/** @param result of this run; undefined when only the baseline has the eval */
function findingOf(comparison: EvalComparison, result: EvalResult | undefined, rule: DropRule): Finding {
  const { difference, before, now } = comparison;
  const status = STATUSES[comparison.status];
  const value = difference ?? (before !== null && now !== null ? now - before : null);
  const shown = value === null ? 'its difference is not known' : inUnit(value, rule);
  return {
    eval: comparison,
    status,
    value,
    brief: status === 'not-judged' ? reasonFor(comparison, result) : shown,
    sentence: `${shownName(comparison)}: ${comparison.sentence}${status === 'missed' ? ` ${allowed(rule)}` : ''}`,
  };
}

function allowed(rule: DropRule): string {
  return `The rule allows ${rule.tolerance === 0 ? 'no drop' : `a drop of ${inUnit(rule.tolerance, rule)}`}.`;
}

/** `the judge changed (a → b)` */
function asClause(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}

/** For lists. The sentence of the eval says more. */
function reasonFor(
  { status, before, now, sentence }: EvalComparison,
  result: EvalResult | undefined,
): string {
  if (result === undefined) return 'only the baseline has it';
  const why = whyWithoutResults(result);
  if (why !== undefined) return why;
  if (status === 'too-few') return `fewer than ${MIN_SAMPLES} of its samples can be paired with the baseline`;
  if (before === null && now === null) return 'neither run reports a number for it';
  if (status === 'not-comparable') return asClause(sentence);
  return now === null ? 'the eval reports no number for it' : 'the baseline has no number for it';
}

function clausesOf(rule: DropRule): Clauses {
  const { metric, tolerance } = rule;
  const beyond = tolerance === 0 ? '' : ` beyond ${inUnit(tolerance, rule)}`;
  return { met: `${metric} shows no drop${beyond}`, missed: `${metric} shows a drop${beyond}`, detail: '' };
}

/** `2 points`, `0.02` */
function inUnit(value: number, { unit }: DropRule): string {
  const shown = Number((unit === 'points' ? value * 100 : value).toPrecision(4));
  const text = thresholdFigure({ value: shown, unit: 'number' });
  return unit === 'number' ? text : `${text} ${text === '1' ? 'point' : 'points'}`;
}
