/** The workflows in docs/comments.md, as people copy them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');

interface Workflow {
  readonly on: unknown;
  readonly name?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly uses: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const [direct, , commenting] = [
  ...readFileSync(join(root, 'docs/comments.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
].map(([, text = '']) => parse(text) as Workflow);

function stepWith(workflow: Workflow | undefined, uses: string): Step | undefined {
  return Object.values(workflow?.jobs ?? {})
    .flatMap(({ steps }) => steps)
    .find((step) => step.uses.startsWith(uses));
}

test('docs/comments.md: the workflow that comments has only the inputs of comment/action.yml', () => {
  const action = parse(readFileSync(join(root, 'comment/action.yml'), 'utf8')) as { inputs: object };
  const step = stepWith(commenting, 'oaievalset-action/oaievalset-action/comment@');
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step?.with ?? { none: '' })));
});

test('docs/comments.md: the workflow that comments reads the directory that it downloads', () => {
  const download = stepWith(commenting, 'actions/download-artifact@');
  const comment = stepWith(commenting, 'oaievalset-action/oaievalset-action/comment@');
  expect(comment?.with?.['report-directory']).toBe(download?.with?.path);
  expect(commenting?.permissions).toEqual({ actions: 'read', 'pull-requests': 'write' });
});

test('docs/comments.md: the workflow that comments checks nothing out', () => {
  expect(stepWith(commenting, 'actions/checkout@')).toBeUndefined();
});

test('docs/comments.md: the workflow of the same repository may write comments', () => {
  expect(direct?.permissions['pull-requests']).toBe('write');
  expect(stepWith(direct, 'oaievalset-action/oaievalset-action@')?.with).toMatchObject({
    comment: 'changes',
    'github-token': '${{ github.token }}',
  });
});
