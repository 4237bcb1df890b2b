/**
 * Merges two states of one owner. The merge is pure, associative, commutative and idempotent, so that neither the order nor the
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

/** @param now a record that is dated later counts as the oldest: otherwise it would win every merge until that date */
export function mergeStates(a: StateFacts, b: StateFacts, now: Date): StateFacts {
  const removed = latest(a.removed, b.removed, now);
  const records = latest(a.records, b.records, now);
  for (const [id, record] of records) {
    const removal = removed.get(id);
    if (!removal) continue;
    if (compareExecutions(record, removal, now) > 0) removed.delete(id);
    else records.delete(id);
  }
  const commands = new Map([...records].map(([id, record]): [string, Command] => [id, record.argv]));
  const lines = [...a.commands, ...b.commands].sort(([x], [y]) => compareText(x, y));
  for (const [id, command] of lines) if (!removed.has(id)) commands.set(id, command);
  return { commands, records, removed, plan: greaterText(a.plan, b.plan) };
}

/** The later record of each command, in the order in which the records ended. */
function latest(
  a: ReadonlyMap<string, CompletionRecord>,
  b: ReadonlyMap<string, CompletionRecord>,
  now: Date,
): Map<string, CompletionRecord> {
  const records = new Map(a);
  for (const [id, record] of b) {
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
