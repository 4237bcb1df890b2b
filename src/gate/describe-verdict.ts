/** The verdict of a run in one line, with all counts. Pure. */
import { counted, isOrAre, listed, wholeNumber } from '../model/format.ts';
import type { Counts, Results, ResultsShard } from '../model/results.ts';
import { describeShard } from '../model/shard.ts';
import type { BaselineComparison, RuleVerdict, Verdict } from '../model/verdict.ts';
import { withoutMark } from './rules/rule.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict['status'], string>> = {
  passed: 'Passed',
  failed: 'Failed',
  incomplete: 'Incomplete',
};

/** Plain text: `Passed: all 28 evals are done (23 fresh, 5 reused); 3 of 3 rules are met.` */
export function describeVerdict(
  { status, rules, comparison }: Pick<Verdict, 'status' | 'rules' | 'comparison'>,
  { totals, shard }: Pick<Results, 'totals' | 'shard'>,
): string {
  const counts = totals.evals;
  const parts = [
    describeEvals(counts, shard),
    ...(status === 'incomplete' ? unjudged(rules) : describeRules(rules)),
    ...describeDegraded(comparison),
  ];
  const of = shard ? `, ${describeShard(shard)}` : '';
  return `${VERDICT_WORDS[status]}${of}: ${parts.join('; ')}.`;
}

function describeEvals(counts: Counts, shard: ResultsShard | undefined): string {
  // A set may have fewer evals than shards.
  if (shard && counts.total === 0) return 'it has no evals';
  return counts.failed + counts.pending > 0 ? describeUnfinished(counts) : describeCompleted(counts);
}

/** `all 28 evals are done (23 fresh, 5 reused)` */
function describeCompleted(counts: Counts): string {
  const { total, excluded } = counts;
  // Not "all": the set has more.
  const all = excluded > 0 || total < 3 ? '' : 'all ';
  return `${all}${counted(total, 'eval')} ${isOrAre(total)} done${describeOrigins(counts)}${describeExcluded(counts)}`;
}

/** `2 of 28 evals failed, 24 are done (20 fresh, 4 reused), 2 are pending` */
function describeUnfinished(counts: Counts): string {
  const { total, completed, failed, pending } = counts;
  const of = `of ${counted(total, 'eval')}`;
  return [
    ...(failed > 0 ? [`${wholeNumber(failed)} ${of} failed`] : []),
    `${wholeNumber(completed)}${failed > 0 ? '' : ` ${of}`} ${isOrAre(failed === 0 && total === 1 ? 1 : completed)} done${describeOrigins(counts)}`,
    ...(pending > 0 ? [`${wholeNumber(pending)} ${isOrAre(pending)} pending`] : []),
  ]
    .join(', ')
    .concat(describeExcluded(counts));
}

function describeExcluded({ excluded }: Counts): string {
  return excluded > 0 ? `, and ${counted(excluded, 'eval')} of the set ${isOrAre(excluded)} left out` : '';
}

function describeOrigins({ fresh, reused, completed }: Counts): string {
  const parts = [
    ...(fresh > 0 ? [`${wholeNumber(fresh)} fresh`] : []),
    ...(reused > 0 ? [`${wholeNumber(reused)} reused`] : []),
  ];
  return completed === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Rules of an incomplete run. */
function unjudged({ length }: readonly RuleVerdict[]): string[] {
  if (length === 0) return [];
  return [length === 1 ? 'the rule is not judged' : `the ${wholeNumber(length)} rules are not judged`];
}

function describeRules(rules: readonly RuleVerdict[]): string[] {
  const [advisory, required] = [
    rules.filter((rule) => rule.advisory),
    rules.filter((rule) => !rule.advisory),
  ];
  return [
    ...describeStatuses(required, 'rule', ''),
    ...describeStatuses(advisory, 'advisory rule', namesOfMissed(advisory)),
  ];
}

/**
 * `2 of 4 rules are missed, 1 is not judged, 1 is met`; nothing without rules.
 * @param missed follows what is said of missed rules
 */
function describeStatuses(rules: readonly RuleVerdict[], noun: string, missed: string): string[] {
  const clauses = (['missed', 'not-judged', 'met'] as const).flatMap((status) => {
    const count = rules.filter((rule) => rule.status === status).length;
    const is = `${isOrAre(count)} ${status === 'not-judged' ? 'not judged' : status}`;
    return count === 0 ? [] : [{ count, is: status === 'missed' ? `${is}${missed}` : is }];
  });
  const texts = clauses.map(({ count, is }, index) => {
    if (rules.length === 1) return `the ${noun} ${is}`;
    return `${wholeNumber(count)}${index === 0 ? ` of ${counted(rules.length, noun)}` : ''} ${is}`;
  });
  return texts.length === 0 ? [] : [texts.join(', ')];
}

const MOST_NAMED = 3;

/** ` (accuracy >= 0.9)`. Nothing else says at once what an advisory rule has found, because it does not fail the step. */
function namesOfMissed(advisory: readonly RuleVerdict[]): string {
  const missed = advisory.filter(({ status }) => status === 'missed');
  const names = missed.map(({ rule }) => withoutMark(rule));
  return ` (${listed(names, MOST_NAMED)})`;
}

/** Told also when no rule is about it. */
function describeDegraded(comparison: BaselineComparison | null): string[] {
  const degraded = comparison?.evals.filter(({ status }) => status === 'degraded').length ?? 0;
  return degraded === 0
    ? []
    : [`${counted(degraded, 'eval')} ${isOrAre(degraded)} worse than in the baseline`];
}
