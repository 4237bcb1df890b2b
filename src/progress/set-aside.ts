import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Moves something that must not be used out of the way, to `<name>.rejected-<time>` in `folder` (beside itself by
 * default), and returns where it went. A symbolic link is moved itself, never followed.
 */
export function setAside(path: string, now: Date, folder = dirname(path)): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const stem = join(folder, `${basename(path)}.rejected-${stamp}`);
  let target = stem;
  for (let n = 2; existsSync(target); n += 1) target = `${stem}-${n}`;
  mkdirSync(folder, { recursive: true });
  try {
    renameSync(path, target);
  } catch (error) {
    // A checkpoint may be unpacked on another file system than the state directory is on.
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(path, target, { recursive: true, verbatimSymlinks: true });
    rmSync(path, { recursive: true, force: true });
  }
  return target;
}
