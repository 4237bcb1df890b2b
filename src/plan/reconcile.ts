/** Decides, eval by eval, what is done and what is to do, and why. Pure: it reads the state and changes nothing. */
import type { CompletionRecord } from '../progress/completion-record.ts';
import { type Doubt, doubtOf } from '../progress/doubt.ts';
import type { State } from '../progress/state.ts';
import type { Plan, PlannedEval } from './plan.ts';

export interface ChangedPart {
  readonly name: string;
  /** SHA-256 (hex) then and now; undefined when the part did not exist. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export type RunReason =
  | { readonly kind: 'never-completed' }
  | { readonly kind: 'removed-by-user' }
  | Doubt
  | { readonly kind: 'changed'; readonly parts: readonly ChangedPart[] };

export type Decision =
  /** `record` is undefined when plain `oaievalset` completed it: done, no results recorded. */
  | { readonly kind: 'reuse'; readonly eval: PlannedEval; readonly record: CompletionRecord | undefined }
  | { readonly kind: 'run'; readonly eval: PlannedEval; readonly reason: RunReason };

export interface ReconcileOptions {
  /** Completions older than this many milliseconds run again. */
  readonly maxAge?: number | undefined;
  readonly now: Date;
}

export function reconcile(plan: Plan, state: State, options: ReconcileOptions): Decision[] {
  const byKey = Map.groupBy(state.records, (record) => record.eval);
  return plan.evals.map((planned) => decide(planned, byKey.get(planned.key) ?? [], state, options));
}

function decide(
  planned: PlannedEval,
  records: readonly CompletionRecord[],
  state: State,
  { maxAge, now }: ReconcileOptions,
): Decision {
  const run = (reason: RunReason): Decision => ({ kind: 'run', eval: planned, reason });

  const own = state.record(planned.command);
  if (own) {
    if (own.fingerprint !== planned.fingerprint.value) {
      return run({ kind: 'changed', parts: changedParts(own.parts, planned.fingerprint.parts) });
    }
    const doubt = doubtOf(own, now, maxAge);
    return doubt ? run(doubt) : { kind: 'reuse', eval: planned, record: own };
  }
  if (state.isDone(planned.command)) return { kind: 'reuse', eval: planned, record: undefined };
  if (state.wasRemoved(planned.command)) return run({ kind: 'removed-by-user' });

  // The same content under other arguments that only transport or print, such as --debug, was not paid for in vain.
  const equal = records.filter(
    (record) => record.fingerprint === planned.fingerprint.value && !doubtOf(record, now, maxAge),
  );
  const newest = equal.sort((a, b) => a.ended.localeCompare(b.ended)).at(-1);
  return newest ? { kind: 'reuse', eval: planned, record: newest } : run({ kind: 'never-completed' });
}

/** Which parts of the content are not what they were, by name. */
export function changedParts(
  then: CompletionRecord['parts'],
  today: PlannedEval['fingerprint']['parts'],
): ChangedPart[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(today)])].sort();
  return names
    .filter((name) => then[name] !== today[name])
    .map((name) => ({ name, from: then[name], to: today[name] }));
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
      return `its result is dated ${reason.ended}, in the future, so that it cannot be compared with max-age`;
    case 'no-samples':
      return 'its result is about no sample';
    case 'changed':
      return reason.parts.map(describePart).join(', ');
  }
}

function describePart({ name, from, to }: ChangedPart): string {
  const short = (hash: string) => `${hash.slice(0, 4)}…`;
  const label = name.replaceAll('_', ' ');
  if (from === undefined) return `${label} added (${short(to ?? '')})`;
  if (to === undefined) return `${label} removed (was ${short(from)})`;
  return `${label} changed (${short(from)} → ${short(to)})`;
}
