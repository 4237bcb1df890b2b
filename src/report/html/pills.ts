/** Small labels in colour for what evals, rules and comparisons came to. Pure. */
import { capitalised } from '../../model/format.ts';
import type { EvalStatus } from '../../model/results.ts';
import type { ComparisonStatus, RuleStatus, VerdictStatus } from '../../model/verdict.ts';
import type { RowStatus } from '../rows.ts';
import { STATUS_WORD } from '../status-text.ts';
import { COMPARISON_WORDS, RULE_WORDS } from '../words.ts';
import { type Branch, h } from './shared/tree.ts';
import type { Tone } from './shared/words.ts';

export function pill(tone: Tone, words: string): Branch {
  return h('span', { class: `pill ${tone}` }, words);
}

export const VERDICT_TONES: Readonly<Record<VerdictStatus, Tone>> = {
  passed: 'good',
  failed: 'bad',
  incomplete: 'warn',
};

export const RULE_TONES: Readonly<Record<RuleStatus, Tone>> = {
  met: 'good',
  missed: 'bad',
  'not-judged': 'warn',
};

export function rulePill(status: RuleStatus, advisory: boolean): Branch {
  const tone = advisory && status === 'missed' ? 'warn' : RULE_TONES[status];
  return pill(tone, capitalised(RULE_WORDS[status]));
}

const COMPARISON_TONES: Readonly<Record<ComparisonStatus, Tone>> = {
  improved: 'good',
  degraded: 'bad',
  'within-noise': 'plain',
  'too-few': 'plain',
  'not-comparable': 'warn',
  missing: 'warn',
  incomplete: 'warn',
};

export function comparisonPill(status: ComparisonStatus): Branch {
  return pill(COMPARISON_TONES[status], capitalised(COMPARISON_WORDS[status]));
}

/** The colour of an eval, with all that is known of it. */
export const STATUS_TONES: Readonly<Record<RowStatus, Tone>> = {
  failed: 'bad',
  degraded: 'bad',
  missed: 'bad',
  'not-judged': 'warn',
  missing: 'warn',
  pending: 'warn',
  fresh: 'plain',
  reused: 'plain',
};

export function statusPill(status: RowStatus | EvalStatus): Branch {
  if (status === 'excluded') return pill('plain', 'Left out');
  return pill(STATUS_TONES[status], capitalised(STATUS_WORD[status]));
}
