import { isAbsolute, relative } from 'node:path';

/**
 * The path of a file relative to the checkout; undefined when it is not in it.
 * @param workspace absolute; empty outside a runner
 */
export function pathInCheckout(file: string, workspace: string): string | undefined {
  if (workspace === '') return undefined;
  const path = relative(workspace, file);
  return path.startsWith('..') || isAbsolute(path) ? undefined : path;
}
