import { isAbsolute, normalize, sep } from 'node:path';

/** Files there have no content of their own, may be endless, or may block. */
const UNREAL = ['/proc', '/sys', '/dev'];

/**
 * Whether these may be the dependencies of a plan, which is read from a file that others may have written. Each path must be
 * absolute, normalized and unique, and must not be in a file system of the kernel.
 */
export function areOrdinaryPaths(paths: readonly string[]): boolean {
  return new Set(paths).size === paths.length && paths.every(isOrdinary);
}

function isOrdinary(path: string): boolean {
  if (!isAbsolute(path) || path.includes('\0') || normalize(path) !== path) return false;
  if (path.endsWith(sep) && path !== sep) return false;
  return !UNREAL.some((top) => path === top || path.startsWith(top + sep));
}
