/**
 * Merges states of one owner. The merge is pure, associative, commutative and idempotent, so that neither the order nor the
 * number of merges changes the result.
 *
 * For each command the latest fact counts. A progress line without a record has no time and is the earliest fact. Records
 * are ordered by the time at which they ended. A removal by the user comes directly after the removed record. So a removal
 * also removes older results of the command, and a later execution overrides the removal.
 */
import { type Command, commandId } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { SavedPlan } from '../model/plan.ts';
import { compareText } from '../text.ts';
import { isInFuture } from './doubt.ts';

/** The facts that a state consists of. All maps are by the id of the command. */
export interface StateFacts {
  /** Commands that have a progress line, which every command with a record has. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly records: ReadonlyMap<string, CompletionRecord>;
  /** Records whose progress lines the user removed. */
  readonly removed: ReadonlyMap<string, CompletionRecord>;
  readonly plan: SavedPlan | undefined;
}

/** The facts about all other evals. A set that is sharded has a state for each shard, and a merged one of all. */
export function withoutEvals(facts: StateFacts, evals: ReadonlySet<string>): StateFacts {
  if (evals.size === 0) return facts;
  const kept = <T>(all: ReadonlyMap<string, T>, evalOf: (value: T) => string | undefined) =>
    new Map([...all].filter(([, value]) => !evals.has(evalOf(value) ?? '')));
  return {
    commands: kept(facts.commands, ([, , key]) => key),
    records: kept(facts.records, (record) => record.eval),
    removed: kept(facts.removed, (record) => record.eval),
    plan: facts.plan,
  };
}

/** @param now a record that is dated later counts as the oldest: otherwise it would win every merge until that date */
export function mergeStates(states: readonly StateFacts[], now: Date): StateFacts {
  const removed = latest(
    states.map((state) => state.removed),
    now,
  );
  const records = latest(
    states.map((state) => state.records),
    now,
  );
  for (const [id, record] of records) {
    const removal = removed.get(id);
    if (!removal) continue;
    if (compareExecutions(record, removal, now) > 0) removed.delete(id);
    else records.delete(id);
  }
  const commands = new Map([...records].map(([id, record]): [string, Command] => [id, record.argv]));
  const lines = states.flatMap((state) => [...state.commands]).sort(([x], [y]) => compareText(x, y));
  for (const [id, command] of lines) if (!removed.has(id)) commands.set(id, command);
  return { commands, records, removed, plan: states.map((state) => state.plan).reduce(greaterText) };
}

/** The later record of each command, in the order in which the records ended. */
function latest(
  states: readonly ReadonlyMap<string, CompletionRecord>[],
  now: Date,
): Map<string, CompletionRecord> {
  const records = new Map<string, CompletionRecord>();
  for (const [id, record] of states.flatMap((each) => [...each])) {
    const other = records.get(id);
    if (!other || compareRecords(record, other, now) > 0) records.set(id, record);
  }
  return new Map([...records].sort(([, x], [, y]) => compareRecords(x, y, now)));
}

function compareRecords(a: CompletionRecord, b: CompletionRecord, now: Date): number {
  return (
    compareExecutions(a, b, now) ||
    compareText(commandId(a.argv), commandId(b.argv)) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

/** Zero for two records of one execution, such as the records that two versions of the action wrote. */
function compareExecutions(a: CompletionRecord, b: CompletionRecord, now: Date): number {
  return (
    Number(isInFuture(b.ended, now)) - Number(isInFuture(a.ended, now)) ||
    Date.parse(a.ended) - Date.parse(b.ended) ||
    a.run.id.length - b.run.id.length ||
    compareText(a.run.id, b.run.id) ||
    a.run.attempt - b.run.attempt ||
    Date.parse(a.started) - Date.parse(b.started)
  );
}

/** Plans have no time, so any rule will do that does not depend on the order. */
function greaterText(a: SavedPlan | undefined, b: SavedPlan | undefined): SavedPlan | undefined {
  if (!a || !b) return a ?? b;
  return compareText(JSON.stringify(a), JSON.stringify(b)) >= 0 ? a : b;
}
