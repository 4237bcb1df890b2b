/** When a checkpoint is worth saving: something was completed, or the plan has changed in more than the place of its files. */
import { expect, test } from 'vitest';
import { type Content, saysTheSame } from '../../../src/checkpoint/content.ts';
import type { SavedPlan } from '../../../src/model/plan.ts';
import { owner, planned, sha256 } from '../../helpers/builders.ts';

function plan(
  root: string,
  changes: { files?: string[]; evals?: string[]; signature?: string } = {},
): SavedPlan {
  const { files = ['registry/evals/a.yaml', 'registry/data/a.jsonl'], evals = ['a.dev.v0'] } = changes;
  return {
    version: 1,
    owner,
    signature: sha256(changes.signature ?? root),
    made: {
      basis: { files: files.map((file) => `${root}/${file}`), directories: [root], absent: [] },
      evalsVersion: '3.0.1',
      warnings: [],
      needsApiKey: true,
    },
    evals: evals.map((key) => planned(key)),
  };
}

const content = (of: SavedPlan | undefined, done = 'done'): Content => ({
  done: sha256(done),
  plan: of,
  attempts: [],
});
const here = content(plan('/work/a'));

test.each<[string, boolean, Content]>([
  ['the same plan', true, content(plan('/work/a'))],
  ['the same plan on a machine with other paths', true, content(plan('/home/runner/work/b'))],
  ['a plan of the same files with other content', false, content(plan('/work/a', { signature: 'edited' }))],
  [
    'a plan of one more file, on a machine with other paths',
    false,
    content(
      plan('/w', { files: ['registry/evals/a.yaml', 'registry/data/a.jsonl', 'registry/evals/b.yaml'] }),
    ),
  ],
  ['a plan of other evals', false, content(plan('/w', { evals: ['a.dev.v0', 'b.dev.v0'] }))],
  ['no plan', false, content(undefined)],
  ['something else that is done', false, content(plan('/work/a'), 'more')],
])('content: a state with %s is equal: %s', (_what, same, other) => {
  expect(saysTheSame(here, other)).toBe(same);
  expect(saysTheSame(other, here)).toBe(same);
});
