import { join } from 'node:path';
import { actionRoot } from '../action-root.ts';

/** The directory of the action's Python package. It is not bundled: the action runs it from its checkout. */
export const PYTHON_PACKAGE = join(actionRoot(), 'src/python/oaievalset_action');

/** The directory of the locked lists of packages. */
export const REQUIREMENTS = join(actionRoot(), 'src/python/requirements');

/** The arguments with which Python starts a program of the package. `__main__.py` describes the programs. */
export function pythonProgram(name: 'plan' | 'host' | 'oaieval', ...args: readonly string[]): string[] {
  return [join(PYTHON_PACKAGE, '__main__.py'), name, ...args];
}
