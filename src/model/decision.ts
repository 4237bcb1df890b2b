/** What is to be done with one eval of the plan, and why. */
import type { CompletionRecord } from './completion-record.ts';
import type { ChangedPart } from './fingerprint.ts';
import { describePartName } from './part-names.ts';
import type { PlannedEval } from './plan.ts';

/** Why a completion record is not reused, although the content is the same. */
export type Doubt =
  | { readonly kind: 'expired'; readonly ended: string }
  /** It is dated in the future, so that its age is not known. */
  | { readonly kind: 'undated'; readonly ended: string }
  /** Earlier versions recorded results about no sample as done. */
  | { readonly kind: 'no-samples' };

export type RunReason =
  | { readonly kind: 'never-completed' }
  | { readonly kind: 'removed-by-user' }
  | Doubt
  | { readonly kind: 'changed'; readonly parts: readonly ChangedPart[] };

export type Decision =
  | {
      readonly kind: 'reuse';
      readonly eval: PlannedEval;
      /** Undefined when plain `oaievalset` completed it: done, no results recorded. */
      readonly record: CompletionRecord | undefined;
      /** Arguments that do not count, because they name what the eval writes. */
      readonly leftOut?: readonly string[];
    }
  | { readonly kind: 'run'; readonly eval: PlannedEval; readonly reason: RunReason };

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
      return `its result is dated ${reason.ended}, in the future, so that it cannot be compared with max-age`;
    case 'no-samples':
      return 'its result is about no sample';
    case 'changed':
      return reason.parts.map(describePart).join(', ');
  }
}

function describePart({ name, from, to }: ChangedPart): string {
  const short = (hash: string) => `${hash.slice(0, 4)}…`;
  const label = describePartName(name);
  if (from === undefined) return `${label} added (${short(to ?? '')})`;
  if (to === undefined) return `${label} removed (was ${short(from)})`;
  return `${label} changed (${short(from)} → ${short(to)})`;
}

/** For the log of an eval. */
export function describeWritten(arguments_: readonly string[]): string {
  const names = arguments_.map((name) => name.replaceAll('_', ' ')).join(', ');
  return `It writes what these arguments name, so that a change there is no reason to run it again: ${names}`;
}
