import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { statePaths } from '../../../src/progress/paths.ts';
import { statesOnMachine } from '../../../src/progress/states-on-machine.ts';
import { owner, temporaryDirectory } from '../../helpers/builders.ts';

/** What is known of `gpt-4` on `set` in a state directory with these files. */
function known(...files: string[]) {
  const root = temporaryDirectory();
  for (const name of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
  return statesOnMachine(statePaths(root, 'gpt-4', 'set'), owner);
}

test('states on machine: there are none in a directory that does not exist', () => {
  const paths = statePaths(join(temporaryDirectory(), 'absent'), 'gpt-4', 'set');
  expect(statesOnMachine(paths, owner)).toEqual({ hasState: false, otherModels: [] });
});

test('states on machine: other models are those with a progress file of the same eval set', () => {
  const files = ['gpt-4o.set.progress.txt', 'org/model.set.progress.txt', 'gpt-4o.other.progress.txt'];
  const more = ['x.set.resume/x.set.progress.txt', 'y.set.progress.txt.rejected-20260101T000000Z'];
  expect(known(...files, ...more)).toEqual({ hasState: false, otherModels: ['gpt-4o', 'org/model'] });
});

test('states on machine: the state of this model is not another one', () => {
  expect(known('gpt-4.set.progress.txt')).toEqual({ hasState: true, otherModels: [] });
});
