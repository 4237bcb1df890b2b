/**
 * The progress file of `oaievalset`: one completed command per line.
 *
 * Current releases of `oaievalset` write each command as a JSON list (`json.dumps(item) + "\n"`, evals/cli/oaievalset.py) and
 * crash with a JSONDecodeError on any other line, a blank line included. Older releases wrote the command as plain text,
 * joined by blanks. Both forms are read. JSON is written, byte for byte as Python writes it.
 */
import { linesOfText } from '../lines.ts';
import { parseBoundedJson } from '../model/bounded-json.ts';
import { type Command, formatCommand } from '../model/command.ts';

/** A larger file is not read. The progress file of 10,000 evals takes a third of this. */
export const MAX_PROGRESS_BYTES = 16 * 1024 * 1024;

/** No eval set has a tenth as many commands, even if it was run with many combinations of arguments. */
const MAX_LINES = 200_000;

const MAX_ARGUMENTS = 10_000;

export interface ParsedProgress {
  readonly commands: Command[];
  /** Why the file, or a part of it, is invalid, as a clause; undefined when all of its lines are commands. */
  readonly rejected: string | undefined;
}

/** @param known commands of the current plan, which restore the argument boundaries of plain-text lines */
export function parseProgress(text: string, known: readonly Command[] = []): ParsedProgress {
  const byText = new Map(known.map((command) => [command.join(' '), command]));
  const commands: Command[] = [];
  let lines = 0;
  let rejected = 0;
  for (const { line, ended } of linesOfText(text)) {
    lines += 1;
    if (lines > MAX_LINES) return { commands: [], rejected: `it has more than ${MAX_LINES} lines` };
    // A line without its newline counts only if it is complete JSON, because torn plain text still looks like a command.
    const command = ended ? parseLine(line, byText) : parseJsonLine(line);
    if (command) commands.push(command);
    else if (ended && line.trim() !== '') rejected += 1;
  }
  return {
    commands,
    rejected: rejected === 0 ? undefined : `${rejected} of its lines are not oaievalset commands`,
  };
}

export function formatProgress(commands: readonly Command[]): string {
  return commands.map((command) => `${formatCommand(command)}\n`).join('');
}

function parseLine(line: string, byText: ReadonlyMap<string, Command>): Command | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.startsWith('[')) return parseJsonLine(text);
  if (!text.startsWith('oaieval ')) return undefined;
  const command = byText.get(text) ?? text.split(' ');
  return command.length >= 3 ? command : undefined;
}

function parseJsonLine(text: string): Command | undefined {
  try {
    const value: unknown = parseBoundedJson(text, MAX_ARGUMENTS);
    if (Array.isArray(value) && value.length >= 3 && value.every((item) => typeof item === 'string'))
      return value;
  } catch {
    // The line is not JSON, so it is not a command.
  }
  return undefined;
}
