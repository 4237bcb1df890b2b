import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { availableMemory, processMemory } from '../../../src/process/available-memory.ts';
import { busyShare, cpuTimes } from '../../../src/process/busy-cores.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A root directory with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const meminfo = { 'proc/meminfo': 'MemTotal: 24684084 kB\nMemFree: 100 kB\nMemAvailable:   2000 kB\n' };

describe('availableMemory', () => {
  test.each<[string, number | undefined, Record<string, string>]>([
    ['without /proc it is not known', undefined, {}],
    ['a machine without groups has its own', 2000 * 1024, meminfo],
    [
      'of a container with a limit, its page cache is available',
      400_000,
      {
        ...meminfo,
        'proc/self/cgroup': '0::/\n',
        'sys/fs/cgroup/memory.max': '1000000\n',
        'sys/fs/cgroup/memory.current': '800000\n',
        'sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 200000\n',
      },
    ],
    [
      'the limit of an outer group counts',
      100_000,
      {
        ...meminfo,
        'proc/self/cgroup': '0::/system.slice/runner.service\n',
        'sys/fs/cgroup/system.slice/memory.max': '300000\n',
        'sys/fs/cgroup/system.slice/memory.current': '200000\n',
        'sys/fs/cgroup/system.slice/runner.service/memory.max': 'max\n',
        'sys/fs/cgroup/system.slice/runner.service/memory.current': '200000\n',
      },
    ],
    [
      'groups of version 1 are read, also when only the container is visible',
      600_000,
      {
        ...meminfo,
        'proc/self/cgroup': '9:cpu,cpuacct:/docker/1\n8:memory:/docker/1\n0::/\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '1000000\n',
        'sys/fs/cgroup/memory/memory.usage_in_bytes': '500000\n',
        'sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 100000\n',
      },
    ],
    [
      'a group above its limit has nothing left',
      0,
      {
        ...meminfo,
        'proc/self/cgroup': '0::/\n',
        'sys/fs/cgroup/memory.max': '1000\n',
        'sys/fs/cgroup/memory.current': '2000\n',
      },
    ],
    [
      'files that say nothing are no limit',
      2000 * 1024,
      {
        ...meminfo,
        'proc/self/cgroup': '0::/../..\nnonsense\n8:memory:/\n',
        'sys/fs/cgroup/memory.max': '',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        'sys/fs/cgroup/memory/memory.usage_in_bytes': 'many\n',
      },
    ],
  ])('availableMemory: %s', (_, bytes, files) => {
    expect(availableMemory(rootWith(files))).toBe(bytes);
  });
});

test('processMemory: is what no file backs, and unknown for a process that has ended', () => {
  const root = rootWith({ 'proc/7/status': 'Name:\tpython\nVmRSS:\t 900 kB\nRssAnon:\t 700 kB\n' });
  expect([processMemory(7, root), processMemory(8, root)]).toEqual([700 * 1024, undefined]);
});

describe('cpuTimes', () => {
  test.each<[string, Record<string, string>]>([
    [
      'version 2',
      {
        'proc/self/cgroup': '0::/job\n',
        'sys/fs/cgroup/job/cpu.max': '150000 100000\n',
        'sys/fs/cgroup/job/cpu.stat': 'usage_usec 3000000\nuser_usec 1\n',
      },
    ],
    [
      'version 1',
      {
        'proc/self/cgroup': '4:cpu,cpuacct:/job\n',
        'sys/fs/cgroup/cpu/job/cpu.cfs_quota_us': '150000\n',
        'sys/fs/cgroup/cpu/job/cpu.cfs_period_us': '100000\n',
        'sys/fs/cgroup/cpu/job/cpuacct.usage': '3000000000\n',
      },
    ],
  ])('cpuTimes: a quota of a group of %s is measured beside the machine', (_, files) => {
    expect(cpuTimes(1000, rootWith(files)).at(-1)).toEqual({ usedMs: 3000, totalMs: 1500 });
  });

  test('cpuTimes: a group without a quota is not measured', () => {
    const without = cpuTimes(1000, rootWith({})).length;
    const root = rootWith({
      'proc/self/cgroup': '0::/\n4:cpu:/\n',
      'sys/fs/cgroup/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 3000000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpu/cpuacct.usage': '3000000000\n',
    });
    expect(cpuTimes(1000, root)).toHaveLength(without);
  });
});

test('busyShare: is that of the busiest meter, and unknown while no time has passed', () => {
  const before = [
    { usedMs: 100, totalMs: 1000 },
    { usedMs: 0, totalMs: 1000 },
  ];
  const after = [
    { usedMs: 150, totalMs: 1200 },
    { usedMs: 150, totalMs: 1200 },
  ];
  expect(busyShare(before, after)).toBe(0.75);
  expect(busyShare(before, before)).toBeUndefined();
  expect(busyShare([], [])).toBeUndefined();
});
