/** What processes cost: wall time, CPU time and memory. It is read from /proc, so these benchmarks need Linux. */
import { readFileSync, readlinkSync } from 'node:fs';
import { descendants, procFile } from '../test/helpers/processes.ts';

export interface Cost {
  /** Wall time. */
  readonly seconds: number;
  /** User and system time, in seconds, of the child processes that ended meanwhile, and of the descendants they waited for. */
  readonly cpu: number;
}

/** Measures work that starts child processes and waits for them. No other child process may end meanwhile. */
export async function costOf<T>(work: () => Promise<T>): Promise<Cost & { readonly value: T }> {
  const cpuBefore = cpuOfEnded();
  const begun = performance.now();
  const value = await work();
  const seconds = (performance.now() - begun) / 1000;
  return { value, seconds, cpu: cpuOfEnded() - cpuBefore };
}

/** USER_HZ: the unit of CPU times in /proc, the same on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

/** `cutime` and `cstime` of proc_pid_stat(5): CPU seconds of all descendants that were waited for. */
function cpuOfEnded(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

const SAMPLE_INTERVAL_MS = 100;

/**
 * The peak memory in bytes of all processes that `work` starts, without those of Node. A page that several processes share
 * is counted once (PSS).
 */
export async function peakMemory(work: () => Promise<unknown>): Promise<number> {
  const others = new Set(descendants(process.pid).map(({ pid }) => pid));
  let peak = 0;
  const sampler = setInterval(() => {
    const python = descendants(process.pid).filter(({ pid }) => !others.has(pid) && !isNode(pid));
    const memory = new Map(python.map(({ pid }) => [pid, memoryOf(pid)]));
    // Between vfork and exec a child runs in the memory of its parent, which would be counted twice.
    const own = python.filter(({ pid, parent }) => memory.get(pid) !== memory.get(parent));
    peak = Math.max(
      peak,
      own.reduce((sum, { pid }) => sum + proportionalSize(memory.get(pid)), 0),
    );
  }, SAMPLE_INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(sampler);
  }
  return peak;
}

/** Whether a process runs Node. One that has ended counts as one that does, because it has no memory. */
function isNode(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === process.execPath;
  } catch {
    return true;
  }
}

/** The memory report of a process. It is empty if the process has ended. */
function memoryOf(pid: number): string {
  return procFile(pid, 'smaps_rollup');
}

function proportionalSize(memory = ''): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
}
