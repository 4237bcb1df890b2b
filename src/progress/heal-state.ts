/** Decides which evals are completed, from the files of a state. Pure. docs/adr/0003-record-then-line.md explains the rules. */
import { type Command, commandId } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { StateFacts } from './merge-states.ts';

export interface ReadState {
  /** Valid completion records in the order of the file, at most one per command. */
  readonly records: readonly CompletionRecord[];
  /** Commands of the progress file; undefined when the file does not exist. */
  readonly lines: readonly Command[] | undefined;
  readonly repository: string;
  /** The ids of the commands whose lines were being written, or `all` of those that have a record. */
  readonly linesToWrite: ReadonlySet<string> | 'all';
  /** Whether completion records were quarantined. */
  readonly recordsWereLost: boolean;
  /** Whether the eval has a record file, which only this action writes. */
  readonly hasRecordFile: (evalKey: string) => boolean;
}

export type HealedState = Omit<StateFacts, 'plan'>;

export function healState(read: ReadState): HealedState {
  const [own, foreign] = [true, false].map((isOwn) =>
    read.records.filter((record) => (record.run.repository === read.repository) === isOwn),
  ) as [CompletionRecord[], CompletionRecord[]];
  const foreignIds = new Set(foreign.map((record) => commandId(record.argv)));
  const lines = (read.lines ?? []).map((command) => [commandId(command), command] as const);
  const commands = new Map(lines.filter(([id]) => !foreignIds.has(id)));
  const { records, removed } = pairWithLines(own, commands, read);
  for (const [id, record] of records) commands.set(id, record.argv);
  if (read.recordsWereLost) {
    for (const [id, command] of commands)
      if (!records.has(id) && isOfLostRecord(command, read)) commands.delete(id);
  }
  return { commands, records, removed };
}

/**
 * A record is written before its line. When the mark names the line of a record, the process was killed between the two
 * writes, and the line is added. Every other missing line was removed by the user, and a missing progress file means all lines.
 */
function pairWithLines(
  own: readonly CompletionRecord[],
  commands: ReadonlyMap<string, Command>,
  { lines, linesToWrite }: ReadState,
): Pick<HealedState, 'records' | 'removed'> {
  const isToBeWritten = (id: string) =>
    linesToWrite === 'all' || (lines !== undefined && linesToWrite.has(id));
  const removed = own.filter(({ argv }) => {
    const id = commandId(argv);
    return !commands.has(id) && !isToBeWritten(id);
  });
  const isRemoved = new Set(removed);
  return {
    records: byCommand(own.filter((record) => !isRemoved.has(record))),
    removed: byCommand(removed),
  };
}

/**
 * Plain `oaievalset` writes lines without records. But if the eval also has a record file, this action wrote the line and its
 * record was lost. Then the content that the line stands for is unknown, and the eval must run again.
 */
function isOfLostRecord([, , key]: Command, { hasRecordFile }: ReadState): boolean {
  return key !== undefined && hasRecordFile(key);
}

function byCommand(records: readonly CompletionRecord[]): Map<string, CompletionRecord> {
  return new Map(records.map((record) => [commandId(record.argv), record]));
}
