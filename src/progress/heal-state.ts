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
  /** Whether a merge was interrupted between its two files. */
  readonly mergeWasInterrupted: boolean;
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
 * A record is written before its line. So when only the newest record has no line, the process was killed between the two
 * writes, and the line is added. In all other cases, the user removed the line or the whole progress file. After an
 * interrupted merge, every missing line is added.
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
 * Plain `oaievalset` writes lines without records. But if the eval also has a record file, this action wrote the line and its
 * record was lost. Then the content that the line stands for is unknown, and the eval must run again.
 */
function isOfLostRecord([, , key]: Command, { hasRecordFile }: ReadState): boolean {
  return key !== undefined && hasRecordFile(key);
}

function byCommand(records: readonly CompletionRecord[]): Map<string, CompletionRecord> {
  return new Map(records.map((record) => [commandId(record.argv), record]));
}
