import { isAbsolute, normalize, sep } from 'node:path';

/** What is there has no content of its own, may have no end, or may answer only when it likes. */
const UNREAL = ['/proc', '/sys', '/dev'];

/**
 * Whether these may be paths of dependencies, which are read back from a file that others may have written: each once, in the one
 * form that a path has, and none of the kernel's own.
 */
export function areOrdinaryPaths(paths: readonly string[]): boolean {
  return new Set(paths).size === paths.length && paths.every(isOrdinary);
}

function isOrdinary(path: string): boolean {
  if (!isAbsolute(path) || path.includes('\0') || normalize(path) !== path) return false;
  if (path.endsWith(sep) && path !== sep) return false;
  return !UNREAL.some((top) => path === top || path.startsWith(top + sep));
}
