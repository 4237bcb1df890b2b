/**
 * Finds workflow commands in the output of a step as actions/runner does: src/Runner.Common/ActionCommand.cs has the two
 * forms, and src/Runner.Worker/ActionCommandManager.cs has stop-commands.
 */

/** A line of output that a runner executes. */
export interface WorkflowCommand {
  /** Lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  /** As printed. */
  readonly line: string;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string | undefined;
  readonly message: string;
}

/** The commands that a runner knows. It takes all others as plain text. */
const registered = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** Finds the workflow commands of one step. It knows `stop-commands`. */
export class CommandParser {
  #resumeToken: string | undefined;

  /** The command that a runner executes at this line, if there is one. */
  parse(line: string): WorkflowCommand | undefined {
    const command = parseColons(line, this.#knows) ?? parseBrackets(line, this.#knows);
    if (!command) return undefined;
    if (this.#resumeToken !== undefined) {
      if (command.name !== this.#resumeToken) return undefined;
      this.#resumeToken = undefined;
      return command;
    }
    if (command.name === 'stop-commands') {
      if (
        command.data === '' ||
        registered.has(command.data.toLowerCase()) ||
        command.data === 'pause-logging'
      ) {
        throw new Error(`A runner refuses this stop-commands token: ${line}`);
      }
      this.#resumeToken = command.data.toLowerCase();
    }
    return command;
  }

  readonly #knows = (name: string): boolean => registered.has(name) || name === this.#resumeToken;
}

/** `::name key=value,key=value::data` at the start of a line, after white space. */
function parseColons(line: string, knows: (name: string) => boolean): WorkflowCommand | undefined {
  const text = line.trimStart();
  if (!text.startsWith('::')) return undefined;
  const end = text.indexOf('::', 2);
  if (end < 0) return undefined;
  const { name, rest } = nameAndRest(text.slice(2, end));
  if (!knows(name)) return undefined;
  const properties = readProperties(rest.trim(), ',', (v) =>
    unescaped(v, { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }),
  );
  return { name, properties, data: unescaped(text.slice(end + 2), { '%0D': '\r', '%0A': '\n' }), line };
}

/** `##[name key=value;key=value]data` anywhere in a line. */
function parseBrackets(line: string, knows: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const { name, rest } = nameAndRest(line.slice(start + 3, end));
  if (!knows(name)) return undefined;
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']' };
  const properties = readProperties(rest, ';', (v) => unescaped(v, escapes));
  return { name, properties, data: unescaped(line.slice(end + 1), escapes), line };
}

function nameAndRest(info: string): { name: string; rest: string } {
  const space = info.indexOf(' ');
  if (space < 0) return { name: info.toLowerCase(), rest: '' };
  return { name: info.slice(0, space).toLowerCase(), rest: info.slice(space + 1) };
}

function readProperties(
  text: string,
  separator: string,
  read: (value: string) => string,
): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(separator)) {
    const [, key, value] = /^=*([^=]+)=(.+)$/s.exec(part) ?? [];
    if (key !== undefined && value !== undefined) properties[key.toLowerCase()] = read(value);
  }
  return properties;
}

function unescaped(text: string, escapes: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [from, to] of Object.entries(escapes)) result = result.replaceAll(from, to);
  return result.replaceAll('%25', '%');
}

/** The annotation that a command makes: one or none. */
export function annotation({ name, properties, data }: WorkflowCommand): Annotation[] {
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return [];
  return [{ level: name, title: properties.title, message: data }];
}
