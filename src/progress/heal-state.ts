/** Which evals count as done, from what was read of a state. Pure; docs/adr/0003-record-then-line.md says why. */
import { type Command, commandId } from '../model/command.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { StateFacts } from './merge-states.ts';

export interface ReadState {
  /** Valid completion records in the order of the file, at most one a command. */
  readonly records: readonly CompletionRecord[];
  /** Commands of the progress file; undefined when there is no such file. */
  readonly lines: readonly Command[] | undefined;
  readonly repository: string;
  /** Whether a merge was interrupted between its two files. */
  readonly mergeWasInterrupted: boolean;
  /** Whether completion records were quarantined. */
  readonly recordsWereLost: boolean;
  /** Whether there is a record file of the eval, which only this action leaves. */
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
 * The record is written before its line. So when only the newest record lacks its line, the process was killed between the
 * two writes, and the line is added. The user removed any other missing line, or the whole progress file. After an
 * interrupted merge every missing line is added.
 */
function pairWithLines(
  own: readonly CompletionRecord[],
  commands: ReadonlyMap<string, Command>,
  { lines, mergeWasInterrupted }: ReadState,
): Pick<HealedState, 'records' | 'removed'> {
  const withoutLine = own.filter((record) => !commands.has(commandId(record.argv)));
  const isCrash = lines !== undefined && withoutLine.length === 1 && withoutLine[0] === own.at(-1);
  const removed = mergeWasInterrupted || isCrash ? [] : withoutLine;
  const isRemoved = new Set(removed);
  return {
    records: byCommand(own.filter((record) => !isRemoved.has(record))),
    removed: byCommand(removed),
  };
}

/**
 * A line without a record is a completion of plain `oaievalset`, unless there is a record file of ours: then the record was
 * lost, and nothing says which content the line stands for. The eval has to run again.
 */
function isOfLostRecord([, , key]: Command, { hasRecordFile }: ReadState): boolean {
  return key !== undefined && hasRecordFile(key);
}

function byCommand(records: readonly CompletionRecord[]): Map<string, CompletionRecord> {
  return new Map(records.map((record) => [commandId(record.argv), record]));
}
