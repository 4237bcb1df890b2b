/** The words for the status of an eval and of a comparison. Pure. */
import type { EvalComparison } from '../model/verdict.ts';
import { shortNumber } from './result-text.ts';
import type { RowStatus } from './rows.ts';
import { COMPARISON_WORDS } from './words.ts';

export const STATUS_WORD: Readonly<Record<RowStatus, string>> = {
  failed: 'failed',
  degraded: 'degraded',
  missed: 'rule missed',
  'not-judged': 'not judged',
  missing: 'missing',
  pending: 'pending',
  fresh: 'fresh',
  reused: 'reused',
};

export const STATUS_ICON: Readonly<Record<RowStatus, string>> = {
  failed: '❌',
  degraded: '📉',
  missed: '❌',
  'not-judged': '❓',
  missing: '⚠️',
  pending: '⏳',
  fresh: '✅',
  reused: '♻️',
};

/** In a narrow column, a status of two words would be two lines. */
export function statusCell(status: RowStatus): string {
  return `${STATUS_ICON[status]} ${STATUS_WORD[status]}`.replaceAll(' ', '&nbsp;');
}

/** What a comparison found, after the value of the baseline: `0.84, within noise`. Empty when there is nothing to say. */
export function comparisonText(comparison: EvalComparison | null): string {
  if (comparison === null || comparison.status === 'incomplete') return '';
  const { status, before, now } = comparison;
  if (status === 'missing') return before === null ? 'no result' : `${shortNumber(before)}, not compared`;
  const words =
    before !== null && before === now && status === 'within-noise' ? 'same' : COMPARISON_WORDS[status];
  return before === null ? words : `${shortNumber(before)}, ${words}`;
}
