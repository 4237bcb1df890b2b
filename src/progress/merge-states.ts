/**
 * What two states of one owner know together. Pure; associative, commutative and idempotent, so that neither the order nor
 * the number of merges changes the result.
 *
 * Every command has its latest fact: a progress line without a record, which has no time, comes before every record;
 * records are ordered by their end; and a removal by the user comes right behind the record that was removed. Therefore
 * a removal also holds against older results of the command, and a later execution holds against the removal.
 */
import { type Command, commandId } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { SavedPlan } from '../model/plan.ts';
import { compareText } from '../text.ts';
import { isInFuture } from './doubt.ts';

/** What a state knows; all maps are by the id of the command. */
export interface StateFacts {
  /** Commands that have a progress line: those of all records are among them. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly records: ReadonlyMap<string, CompletionRecord>;
  /** Records whose progress lines the user removed. */
  readonly removed: ReadonlyMap<string, CompletionRecord>;
  readonly plan: SavedPlan | undefined;
}

/** @param now a record that is dated after it counts as older than all others: else it would count for years */
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

/** The later record of each command, in the order in which they ended: the last one is the newest. */
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

/** Zero for two records of one execution, such as those of two versions of the action. */
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

/** Plans have no time. Any rule will do that does not depend on the order. */
function greaterText(a: SavedPlan | undefined, b: SavedPlan | undefined): SavedPlan | undefined {
  if (!a || !b) return a ?? b;
  return compareText(JSON.stringify(a), JSON.stringify(b)) >= 0 ? a : b;
}
