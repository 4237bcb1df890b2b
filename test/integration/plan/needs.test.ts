/** What the planner says that classes of evals need, compared with what the classes do. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { PYTHON_PACKAGE } from '../../../src/environment/python-sources.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { cleanupAfterAll, temporaryDirectory } from '../../helpers/temporary-directory.ts';

interface Comparison {
  readonly case: string;
  readonly refused: string | readonly string[] | null;
  readonly raises: string | null;
}

const directory = temporaryDirectory(cleanupAfterAll());
let comparisons: Comparison[] = [];

beforeAll(async () => {
  const program = join(import.meta.dirname, '../../fixtures/needs/compare.py');
  const { stdout } = await promisify(execFile)(await evalsPython(), [program, dirname(PYTHON_PACKAGE)], {
    cwd: directory,
    maxBuffer: 1 << 26,
  });
  comparisons = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"case"'))
    .map((line) => JSON.parse(line) as Comparison);
});

const isRefused = ({ refused }: Comparison) => refused !== null && refused.length > 0;

describe('needs of classes', () => {
  test('needs: what is refused makes the class raise an error, whatever the model answers', () => {
    expect(comparisons.filter((each) => isRefused(each) && each.raises === null)).toEqual([]);
  });

  test('needs: what makes the class raise an error is refused', () => {
    expect(comparisons.filter((each) => !isRefused(each) && each.raises !== null)).toEqual([]);
  });

  test('needs: both kinds are among the cases of each class', () => {
    expect(comparisons.filter(isRefused).length).toBeGreaterThan(150);
    expect(comparisons.filter((each) => !isRefused(each)).length).toBeGreaterThan(150);
  });
});
