import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder with the action's Python programs and package locks. Not bundled, so found by its place in the checkout of
 * the action: two folders up leads to the same one from `src/environment` and from `dist/<entry>`.
 */
export const PYTHON_SOURCES = resolve(dirname(fileURLToPath(import.meta.url)), '../../src/python');
