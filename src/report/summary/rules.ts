/** What the summary says of rules. Pure. */
import { withoutMark } from '../../gate/rules/rule.ts';
import { counted, wholeNumber } from '../../model/format.ts';
import type { RuleVerdict } from '../../model/verdict.ts';
import { code, inline } from '../markdown-text.ts';
import { RULE_WORDS } from '../words.ts';

const MAX_RULES = 50;

const MAX_SENTENCE_BYTES = 1000;

/** Missed rules, then those that cannot be judged; of the others only how many are met. */
export function ruleLines(rules: readonly RuleVerdict[]): string[] {
  if (rules.length === 0) return [];
  const open = openRules(rules);
  const met = rules.length - open.length;
  const lines = groupsOfRules(open.slice(0, MAX_RULES)).map(ruleItem);
  const countOfMet =
    open.length === 0 ? allMet(met) : `${counted(met, 'other rule')} ${met === 1 ? 'is' : 'are'} met.`;
  return [
    '### Rules',
    '',
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...(open.length > MAX_RULES
      ? [`… and ${wholeNumber(open.length - MAX_RULES)} more that are not met.`, '']
      : []),
    ...(met > 0 ? [countOfMet, ''] : []),
  ];
}

/** Required rules before advisory ones, and missed ones before those that are not judged. */
export function openRules(rules: readonly RuleVerdict[]): RuleVerdict[] {
  const weight = ({ advisory, status }: RuleVerdict) => (advisory ? 2 : 0) + (status === 'missed' ? 0 : 1);
  return rules.filter(({ status }) => status !== 'met').toSorted((a, b) => weight(a) - weight(b));
}

/** Those with one sentence together: several rules may be not judged for one reason, such as that the run is incomplete. */
export function groupsOfRules(rules: readonly RuleVerdict[]): RuleVerdict[][] {
  const groups = Map.groupBy(rules, ({ advisory, status, sentence }) =>
    JSON.stringify([advisory, status, sentence]),
  );
  return [...groups.values()];
}

/** @param group at least one */
export function ruleItem(group: readonly RuleVerdict[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const { advisory, status, sentence } = first;
  const icon = advisory ? '⚠️' : status === 'missed' ? '❌' : '❓';
  const names = group.map(({ rule }) => code(advisory ? withoutMark(rule) : rule));
  const text = group.length > 1 ? sentence.replace(/^The rule is /, 'The rules are ') : sentence;
  return `- ${icon} **${RULE_WORDS[status]}${advisory ? ', advisory' : ''}:** ${names.join(', ')}<br>${inline(text, MAX_SENTENCE_BYTES)}`;
}

function allMet(count: number): string {
  if (count === 1) return 'The rule is met.';
  return count === 2 ? 'Both rules are met.' : `All ${wholeNumber(count)} rules are met.`;
}
