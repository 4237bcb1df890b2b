/** Reads the input of compare/action.yml. */
import { resolve } from 'node:path';
import { ActionError } from '../errors.ts';
import { directoryFault, withHome } from './input/directories.ts';
import { invalid, text } from './input/text.ts';

const REPORTS =
  'Set reports-directory to the directory into which actions/download-artifact downloads the reports.';

/** @returns absolute @throws ActionError */
export function reportsDirectory(): string {
  const value = text('reports-directory');
  if (value === '')
    throw new ActionError('INPUT_MISSING', 'The input reports-directory is missing.', REPORTS);
  const fault = directoryFault(withHome(value), process.cwd());
  if (fault === undefined) return resolve(withHome(value));
  throw invalid('reports-directory', value, fault.why, fault.next ?? REPORTS);
}
