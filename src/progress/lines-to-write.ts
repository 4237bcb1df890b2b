/**
 * `lines-to-write.json`: the mark on disk that says which progress lines are being written.
 *
 * A completion record is written before its line. After a kill between the two writes, the record has no line, just as when the
 * user deletes the line to run the eval again. The mark distinguishes the two: docs/adr/0003-record-then-line.md.
 */
import { rmSync } from 'node:fs';
import { z } from 'zod';
import { hasAtMost } from '../model/bounded-json.ts';
import { type Command, commandId } from '../model/command.ts';
import { MAX_COMPLETIONS_BYTES } from './completions-file.ts';
import { flushEntries, replaceFile } from './durable.ts';
import type { StatePaths } from './paths.ts';
import { commandSchema } from './record-lines.ts';

/** The commands of all completion records, which a merge may name, are smaller than the records. */
export const MAX_MARK_BYTES = MAX_COMPLETIONS_BYTES;

/** As many values as 200,000 commands of ten arguments have. */
const MAX_VALUES = 2_000_000;

const schema = z.object({ version: z.literal(1), commands: z.array(commandSchema).max(200_000) });

/** The mark of one state. While a line cannot be written, because the disk is full, the mark keeps its command. */
export class LinesToWrite {
  readonly #path: string;
  readonly #commands = new Map<string, Command>();

  constructor(paths: StatePaths) {
    this.#path = paths.linesToWrite;
  }

  /** Runs `work`, which writes completion records and then the progress lines of these commands. */
  around(commands: readonly Command[], work: () => void): void {
    for (const command of commands) this.#commands.set(commandId(command), command);
    if (commands.length > 0) this.#write();
    work();
    for (const command of commands) this.#commands.delete(commandId(command));
    if (commands.length > 0) this.#write();
  }

  #write(): void {
    const commands = [...this.#commands.values()];
    if (commands.length === 0) {
      clearMark(this.#path);
      return;
    }
    replaceFile(this.#path, `${JSON.stringify({ version: 1, commands })}\n`);
    // Some file systems could otherwise write the record to disk before the name of the mark.
    flushEntries(this.#path);
  }
}

export function clearMark(path: string): void {
  rmSync(path, { force: true });
}

/** The ids of the commands that a mark names, or why the text is not a mark. */
export function parseMark(text: string): ReadonlySet<string> | { readonly reason: string } {
  if (text.length > MAX_MARK_BYTES || !hasAtMost(text, MAX_VALUES))
    return { reason: 'it is too large to be a file of this action' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const result = schema.safeParse(value);
  if (result.success) return new Set(result.data.commands.map(commandId));
  const issue = result.error.issues[0];
  return {
    reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
  };
}
