import { oneLine, shorten } from '../../text.ts';

/** A line that the cache client printed: a workflow command or plain text, of its own or of tar and zstd. */
export interface OutputLine {
  /** The workflow command of the line (`warning`, `debug`, …), or `info` for plain text. */
  readonly level: string;
  readonly text: string;
}

export function linesOf(stdout: string): OutputLine[] {
  return stdout.split(/\r?\n/).map((line) => {
    const command = /^::([\w-]+)(?: [^:]*)?::(.*)$/.exec(line);
    if (!command) return { level: 'info', text: line };
    return { level: command[1] ?? '', text: unescapeData(command[2] ?? '') };
  });
}

/**
 * The lines that the Azure SDK logged on stderr (AZURE_LOG_LEVEL=info), with the level `storage`. The SDK removes signatures.
 * The client's own message about a failed upload or download is empty, or the text of a response without its status.
 */
export function storageLines(stderr: string): OutputLine[] {
  return stderr.split('\n').flatMap((line) => {
    const text = /^azure:\S+ (.*)/.exec(line)?.[1];
    return text === undefined ? [] : [{ level: 'storage', text }];
  });
}

/** The first group of the first line that matches. */
export function firstMatch(lines: readonly OutputLine[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const match = pattern.exec(line.text);
    if (match) return match[1];
  }
  return undefined;
}

/** The first group of the last line that matches. */
export function lastMatch(lines: readonly OutputLine[], pattern: RegExp): string | undefined {
  return firstMatch(lines.toReversed(), pattern);
}

/** Whether a line of a tool, or of the shell that starts it, is about an ability that it lacks, not about its input. */
export function saysUnable(line: string): boolean {
  return UNABLE.test(line);
}

const UNABLE =
  /unrecogni[sz]ed option|(invalid|unknown|illegal|unsupported) option|option .* (is not supported|requires)|^usage: |Incorrect parameters|You may not specify more than one|Can'?t (launch|initialize) (external|filter)|Cannot exec|: not found$|command not found|applet not found|Unable to locate executable|spawn .* (ENOENT|EACCES|ENOEXEC)|Exec format error/i;

/** A line of a tool for a message: without the path of the tool, and without punctuation at its end. */
export function toolMessage(line: string): string {
  return redacted(line.trim().replace(/^\S*\/(?=[\w.-]+(?: \(child\))?: )/, ''), []).replace(/[.;]+$/, '');
}

/** The key of the entry that the client found, even if it could not be used; undefined when it found none. */
export function foundEntry(lines: readonly OutputLine[]): string | undefined {
  return (
    firstMatch(lines, /^Cache hit for(?: restore-key)?: (.*)$/) ??
    firstMatch(
      lines.filter(({ level }) => level === 'debug'),
      /^\{.*"cacheKey":"([^"\\]+)"/,
    )
  );
}

/** A cause is one clause of a message, not a page. */
const MAX_CAUSE_BYTES = 300;

/**
 * A text for a message: one short line in which nothing acts on a terminal, without what would let a reader of the log use
 * the cache in our name: the given secrets, tokens, and every part of an address but its host.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const hidden = (shown: string): string =>
    secrets.reduce((line, secret) => (secret ? line.replaceAll(secret, '***') : line), shown);
  // Twice: a secret may contain white space, and may become whole only when an escape sequence inside it is dropped.
  const line = hidden(oneLine(hidden(text)))
    .replace(/\b(https?:\/\/)(?:[^\s/?#"'<>@]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi, '$1$2/…')
    .replace(/\beyJ[\w-]+(?:\.[\w-]*)*/g, '***');
  return shorten(line, MAX_CAUSE_BYTES);
}

/** Reverses the escaping of a workflow command by @actions/core. */
function unescapeData(text: string): string {
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');
}
