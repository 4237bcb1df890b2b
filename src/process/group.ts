import type { Readable } from 'node:stream';
import { signalGroup, startLeader } from './leader.ts';
import { MAX_LINE_LENGTH, readRedraws } from './redraws.ts';

export interface GroupOptions {
  readonly cwd: string;
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line of output, in the last form that a terminal would show. */
  readonly onLine: (line: string) => void;
  /** Called with each state of a progress bar, which redraws its line without ending it. */
  readonly onRedraw?: ((line: string) => void) | undefined;
}

/** How a process ended: with an exit code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child in its own process group, so that it can be signalled together with all processes that it started. */
export interface ProcessGroup {
  readonly pid: number;
  /**
   * Settles when the child has ended, the rest of its group has been killed, and its output has been read. Rejects when the
   * child cannot be started.
   */
  readonly exit: Promise<Exit>;
  /** Signals every process of the group. Does nothing when the group is empty. */
  signal(signal: NodeJS.Signals): void;
}

/** The output of a child that has ended may stay open this long. */
const OUTPUT_GRACE_MS = 2000;

/**
 * Starts a program as the leader of a new process group. Its file descriptor 3 is a pipe that this process keeps open and never
 * writes to. When this process ends, SIGKILL included, the child reads the end of the pipe.
 */
export function spawnGroup(program: string, args: readonly string[], options: GroupOptions): ProcessGroup {
  const child = startLeader(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    readLines(stream, options.onLine);
    if (options.onRedraw) readRedraws(stream, options.onRedraw);
  }
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const pid = child.pid ?? -1;
  child.once('exit', () => {
    // Processes that the child left running keep its output open, as do those that have left the group. Forked ones also keep
    // the other end of the pipe. None of them is waited for.
    signalGroup(pid, 'SIGKILL');
    child.stdio[3]?.destroy();
    setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy();
    }, OUTPUT_GRACE_MS).unref();
  });
  return { pid, exit, signal: (signal) => signalGroup(pid, signal) };
}

/** Reports each line of a stream, and the last one even without its newline. Lines end only at `\n`. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let pending = '';
  const emit = (line: string): void => {
    const shown = withoutRedraws(line);
    if (shown !== '') onLine(shown);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > MAX_LINE_LENGTH) pending = pending.slice(-MAX_LINE_LENGTH);
    lines.forEach(emit);
  });
  stream.on('end', () => emit(pending));
}

/** The progress bars of tqdm and pip: `  5%|▌    | 1/20 [00:00<00:10]`, `12it [00:01, 9.9it/s]`. */
const PROGRESS_BAR = /\d ?%|\dit \[|━/;

/** Removes all states but the last of a progress bar, which redraws its line after a `\r`. Any other `\r` stays in the text. */
function withoutRedraws(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '');
  return parts.filter((part, n) => n === parts.length - 1 || !PROGRESS_BAR.test(part)).join('\r');
}
