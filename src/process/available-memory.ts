/** How much memory new processes may take, and how much a process has. Read from /proc and /sys, so only on Linux. */
import { join } from 'node:path';
import { type Cgroup, cgroups, fieldOf, readText } from './cgroups.ts';

/**
 * Bytes that can be allocated before the machine, or the container, runs out of memory; undefined when nothing says it. The
 * page cache counts as available. Node's `availableMemory()` counts the cache of a container as used.
 *
 * @param root where /proc and /sys are
 */
export function availableMemory(root = '/'): number | undefined {
  const kilobytes = fieldOf(readText(join(root, 'proc/meminfo')), 'MemAvailable');
  if (kilobytes === undefined) return undefined;
  return Math.max(0, Math.min(kilobytes * 1024, ...cgroups('memory', root).map(leftOf)));
}

/** Bytes that are left of the limit of a group; infinite when it has none. */
function leftOf({ version, read }: Cgroup): number {
  const [limitFile, usageFile, cacheField] =
    version === 2
      ? ['memory.max', 'memory.current', 'inactive_file']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'];
  const limit = Number.parseInt(read(limitFile) ?? '', 10);
  const usage = Number.parseInt(read(usageFile) ?? '', 10);
  if (Number.isNaN(limit) || Number.isNaN(usage)) return Number.POSITIVE_INFINITY;
  return limit - usage + (fieldOf(read('memory.stat'), cacheField) ?? 0);
}

/** Bytes of a process that no file backs. What it shares with the process that forked it is included. Undefined: not known. */
export function processMemory(pid: number, root = '/'): number | undefined {
  const kilobytes = fieldOf(readText(join(root, `proc/${pid}/status`)), 'RssAnon');
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}
