import { readdirSync, readFileSync } from 'node:fs';

/**
 * Kills every process that this one has started, and those that they have, where the system tells (Linux). For the very end:
 * short helpers run by @actions/exec, which cannot be signalled.
 */
export function endDescendants(): void {
  const children = childrenByParent();
  const open = [process.pid];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const pid of children.get(parent) ?? []) {
      open.push(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of processNames()) {
    const parent = parentOf(name);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** proc_pid_stat(5): the fourth field, behind a name in parentheses that may hold anything. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
