/** How busy the cores are that this process may use. */
import { availableParallelism, cpus } from 'node:os';
import { type Cgroup, cgroups, fieldOf } from './cgroups.ts';

/** CPU time that was used until a moment, and the time that there was. Only differences between two moments mean something. */
export interface CpuTimes {
  readonly usedMs: number;
  readonly totalMs: number;
}

/** The share of the time between two moments that was used, from 0 to 1; the largest when there are several meters. */
export function busyShare(before: readonly CpuTimes[], after: readonly CpuTimes[]): number | undefined {
  const shares = after.flatMap(({ usedMs, totalMs }, meter) => {
    const start = before[meter];
    if (!start || !(totalMs > start.totalMs)) return [];
    return [Math.min(1, Math.max(0, (usedMs - start.usedMs) / (totalMs - start.totalMs)))];
  });
  return shares.length === 0 ? undefined : Math.max(...shares);
}

/**
 * The times of everything that limits this process: the machine, and each container or service with a quota of CPU time. Empty
 * when nothing can be measured: a process that is bound to a few cores of the machine says nothing about how busy they are.
 *
 * @param root where /proc and /sys are
 */
export function cpuTimes(nowMs: number, root = '/'): CpuTimes[] {
  const quotas = cgroups('cpu', root).flatMap((group) => timesOf(group, nowMs) ?? []);
  const cores = cpus();
  const isBound = quotas.length === 0 && availableParallelism() < cores.length;
  if (isBound || cores.length === 0) return quotas;
  const all = cores.map(({ times }) => times);
  const idleMs = sum(all.map(({ idle }) => idle));
  const totalMs = sum(all.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq));
  return [{ usedMs: totalMs - idleMs, totalMs }, ...quotas];
}

/** Undefined when the group has no quota. */
function timesOf({ version, read }: Cgroup, nowMs: number): CpuTimes | undefined {
  const [quota, period] =
    version === 2
      ? (read('cpu.max') ?? '').split(' ').map(Number)
      : [Number(read('cpu.cfs_quota_us')), Number(read('cpu.cfs_period_us'))];
  const usedMs =
    version === 2
      ? (fieldOf(read('cpu.stat'), 'usage_usec') ?? Number.NaN) / 1000
      : Number(read('cpuacct.usage')) / 1e6;
  if (!quota || !period || !(quota > 0) || Number.isNaN(usedMs)) return undefined;
  return { usedMs, totalMs: (nowMs * quota) / period };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
