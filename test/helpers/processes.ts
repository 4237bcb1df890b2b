/** The processes of this machine, read from /proc. On systems other than Linux there are none. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** A letter, as in /proc/<pid>/stat: `T` is stopped, `Z` is a zombie. */
  readonly state: string;
  /** The arguments, separated by spaces. */
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
 * The live processes that were started with `NAME=value` in their environment. /proc shows the environment at the start of
 * a process, so a process cannot remove the variable.
 */
export function processesWith(variable: string): ProcessInfo[] {
  return allProcesses().filter(
    ({ pid, state }) => !isDead(state) && pid !== process.pid && hasVariable(pid, variable),
  );
}

/** Whether a process was started with `NAME=value` in its environment. */
export function hasVariable(pid: number, variable: string): boolean {
  return procFile(pid, 'environ').split('\0').includes(variable);
}

/** All processes that descend from `root`, without `root` itself. */
export function descendants(root: number): ProcessInfo[] {
  const all = allProcesses();
  const childrenOf = (pid: number): ProcessInfo[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...childrenOf(child.pid)]);
  return childrenOf(root);
}

/** Whether a process is alive. A zombie is not, except on systems without /proc, which cannot tell. */
export function isRunning(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !isDead(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Signals a process, or a process group if `pid` is negative. It is no error if the process has ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The content of a file in /proc/<pid>. It is empty if the process has ended. */
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
