import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Python interpreter that has evals: what EVALS_PYTHON names, or the virtual environment that `.ci/run` makes. */
export function evalsPython(): string {
  const python = process.env.EVALS_PYTHON ?? join(import.meta.dirname, '../../.venv/bin/python');
  if (!existsSync(python)) {
    throw new Error(
      `${python} does not exist: run .ci/evals-python, or set EVALS_PYTHON to a Python that has evals`,
    );
  }
  return python;
}
