/**
 * The progress file of `oaievalset`: one completed command a line.
 *
 * Current releases write each as a JSON list (`json.dumps(item) + "\n"`, evals/cli/oaievalset.py) and die with a
 * JSONDecodeError on anything else, a blank line included. Older ones wrote the command as plain text, joined by
 * blanks. Both are read, JSON is written, byte for byte as Python does.
 */

/** A command as `oaievalset` records it: `["oaieval", model, resolved eval key, …arguments]`. */
export type Command = readonly string[];

export interface ParsedProgress {
  readonly commands: Command[];
  /** Whether the file is not what {@link formatProgress} would write: it holds old, torn, blank or bad lines. */
  readonly needsRewrite: boolean;
  /** Lines that are no command at all, as they stand in the file. */
  readonly rejected: string[];
}

/** @param known commands of today, to give a plain-text line back the argument boundaries it lost */
export function parseProgress(text: string, known: readonly Command[] = []): ParsedProgress {
  const byText = new Map(known.map((command) => [command.join(' '), command]));
  const commands: Command[] = [];
  const rejected: string[] = [];
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  for (const line of lines) {
    const command = parseLine(line, byText);
    if (command) commands.push(command);
    else if (line.trim() !== '') rejected.push(line);
  }
  // Without its newline a line is only trusted when it is whole JSON: plain text cut short still looks like a command.
  const last = tail === '' ? undefined : parseJsonLine(tail);
  if (last) commands.push(last);
  return {
    commands,
    needsRewrite: text !== formatProgress(commands),
    rejected,
  };
}

export function formatProgress(commands: readonly Command[]): string {
  return commands.map((command) => `${formatCommand(command)}\n`).join('');
}

/** One command as Python's `json.dumps` writes it: `", "` between items, everything but printable ASCII escaped. */
export function formatCommand(command: Command): string {
  return `[${command.map(pythonString).join(', ')}]`;
}

/** A key for maps and sets: two commands are the same when it is. */
export function commandId(command: Command): string {
  return JSON.stringify(command);
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
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.length >= 3 && value.every((item) => typeof item === 'string'))
      return value;
  } catch {
    // Not JSON: not a command.
  }
  return undefined;
}

function pythonString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
