/** Decides for each eval whether to reuse its result or to run it, and why. Pure: the state is read and never changed. */
import { type Command, commandId } from '../model/command.ts';
import { type CompletionRecord, newestRecord } from '../model/completion-record.ts';
import type { Decision, RunReason } from '../model/decision.ts';
import { JUDGE_PART } from '../model/part-names.ts';
import type { Plan, PlannedEval } from '../model/plan.ts';
import { doubtOf } from '../progress/doubt.ts';
import type { State } from '../progress/state.ts';
import { changesSince, isContentOf, renewed, writtenArguments } from './content.ts';

export interface ReconcileOptions {
  /** A result that is older than this runs again. Undefined: a result does not age. */
  readonly maxAgeMs?: number | undefined;
  readonly now: Date;
}

/** @param plan of a set that is sharded, only the evals of this shard */
export function reconcile(plan: Pick<Plan, 'evals'>, state: State, options: ReconcileOptions): Decision[] {
  const byKey = Map.groupBy(state.records, (record) => record.eval);
  return plan.evals.map((planned) => decide(planned, byKey.get(planned.key) ?? [], state, options));
}

function decide(
  planned: PlannedEval,
  records: readonly CompletionRecord[],
  state: State,
  options: ReconcileOptions,
): Decision {
  const { maxAgeMs, now } = options;
  const run = (reason: RunReason): Decision => ({ kind: 'run', eval: planned, reason });

  const reuse = (record: CompletionRecord): Decision => {
    const written = writtenArguments(planned, record);
    return { kind: 'reuse', eval: planned, record, ...(written.length > 0 ? { written } : {}) };
  };

  const own = state.record(planned.command);
  if (own) {
    if (!isContentOf(planned, own)) return run({ kind: 'changed', parts: changesSince(planned, own) });
    const doubt = doubtOf(own, now, maxAgeMs);
    return doubt ? run(doubt) : reuse(own);
  }
  if (state.isDone(planned.command)) return { kind: 'reuse', eval: planned, record: undefined };
  if (state.wasRemoved(planned.command)) return run({ kind: 'removed-by-user' });

  // The same content may have completed with other arguments that change no result, such as --debug.
  const equal = records.filter((record) => isContentOf(planned, record) && !doubtOf(record, now, maxAgeMs));
  const newest = newestRecord(equal);
  if (newest) return reuse(newest);
  return run(reasonSince(planned, judgedOtherwise(planned, records) ?? newestRecord(records), options));
}

/** Why the result of another command of the same eval is not reused. */
function reasonSince(
  planned: PlannedEval,
  record: CompletionRecord | undefined,
  { maxAgeMs, now }: ReconcileOptions,
): RunReason {
  if (!record) return { kind: 'never-completed' };
  const parts = changesSince(planned, record);
  if (parts.length === 0) return doubtOf(record, now, maxAgeMs) ?? { kind: 'never-completed' };
  const texts = { from: argumentsOf(record.argv), to: argumentsOf(planned.command) };
  return { kind: 'changed', parts, ...(texts.from === texts.to ? {} : { arguments: texts }) };
}

/** The input `args` of a recorded command, which ends with the registry paths. */
function argumentsOf(command: Command): string {
  const registries = command.lastIndexOf('--registry_path');
  return command.slice(3, registries < 0 ? command.length : registries).join(' ');
}

/** The newest record of the same command with another judge, or without one. */
function judgedOtherwise(
  { command, fingerprint }: PlannedEval,
  records: readonly CompletionRecord[],
): CompletionRecord | undefined {
  const isSame = ({ argv, parts }: CompletionRecord) =>
    commandId(argv.slice(2)) === commandId(command.slice(2)) && parts.model === fingerprint.parts.model;
  const others = records.filter(
    (record) => isSame(record) && record.parts[JUDGE_PART] !== fingerprint.parts[JUDGE_PART],
  );
  return newestRecord(others);
}

/** Reused records that an earlier version made, in the form of this version, which covers more of what can change a result. */
export function renewedRecords(decisions: readonly Decision[]): CompletionRecord[] {
  return decisions.flatMap((decision) =>
    decision.kind === 'reuse' && decision.record ? (renewed(decision.eval, decision.record) ?? []) : [],
  );
}
