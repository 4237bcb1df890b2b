/** Judges a rule about the whole run. */
import { counted } from '../../model/format.ts';
import type { Results } from '../../model/results.ts';
import type { RuleVerdict } from '../../model/verdict.ts';
import type { RunRule } from '../rules/rule.ts';
import { comparedWith, figure, isMet } from './figures.ts';
import { notJudged } from './finding.ts';

/** A failed eval was not paid for as a whole, so the figures of its run say nothing. */
export function judgeRunRule(rule: RunRule, { totals }: Results): RuleVerdict {
  const { metric, threshold, text, line, advisory } = rule;
  const value =
    metric === 'total-tokens' ? totals.tokens.prompt + totals.tokens.completion : totals.requests.sent;
  const { total, failed } = totals.evals;
  const shown = figure(value, threshold);
  if (total === 0) return notJudged(rule, 'There is no eval to judge.');
  if (!Number.isFinite(value))
    return notJudged(rule, `${metric} is not judged, because its value is ${value}.`);
  if (failed > 0)
    return notJudged(
      rule,
      `${metric} is not judged, because ${counted(failed, 'eval')} failed; it is ${shown} so far.`,
    );
  const status = isMet(value, threshold) ? 'met' : 'missed';
  const sentence = `${metric} is ${shown}, ${comparedWith(threshold, status)}.`;
  return { rule: text, line, advisory, status, sentence, evals: [] };
}
