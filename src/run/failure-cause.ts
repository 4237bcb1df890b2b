/** Finds the Python exception that ended an eval in the output of the eval. Pure. */
import type { Place } from '../model/place.ts';
import { isInstalled, isOfApiClient, isUsersFile } from '../model/python-code.ts';

export interface PythonFailure {
  /** `KeyError`, `openai.NotFoundError` */
  readonly type: string;
  /** One line; may be empty. */
  readonly message: string;
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** The exception of the last traceback, which ended the process; undefined when no complete traceback was printed. */
export function pythonFailure(lines: readonly string[]): PythonFailure | undefined {
  const start = lines.findLastIndex((line) => line.trimEnd().endsWith('Traceback (most recent call last):'));
  if (start < 0) return undefined;
  const frames: Frame[] = [];
  for (const line of lines.slice(start + 1)) {
    const [, file, number, name] = /^\s+File "(.*)", line (\d+)(?:, in (.*))?$/.exec(line) ?? [];
    if (file !== undefined) {
      frames.push({ file, line: Number(number), name: name ?? '' });
      continue;
    }
    const [, type, message] = /^([A-Za-z_][\w.]*)(?:: (.*))?$/.exec(line) ?? [];
    if (type !== undefined) return { type, message: message ?? '', frames };
  }
  return undefined;
}

/** `KeyError: 'wrod' in own/reverse.py:17, sample reverse.dev.3` */
export function describeFailure(failure: PythonFailure, sample: string | undefined): string {
  const { type, message } = failure;
  const found = placeOf(failure);
  // Where a class of evals sent the request says nothing about why the API refused it.
  const place = found && isOfApiClient(failure.type) && isInstalled(found.file) ? undefined : found;
  const where = [
    ...(place ? [`in ${shortPath(place.file)}:${place.line}`] : []),
    ...(sample === undefined ? [] : [`sample ${sample}`]),
  ];
  const what = message === '' ? type : `${type}: ${message.slice(0, 300).trimEnd()}`;
  if (where.length === 0) return what;
  return `${what}${place ? ' ' : ', '}${where.join(', ')}`;
}

const OF_CLASSES = /\/(?:site|dist)-packages\/evals\/elsuite\//;

/** The last frame in the user's own code, or else in a class of evals: the line that a reader wants to see. */
export function placeOf({ frames }: Pick<PythonFailure, 'frames'>): Place | undefined {
  const found =
    frames.findLast(({ file }) => isUsersFile(file)) ?? frames.findLast(({ file }) => OF_CLASSES.test(file));
  return found && { file: found.file, line: found.line };
}

/** The path below the installed packages, or the file and its directory. */
function shortPath(file: string): string {
  const [, inPackage] = /\/(?:site|dist)-packages\/(.*)$/.exec(file) ?? [];
  return inPackage ?? file.split('/').slice(-2).join('/');
}

/** Identifies a failure by its type and place. Messages differ from attempt to attempt: they contain ids and times. */
export function failureSignature({ type, frames }: PythonFailure): string {
  const last = frames.at(-1);
  return `${type} ${last ? `${last.file}:${last.line}` : ''}`;
}

/** Exceptions that come from the machine or the code, not from the responses of a model. */
const NOT_OF_RESPONSES =
  /^(\w+\.)*(OSError|IOError|FileNotFoundError|FileExistsError|PermissionError|IsADirectoryError|NotADirectoryError|BlockingIOError|BrokenPipeError|ConnectionError|ConnectionRefusedError|ConnectionResetError|ImportError|ModuleNotFoundError|MemoryError|SyntaxError|IndentationError|NameError|UnboundLocalError|KeyboardInterrupt|SystemExit)$/;

/** Functions of evals that evaluate one sample. */
const EVALUATES_SAMPLE = /^_?eval_sample$/;

/**
 * Whether other responses of the API might have prevented the failure: the exception was raised while a sample was evaluated,
 * or by an API client. An exception after the last sample, or from the machine, would be raised again.
 */
export function mayDependOnResponses(failure: PythonFailure): boolean {
  if (NOT_OF_RESPONSES.test(failure.type)) return false;
  return isOfApiClient(failure.type) || failure.frames.some(({ name }) => EVALUATES_SAMPLE.test(name));
}
