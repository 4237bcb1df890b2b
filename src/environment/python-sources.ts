import { join } from 'node:path';
import { actionRoot } from '../action-root.ts';

/** The directory with the action's Python programs and package locks, which are not bundled. */
export const PYTHON_SOURCES = join(actionRoot(), 'src/python');
