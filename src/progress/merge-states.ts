/**
 * Merges states of one owner. The merge is pure, associative, commutative and idempotent, so that neither the order nor the
 * number of merges changes the result.
 *
 * For each command the latest fact counts. A progress line without a record has no time and is the earliest fact. Records
 * are ordered by the time at which they ended. A removal by the user comes directly after the removed record. So a removal
 * also removes older results of the command, and a later execution overrides the removal.
 */
import type { Command } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { SavedPlan } from '../model/plan.ts';
import { compareText } from '../text.ts';
import { isAhead } from './doubt.ts';

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
  const executed = latest(
    states.map((state) => state.records),
    now,
  );
  for (const [id, execution] of executed) {
    const removal = removed.get(id);
    if (!removal) continue;
    if (compareExecutions(execution, removal) > 0) removed.delete(id);
    else executed.delete(id);
  }
  const records = recordsOf(executed);
  const commands = new Map([...records].map(([id, record]): [string, Command] => [id, record.argv]));
  const lines = states.flatMap((state) => [...state.commands]).sort(([x], [y]) => compareText(x, y));
  for (const [id, command] of lines) if (!removed.has(id)) commands.set(id, command);
  const plan = states.map((state) => state.plan).reduce(greaterText);
  return { commands, records, removed: recordsOf(removed), plan };
}

/** A record with its times in milliseconds since 1970: a sort asks for them many times. */
interface Execution {
  /** Of the command. */
  readonly id: string;
  readonly record: CompletionRecord;
  readonly started: number;
  readonly ended: number;
  readonly isAhead: boolean;
}

function executionOf(id: string, record: CompletionRecord, now: Date): Execution {
  const [started, ended] = [Date.parse(record.started), Date.parse(record.ended)];
  return { id, record, started, ended, isAhead: isAhead(ended, now) };
}

function recordsOf(executions: ReadonlyMap<string, Execution>): Map<string, CompletionRecord> {
  return new Map([...executions].map(([id, { record }]) => [id, record]));
}

/** The later execution of each command, in the order in which they ended. */
function latest(states: readonly ReadonlyMap<string, CompletionRecord>[], now: Date): Map<string, Execution> {
  const found = new Map<string, Execution>();
  for (const [id, record] of states.flatMap((each) => [...each])) {
    const execution = executionOf(id, record, now);
    const other = found.get(id);
    if (!other || compareRecords(execution, other) > 0) found.set(id, execution);
  }
  return new Map([...found].sort(([, x], [, y]) => compareRecords(x, y)));
}

function compareRecords(a: Execution, b: Execution): number {
  return (
    compareExecutions(a, b) ||
    compareText(a.id, b.id) ||
    compareText(JSON.stringify(a.record), JSON.stringify(b.record))
  );
}

/** Zero for two records of one execution, such as the records that two versions of the action wrote. */
function compareExecutions(a: Execution, b: Execution): number {
  const [x, y] = [a.record.run, b.record.run];
  return (
    Number(b.isAhead) - Number(a.isAhead) ||
    a.ended - b.ended ||
    x.id.length - y.id.length ||
    compareText(x.id, y.id) ||
    x.attempt - y.attempt ||
    a.started - b.started
  );
}

/** Plans have no time, so any rule will do that does not depend on the order. */
function greaterText(a: SavedPlan | undefined, b: SavedPlan | undefined): SavedPlan | undefined {
  if (!a || !b) return a ?? b;
  return compareText(JSON.stringify(a), JSON.stringify(b)) >= 0 ? a : b;
}
