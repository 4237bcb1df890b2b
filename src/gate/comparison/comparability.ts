/** Whether two results of an eval measure the same thing. */
import { ownValue } from '../../model/own-value.ts';
import { JUDGE_PART, MODEL_MAP_PART } from '../../model/part-names.ts';
import type { EvalResult } from '../../model/results.ts';
import { nameText } from './words.ts';

export interface Side {
  readonly result: EvalResult;
  /** Of evals; empty when it is not known. */
  readonly evalsVersion: string;
}

const MAX_NAMED = 5;

/**
 * What makes the results not comparable, as clauses: `the judge changed (gpt-4 → gpt-5)`. Empty when they are comparable. Another
 * model, other data or other code is what a comparison is for, so these do not count.
 */
export function changesOf(before: Side, now: Side): string[] {
  const unknown = [before, now].findIndex(({ result }) => Object.keys(result.comparable).length === 0);
  if (unknown >= 0)
    return [
      `it is not known what the result of ${unknown === 0 ? 'the baseline' : 'this run'} was made with`,
    ];
  const parts = changedParts(before.result.comparable, now.result.comparable);
  const isOtherVersion =
    before.evalsVersion !== now.evalsVersion && before.evalsVersion !== '' && now.evalsVersion !== '';
  if (isOtherVersion) parts.add('evals');
  // A model that grades its own answers is a judge that no part of the fingerprint names.
  if (before.result.judge && now.result.judge && before.result.judge !== now.result.judge)
    parts.add(JUDGE_PART);
  const clauses = [...parts].sort().map((part) => clauseOf(part, before, now));
  const hidden = clauses.length - MAX_NAMED;
  return hidden > 0 ? [...clauses.slice(0, MAX_NAMED), `${hidden} more parts changed`] : clauses;
}

function changedParts(before: EvalResult['comparable'], now: EvalResult['comparable']): Set<string> {
  const names = [...Object.keys(before), ...Object.keys(now)];
  return new Set(names.filter((name) => ownValue(before, name) !== ownValue(now, name)));
}

function clauseOf(part: string, before: Side, now: Side): string {
  if (part === JUDGE_PART) return `the judge changed${fromTo(before.result.judge, now.result.judge)}`;
  if (part === 'evals') return `the version of evals changed${fromTo(before.evalsVersion, now.evalsVersion)}`;
  if (part === 'spec') return 'the spec of the eval changed';
  if (part === 'modelgraded') return 'the model-graded spec changed';
  if (part === MODEL_MAP_PART) return 'the model map changed';
  return `${nameText(part)} changed`;
}

/** Empty when it is not known what changed into what. */
function fromTo(before: string | null, now: string | null): string {
  if (before === now) return '';
  return before || now ? ` (${nameText(before || 'none')} → ${nameText(now || 'none')})` : '';
}
