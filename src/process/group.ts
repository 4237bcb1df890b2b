import type { Readable } from 'node:stream';
import { signalGroup, startLeader } from './leader.ts';
import { readRedraws } from './redraws.ts';

export interface GroupOptions {
  readonly cwd: string;
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line the child's processes print, as a terminal would show it last. */
  readonly onLine: (line: string) => void;
  /** Called with what a progress bar shows, which redraws its line without ending it. */
  readonly onRedraw?: ((line: string) => void) | undefined;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child in a process group of its own, so that it can be signalled together with everything it started. */
export interface ProcessGroup {
  readonly pid: number;
  /**
   * Settles when the child has ended, what it left running in its group has been killed, and its output is read. Rejects
   * when it cannot be started.
   */
  readonly exit: Promise<Exit>;
  /** Signals every process of the group; does nothing when none is left. */
  signal(signal: NodeJS.Signals): void;
}

/** How long the output of a child that has ended may stay open. */
const LAST_OUTPUT = 2000;

/**
 * Starts a program as the leader of a new process group. Its file descriptor 3 is a pipe that this process holds open
 * and never writes to: when this process is gone, kill -9 included, the child reads its end there.
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
    // What it left running would hold its output, and nobody is to wait for that; also not when it has left the group. What
    // was forked there holds even the other end of the pipe, which nobody needs any more.
    signalGroup(pid, 'SIGKILL');
    child.stdio[3]?.destroy();
    setTimeout(() => {
      for (const stream of child.stdio) stream?.destroy();
    }, LAST_OUTPUT).unref();
  });
  return { pid, exit, signal: (signal) => signalGroup(pid, signal) };
}

/** In characters; of a longer line its end is reported. */
const LONGEST_LINE = 64 * 1024;

/** Reports each line of a stream, the last one also without its newline. Lines end at `\n` only. */
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
    if (pending.length > LONGEST_LINE) pending = pending.slice(-LONGEST_LINE);
    lines.forEach(emit);
  });
  stream.on('end', () => emit(pending));
}

/** As tqdm and pip draw: `  5%|▌    | 1/20 [00:00<00:10]`, `12it [00:01, 9.9it/s]`. */
const PROGRESS_BAR = /\d ?%|\dit \[|━/;

/** A progress bar redraws its line behind a `\r`: only its last state is reported. Any other `\r` is part of the text. */
function withoutRedraws(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '');
  return parts.filter((part, n) => n === parts.length - 1 || !PROGRESS_BAR.test(part)).join('\r');
}
