/** Whether one eval of the plan is reused or runs, and why. */
import type { CompletionRecord } from './completion-record.ts';
import type { ChangedPart } from './fingerprint.ts';
import { ARGUMENTS_PART, describePartName } from './part-names.ts';
import type { PlannedEval } from './plan.ts';
import type { EvalDecision } from './results.ts';

/** Why a completion record is not reused although its content is the same. */
export type Doubt =
  | { readonly kind: 'expired'; readonly ended: string }
  /** The record is dated in the future, so its age is unknown. */
  | { readonly kind: 'undated'; readonly ended: string }
  /** Earlier versions recorded results without samples as completed. */
  | { readonly kind: 'no-samples' };

export type RunReason =
  | { readonly kind: 'never-completed' }
  | { readonly kind: 'removed-by-user' }
  | Doubt
  | {
      readonly kind: 'changed';
      readonly parts: readonly ChangedPart[];
      /** The arguments of the result and of the plan, if they differ. */
      readonly arguments?: { readonly from: string; readonly to: string };
    };

export type Decision =
  | {
      readonly kind: 'reuse';
      readonly eval: PlannedEval;
      /** Undefined when plain `oaievalset` completed the eval: then its results are not recorded. */
      readonly record: CompletionRecord | undefined;
      /** Arguments that do not count, because they name files which the eval writes. */
      readonly written?: readonly string[];
    }
  | { readonly kind: 'run'; readonly eval: PlannedEval; readonly reason: RunReason };

/** The decision as reports have it. */
export function reportedDecision(decision: Decision): EvalDecision {
  if (decision.kind === 'reuse') return { kind: 'reuse', reason: '', parts: [] };
  const { reason } = decision;
  const parts = reason.kind === 'changed' ? reason.parts.map(({ name }) => describePartName(name)) : [];
  return { kind: 'run', reason: describeReason(reason), parts };
}

/** `samples changed (a1b2… → c3d4…)` */
export function describeReason(reason: RunReason): string {
  switch (reason.kind) {
    case 'never-completed':
      return 'not completed yet';
    case 'removed-by-user':
      return 'its line was removed from the progress file';
    case 'expired':
      return `its result of ${reason.ended} is older than max-age`;
    case 'undated':
      return `its result is dated in the future (${reason.ended}), so its age cannot be compared with max-age`;
    case 'no-samples':
      return 'its result has no samples';
    case 'changed':
      return reason.parts.map((part) => describePart(part, reason.arguments)).join(', ');
  }
}

function describePart({ name, from, to }: ChangedPart, texts?: { from: string; to: string }): string {
  if (name === ARGUMENTS_PART && texts)
    return `args changed (${texts.from || 'none'} → ${texts.to || 'none'})`;
  const short = (hash: string) => `${hash.slice(0, 4)}…`;
  const label = describePartName(name);
  if (from === undefined) return `${label} added (${short(to ?? '')})`;
  if (to === undefined) return `${label} removed (was ${short(from)})`;
  return `${label} changed (${short(from)} → ${short(to)})`;
}

/** Explains the arguments that do not count, for the log of an eval. */
export function describeWritten(arguments_: readonly string[]): string {
  const names = arguments_.map((name) => name.replaceAll('_', ' ')).join(', ');
  return `It writes the files that these arguments name, so changes of those files do not make it run again: ${names}`;
}
