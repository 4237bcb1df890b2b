/** The words for what rules and comparisons found, inside a sentence. Pure. */
import type { ComparisonStatus, RuleStatus } from '../model/verdict.ts';

export const RULE_WORDS: Readonly<Record<RuleStatus, string>> = {
  met: 'met',
  missed: 'missed',
  'not-judged': 'not judged',
};

export const COMPARISON_WORDS: Readonly<Record<ComparisonStatus, string>> = {
  improved: 'improved',
  degraded: 'degraded',
  'within-noise': 'within noise',
  'too-few': 'too few samples',
  'not-comparable': 'not comparable',
  missing: 'missing',
  incomplete: 'incomplete',
};
