/** Says, for the log, why evals run again. A reason that several evals have in common is said once. Pure. */
import { type Decision, describeReason, type RunReason } from '../model/decision.ts';
import { counted, listed, wholeNumber } from '../model/format.ts';

/** More names do not help a reader. */
const SHOWN_NAMES = 5;

/** More reasons do not either. */
const SHOWN_REASONS = 20;

interface Rerun {
  readonly name: string;
  readonly reason: RunReason;
}

/** `All 28 evals run again: evals version changed (a1b2… → c3d4…)`, or a line for each reason. */
export function describeReruns(decisions: readonly Decision[]): string[] {
  const reruns = decisions.flatMap((decision): Rerun[] =>
    decision.kind === 'run' && decision.reason.kind !== 'never-completed'
      ? [{ name: decision.eval.name, reason: decision.reason }]
      : [],
  );
  const groups = [...Map.groupBy(reruns, ({ reason }) => kindOf(reason)).values()];
  const lines = groups.map((group) => describeGroup(group, decisions.length));
  if (lines.length <= SHOWN_REASONS) return lines;
  const hidden = groups.slice(SHOWN_REASONS).reduce((sum, group) => sum + group.length, 0);
  return [...lines.slice(0, SHOWN_REASONS), `${counted(hidden, 'more eval')} run again, for other reasons`];
}

/** Equal for reasons that differ only in hashes or in times. */
function kindOf(reason: RunReason): string {
  if (reason.kind !== 'changed') return reason.kind;
  return JSON.stringify([reason.parts.map(({ name, from, to }) => [name, !from, !to]), reason.arguments]);
}

function describeGroup(group: readonly Rerun[], total: number): string {
  const [first] = group;
  if (!first) return '';
  if (group.length === 1) return `${first.name}: runs again, ${describeReason(first.reason)}`;
  const why = describeShared(group.map(({ reason }) => reason));
  if (group.length === total) return `All ${wholeNumber(total)} evals run again: ${why}`;
  const names = group.map(({ name }) => name);
  return `${counted(group.length, 'eval')} run again, ${why}: ${listed(names, SHOWN_NAMES)}`;
}

function describeShared(reasons: readonly RunReason[]): string {
  const texts = new Set(reasons.map(describeReason));
  const [reason] = reasons;
  if (reason?.kind === 'removed-by-user') return 'their lines were removed from the progress file';
  if (reason?.kind === 'expired') return 'their results are older than max-age';
  if (reason?.kind === 'no-samples') return 'their results have no samples';
  if (reason?.kind === 'undated')
    return 'their results are dated in the future, so max-age cannot judge them';
  const [text = ''] = texts;
  // Of one eval, the hashes of its own data show what changed. Of several, they would show only the first.
  return texts.size === 1 ? text : text.replace(/ \((was )?[0-9a-f]{4}…( → [0-9a-f]{4}…)?\)/g, '');
}
