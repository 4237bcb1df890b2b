/** Why evals ran again. A reason that several evals have in common is said once. Pure. */
import { counted, wholeNumber } from '../../model/format.ts';
import type { EvalResult } from '../../model/results.ts';
import { code, inline } from '../markdown-text.ts';

/** More names do not help a reader. */
const MAX_NAMES = 5;

/** More reasons do not either. */
const MAX_REASONS = 10;

/** An eval with this reason runs for the first time. */
const NEVER_COMPLETED = 'not completed yet';

interface Rerun {
  readonly name: string;
  readonly reason: string;
  readonly parts: readonly string[];
}

/** `All 28 evals ran again: evals version changed`, or a line for each reason. In Markdown. */
export function rerunLines(evals: readonly EvalResult[]): string[] {
  const planned = evals.filter(({ status }) => status !== 'excluded');
  const reruns = planned.flatMap(({ name, decision }): Rerun[] =>
    decision?.kind === 'run' && decision.reason !== NEVER_COMPLETED && decision.reason !== ''
      ? [{ name, reason: decision.reason, parts: decision.parts }]
      : [],
  );
  const groups = [...Map.groupBy(reruns, kindOf).values()];
  const shown = groups.slice(0, MAX_REASONS).map((group) => describeGroup(group, planned.length));
  const hidden = groups.slice(MAX_REASONS).reduce((sum, group) => sum + group.length, 0);
  return [...shown, ...(hidden > 0 ? [`${counted(hidden, 'more eval')} ran again, for other reasons`] : [])];
}

/** Equal for reasons that differ only in hashes or times. */
function kindOf({ reason, parts }: Rerun): string {
  return parts.length > 0
    ? JSON.stringify([parts, withoutHashes(reason)])
    : reason.replace(/\d[\d:.TZ-]*/g, '');
}

function describeGroup(group: readonly Rerun[], total: number): string {
  const reasons = [...new Set(group.map(({ reason }) => reason))];
  const [first = ''] = reasons;
  // Of several evals, the hashes of the first one would mislead.
  const why = inline(reasons.length === 1 ? first : withoutHashes(first));
  if (group.length === total && total > 1) return `All ${wholeNumber(total)} evals ran again: ${why}`;
  const names = group.slice(0, MAX_NAMES).map(({ name }) => code(name, 200));
  const hidden = group.length - names.length;
  const listed = `${names.join(', ')}${hidden > 0 ? ` and ${wholeNumber(hidden)} more` : ''}`;
  if (group.length === 1) return `${listed} ran again: ${why}`;
  return `${counted(group.length, 'eval')} ran again, ${why}: ${listed}`;
}

function withoutHashes(reason: string): string {
  return reason.replace(/ \((?:was )?[0-9a-f]{4}…(?: → [0-9a-f]{4}…)?\)/g, '');
}
