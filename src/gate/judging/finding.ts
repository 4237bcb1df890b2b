import { counted, isOrAre, wholeNumber } from '../../model/format.ts';
import type { EvalResult } from '../../model/results.ts';
import type { EvalRuleVerdict, RuleStatus, RuleVerdict } from '../../model/verdict.ts';
import type { Rule } from '../rules/rule.ts';
import { shownName } from './select-evals.ts';

/** What a rule finds in one eval. */
export interface Finding {
  readonly eval: Pick<EvalResult, 'key' | 'name'>;
  readonly status: RuleStatus;
  /** The value that was compared; null when there is none. */
  readonly value: number | null;
  /** The value for a list, or why it is not judged, as a clause. */
  readonly brief: string;
  /** All of it; a whole sentence that names the eval. */
  readonly sentence: string;
}

/** What is true of the evals of each status, as a clause without its subject: `accuracy is below 0.8`. */
export interface Clauses {
  readonly met: string;
  readonly missed: string;
  /** Follows the clause when all evals meet the rule: `the lowest is 0.83 (test-match)`; may be empty. */
  readonly detail: string;
}

/** A rule that is not judged for a reason that is not in a single eval. `sentence` says why. */
export function notJudged({ text, line, advisory }: Rule, sentence: string): RuleVerdict {
  return { rule: text, line, advisory, status: 'not-judged', sentence, evals: [] };
}

/** @param findings at least one */
export function ruleVerdict(
  { text, line, advisory }: Rule,
  findings: readonly Finding[],
  clauses: Clauses,
): RuleVerdict {
  const [only] = findings;
  return {
    rule: text,
    line,
    advisory,
    status: statusOf(findings),
    sentence: only && findings.length === 1 ? only.sentence : describeAll(findings, clauses),
    evals: findings.map(asVerdict),
  };
}

/** One miss is enough to miss a rule, and one eval that is not judged is enough not to meet it. */
function statusOf(findings: readonly Finding[]): RuleStatus {
  const has = (status: RuleStatus) => findings.some((finding) => finding.status === status);
  if (has('missed')) return 'missed';
  return has('not-judged') ? 'not-judged' : 'met';
}

function asVerdict({ eval: { key, name }, status, sentence, value }: Finding): EvalRuleVerdict {
  return { key, name, status, sentence, value };
}

/** Further evals are counted. */
const MOST_NAMED = 5;

function describeAll(findings: readonly Finding[], { met, missed, detail }: Clauses): string {
  const of = (status: RuleStatus) => findings.filter((finding) => finding.status === status);
  const [misses, unknown, fine] = [of('missed'), of('not-judged'), of('met')];
  const total = counted(findings.length, 'eval');
  if (misses.length > 0) {
    const names = misses.map((each) => `${shownName(each.eval)} (${each.brief})`);
    const rest = unknown.length === 0 ? '' : ` ${describeUnknown(unknown, wholeNumber(unknown.length))}`;
    return `${missed} in ${shareOf(misses.length, findings.length)}: ${some(names, ', ')}.${rest}`;
  }
  if (unknown.length === 0)
    return `${met} in ${shareOf(fine.length, findings.length)}${detail && `; ${detail}`}.`;
  if (fine.length === 0)
    return `${unknown.length === 2 ? 'Neither of the 2 evals' : `None of the ${total}`} is judged: ${reasonsOf(unknown)}.`;
  return `${met} in ${shareOf(fine.length, findings.length)}, and ${describeUnknown(unknown, wholeNumber(unknown.length))}`;
}

/** `both evals`, `all 3 evals`, `2 of 3 evals` */
function shareOf(count: number, of: number): string {
  if (count < of) return `${wholeNumber(count)} of ${counted(of, 'eval')}`;
  return of === 2 ? 'both evals' : `all ${counted(of, 'eval')}`;
}

function describeUnknown(unknown: readonly Finding[], number: string): string {
  return `${number} ${isOrAre(unknown.length)} not judged: ${reasonsOf(unknown)}.`;
}

/** Groups evals that have the same reason. */
function reasonsOf(unknown: readonly Finding[]): string {
  const reasons = [...Map.groupBy(unknown, ({ brief }) => brief)];
  const texts = reasons.map(([brief, evals]) => {
    const names = some(
      evals.map((each) => shownName(each.eval)),
      ', ',
    );
    return evals.length === 1 ? `${names}, because ${brief}` : `${names}, each because ${brief}`;
  });
  return some(texts, '; ');
}

function some(items: readonly string[], separator: string): string {
  const more = items.length - MOST_NAMED;
  return `${items.slice(0, MOST_NAMED).join(separator)}${more > 0 ? ` and ${wholeNumber(more)} more` : ''}`;
}
