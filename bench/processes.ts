/** What processes cost: seconds by the clock, CPU time, memory. Linux only, as it is read from /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Cost {
  readonly seconds: number;
  /** CPU seconds, user and system, of the processes that were started and ended meanwhile, with all that they waited for. */
  readonly cpu: number;
}

/** What it costs to start processes and to wait for their end. Nothing else may end meanwhile. */
export async function costOf<T>(work: () => Promise<T>): Promise<Cost & { readonly value: T }> {
  const cpuBefore = cpuOfEnded();
  const begun = performance.now();
  const value = await work();
  const seconds = (performance.now() - begun) / 1000;
  return { value, seconds, cpu: cpuOfEnded() - cpuBefore };
}

/** USER_HZ: what the kernel counts in for user space, on every architecture that runs Node. */
const TICKS = 100;

/** `cutime` and `cstime` of proc_pid_stat(5): of children that were waited for, and of theirs. */
function cpuOfEnded(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

const SAMPLE = 100;

/**
 * The most memory, in bytes, that the processes which `work` starts hold at a time, those of Node left out. A page that
 * several of them share is counted once (PSS).
 */
export async function peakMemory(work: () => Promise<unknown>): Promise<number> {
  const others = new Set(childrenOf(process.pid));
  let peak = 0;
  const sampler = setInterval(() => {
    const roots = childrenOf(process.pid).filter((pid) => !others.has(pid));
    const python = roots.flatMap((pid) => withDescendants(pid)).filter(({ pid }) => !isNode(pid));
    const memory = new Map(python.map(({ pid }) => [pid, memoryOf(pid)]));
    // Between vfork and exec a child has the memory of its parent: the very same, not a copy that shares pages.
    const own = python.filter(({ pid, parent }) => memory.get(pid) !== memory.get(parent));
    peak = Math.max(
      peak,
      own.reduce((sum, { pid }) => sum + proportionalSize(memory.get(pid)), 0),
    );
  }, SAMPLE);
  try {
    await work();
  } finally {
    clearInterval(sampler);
  }
  return peak;
}

interface Descendant {
  readonly pid: number;
  readonly parent: number;
}

function withDescendants(pid: number, parent = process.pid): Descendant[] {
  return [{ pid, parent }, ...childrenOf(pid).flatMap((child) => withDescendants(child, pid))];
}

function childrenOf(pid: number): number[] {
  return whileItLives([], () =>
    readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    ),
  );
}

function isNode(pid: number): boolean {
  return whileItLives(true, () => readlinkSync(`/proc/${pid}/exe`) === process.execPath);
}

/** What the kernel says of the memory of a process, whole; empty when it is gone. */
function memoryOf(pid: number): string {
  return whileItLives('', () => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
}

function proportionalSize(memory = ''): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
}

function whileItLives<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
