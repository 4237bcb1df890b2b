import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { TreeInspector } from '../../../../src/checkpoint/trust/inspection.ts';
import { owner, temporaryDirectory } from '../../../helpers/builders.ts';

/** A restored tree with these files. */
function tree(files: Record<string, string>): string {
  const root = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const inspect = (root: string) => new TreeInspector(owner).inspect(root, new AbortController().signal);

test('inspection: a tree with a progress file of this model and eval set is used', async () => {
  expect(
    await inspect(tree({ 'gpt-4.set.progress.txt': '["oaieval", "gpt-4", "a.dev.v0"]\n' })),
  ).toBeUndefined();
});

test.each<[string, Record<string, string>, 'unusable' | 'flawed', string | RegExp]>([
  [
    'the state of another model and eval set',
    { 'gpt-3.other.progress.txt': '' },
    'unusable',
    'it contains no state of this model and eval set',
  ],
  [
    'completion records that cannot be read',
    { 'gpt-4.set.resume/completions.jsonl': '{}\nrubbish\n' },
    'flawed',
    /^its completion records cannot be read: line 1: .* \(2 such\)$/,
  ],
  [
    'a progress file that cannot be read',
    { 'gpt-4.set.progress.txt': 'rubbish\n' },
    'flawed',
    /^its progress file cannot be read: /,
  ],
  [
    'a plan that cannot be read',
    { 'gpt-4.set.resume/plan.json': '[]' },
    'flawed',
    /^its plan cannot be read: /,
  ],
  [
    'a directory in place of its progress file',
    { 'gpt-4.set.progress.txt/x': '' },
    'flawed',
    'its progress file is a directory',
  ],
  [
    'a file in place of its resume directory',
    { 'gpt-4.set.resume': '' },
    'flawed',
    'its resume directory is a file',
  ],
])('inspection: finds %s', async (_what, files, kind, why) => {
  const expected = typeof why === 'string' ? why : expect.stringMatching(why);
  expect(await inspect(tree(files))).toEqual({ kind, why: expected });
});

test('inspection: a tree with a forbidden entry is unusable, whatever else it contains', async () => {
  const root = tree({ 'gpt-4.set.progress.txt': '' });
  symlinkSync('/etc/passwd', join(root, 'l'));
  expect(await inspect(root)).toEqual({ kind: 'unusable', why: '"l" is a symbolic link' });
});
