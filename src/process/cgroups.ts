/** The control groups of this process, on Linux. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Cgroup {
  readonly version: 1 | 2;
  /** The text of one of its files; undefined when there is no such file. */
  read(file: string): string | undefined;
}

/**
 * The groups that limit this process in what the controller governs, from its own to the outermost that is visible. In a
 * container the outermost is that of the container, and the path of the inner one may not exist: such files are just missing.
 *
 * @param root where /proc and /sys are
 */
export function cgroups(controller: 'memory' | 'cpu', root = '/'): Cgroup[] {
  const lines = (readText(join(root, 'proc/self/cgroup')) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, id = '', controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (id === '0') return withParents(2, join(root, 'sys/fs/cgroup'), path);
    if (!controllers.split(',').includes(controller)) return [];
    return withParents(1, join(root, 'sys/fs/cgroup', controller), path);
  });
}

function withParents(version: 1 | 2, mount: string, path: string): Cgroup[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..');
  const depths = Array.from({ length: names.length + 1 }, (_, depth) => names.length - depth);
  return depths.map((depth) => {
    const directory = join(mount, ...names.slice(0, depth));
    return { version, read: (file) => readText(join(directory, file)) };
  });
}

/** @returns undefined when the file cannot be read */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The number of a line `name 123` or `name: 123`; undefined when there is none. */
export function fieldOf(text: string | undefined, name: string): number | undefined {
  const digits = new RegExp(`^${name}:?\\s+(\\d+)`, 'm').exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
