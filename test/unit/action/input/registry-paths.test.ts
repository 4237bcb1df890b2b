/** The input registry-path. `test/misconfigurations/paths.ts` has its errors as a user sees them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { registryPathsInput } from '../../../../src/action/input/registry-paths.ts';
import { ActionError } from '../../../../src/errors.ts';
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The paths, or the next step of the error, with the name of the directory that has these files removed. */
function read(value: string, files: readonly string[], base?: 'unknown'): string | readonly string[] {
  const root = temporaryDirectory();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  vi.stubEnv('INPUT_REGISTRY-PATH', value.replaceAll('<root>', root));
  try {
    return registryPathsInput(base ? undefined : root).map((path) => path.replace(root, '<root>'));
  } catch (error) {
    if (error instanceof ActionError) return error.next.replaceAll(root, '<root>');
    throw error;
  }
}

const REGISTRY = ['reg/evals/a.yaml', 'reg/data/own/samples.jsonl'];

test.each<[string, string, readonly string[], string | readonly string[]]>([
  ['a registry', 'reg', REGISTRY, ['reg']],
  ['an absolute path', '<root>/reg', REGISTRY, ['<root>/reg']],
  ['a registry that is named like a part of one', 'evals', ['evals/evals/a.yaml'], ['evals']],
  [
    'a registry inside a directory of another',
    'reg/evals/x',
    [...REGISTRY, 'reg/evals/x/solvers/b.yaml'],
    ['reg/evals/x'],
  ],
  ['a directory that an earlier step may have to fill', 'empty', ['empty/.gitkeep'], ['empty']],
  [
    'two registries inside, of which none is chosen',
    'both',
    ['both/a/evals/a.yaml', 'both/b/evals/b.yaml'],
    ['both'],
  ],
  ['a part of a registry', '<root>/reg/evals', REGISTRY, 'Set registry-path to <root>/reg.'],
  ['the data of a registry', './reg/data/own/', REGISTRY, 'Set registry-path to reg.'],
  [
    'a part of the registry that is the working directory',
    'evals',
    ['evals/a.yaml'],
    'Set registry-path to ./.',
  ],
  ['the directory around a registry', '<root>', REGISTRY, 'Set registry-path to <root>/reg.'],
  ['a misspelt directory in the middle', 'projct/reg/x', ['project/reg/x/evals/a.yaml'], 'Correct the path.'],
])('registry-path: %s', (_, value, files, expected) => {
  expect(read(value, files)).toEqual(expected);
});

test('registry-path: nothing is checked while it is unknown where relative paths start', () => {
  expect(read('gone', REGISTRY, 'unknown')).toEqual(['gone']);
});
