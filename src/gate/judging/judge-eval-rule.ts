/** Judges a rule about a figure of each eval. */
import { counted } from '../../model/format.ts';
import type { EvalResult, Results } from '../../model/results.ts';
import type { RuleVerdict } from '../../model/verdict.ts';
import { COUNTED_METRICS } from '../rules/read-metric.ts';
import type { EvalRule, Threshold } from '../rules/rule.ts';
import { comparedWith, figure, isMet, thresholdFigure } from './figures.ts';
import { type Clauses, type Finding, notJudged, ruleVerdict } from './finding.ts';
import { absentMetric, type Reading, readValue } from './read-value.ts';
import { matchedEvals, plannedEvals, shownName, whyUnmatched } from './select-evals.ts';

export function judgeEvalRule(rule: EvalRule, { evals }: Results): RuleVerdict {
  const matched = rule.glob === null ? plannedEvals(evals) : matchedEvals(rule.glob, evals);
  if (rule.glob !== null && matched.length === 0) return notJudged(rule, whyUnmatched(rule.glob, evals));
  const readings = matched.map((each) => ({ each, reading: readValue(each, rule) }));
  // Without a glob, the rule is about evals that have the metric, and about evals whose metrics are not known.
  const about = rule.glob === null ? readings.filter(({ reading }) => reading.kind !== 'absent') : readings;
  if (about.length === 0) return notJudged(rule, whyNoEval(rule, matched));
  const findings = about.map(({ each, reading }) => findingOf(each, reading, rule));
  return ruleVerdict(rule, findings, clausesOf(findings, rule));
}

function whyNoEval({ metric, source }: EvalRule, evals: readonly EvalResult[]): string {
  if (evals.length === 0) return 'There is no eval to judge.';
  if (source === 'samples')
    return `No eval records ${metric === 'samples' ? 'its number of samples' : 'scores of samples'}.`;
  const names = evals.flatMap(({ metrics }) => Object.keys(metrics));
  return `No eval reports ${absentMetric(metric, [...new Set(names)], COUNTED_METRICS)}.`;
}

function findingOf(of: EvalResult, reading: Reading, rule: EvalRule): Finding {
  const { threshold } = rule;
  const subject = `${shownName(of)}: ${shownMetric(rule)} is`;
  if (reading.kind !== 'value') {
    const sentence = `${subject} not judged, because ${reading.reason}.`;
    return { eval: of, status: 'not-judged', value: null, brief: reading.reason, sentence };
  }
  const { value } = reading;
  const shown = figure(value, threshold);
  const status = isMet(value, threshold) ? 'met' : 'missed';
  const isChance = status === 'missed' && includes(reading, threshold);
  const chance = isChance
    ? `; the interval includes ${thresholdFigure(threshold)}, so the miss may be chance`
    : '';
  return {
    eval: of,
    status,
    value,
    brief: isChance ? `${shown}, which may be chance` : shown,
    sentence: `${subject} ${shown}${certainty(reading, threshold)}, ${comparedWith(threshold, status)}${chance}.`,
  };
}

type Value = Extract<Reading, { kind: 'value' }>;

function includes({ interval }: Value, { value }: Threshold): boolean {
  return interval !== null && interval.low <= value && value <= interval.high;
}

/** ` (95 % interval 0.52 to 0.71, 100 samples)` */
function certainty({ interval, samples }: Value, threshold: Threshold): string {
  const parts = [
    ...(interval === null
      ? []
      : [`95 % interval ${figure(interval.low, threshold)} to ${figure(interval.high, threshold)}`]),
    ...(samples === null ? [] : [counted(samples, 'sample')]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function shownMetric({ metric, source }: EvalRule): string {
  return source === 'samples' && metric === 'samples' ? 'the number of samples' : metric;
}

function clausesOf(findings: readonly Finding[], rule: EvalRule): Clauses {
  const { threshold } = rule;
  // A name of a metric has no capital at the start of a sentence.
  const metric = shownMetric(rule).replace(/^the /, 'The ');
  return {
    met: `${metric} is ${comparedWith(threshold, 'met')}`,
    missed: `${metric} is ${comparedWith(threshold, 'missed')}`,
    detail: nearest(findings, threshold),
  };
}

/** The eval that comes nearest to the limit: `the lowest is 0.83 (test-match)`. */
function nearest(findings: readonly Finding[], { operator }: Threshold): string {
  if (operator === '==') return '';
  const isLowest = operator === '>' || operator === '>=';
  const [first] = findings.toSorted((a, b) => ((a.value ?? 0) - (b.value ?? 0)) * (isLowest ? 1 : -1));
  return first === undefined
    ? ''
    : `the ${isLowest ? 'lowest' : 'highest'} is ${first.brief} (${shownName(first.eval)})`;
}
