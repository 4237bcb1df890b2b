/** The processes of this machine, as /proc shows them. Other systems than Linux show none. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** One letter, as in /proc/<pid>/stat: `T` is stopped, `Z` is a zombie. */
  readonly state: string;
  /** Its arguments, separated by blanks. */
  readonly command: string;
}

/** All processes, zombies included. */
export function allProcesses(): ProcessInfo[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = procFile(Number(name), 'stat');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === undefined || parent === undefined) return [];
      const command = procFile(Number(name), 'cmdline').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), state, command }];
    });
}

/**
 * The live processes that were started with this in their environment, `NAME=value`. A process cannot lose what it was
 * started with.
 */
export function processesWith(variable: string): ProcessInfo[] {
  return allProcesses().filter(
    ({ pid, state }) =>
      !isDead(state) && pid !== process.pid && procFile(pid, 'environ').split('\0').includes(variable),
  );
}

/** Whether a process lives. A zombie does not (on Linux only: elsewhere a zombie counts as alive). */
export function isRunning(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !isDead(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Signals a process, or a process group when `pid` is negative. It may have ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A file below /proc/<pid>; empty when the process has ended. */
export function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function isDead(state: string): boolean {
  return /^[ZX]/.test(state);
}
