/** What docs/comments.md promises about the workflows that it shows and links to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RecipeStep, recipe, stepsOf } from '../../helpers/recipes.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/comments.md'), 'utf8');
const commenting = recipe('forks-comment.yml');

function stepWith(name: string, uses: string): RecipeStep | undefined {
  return stepsOf(recipe(name)).find((step) => step.uses?.startsWith(uses));
}

test('docs/comments.md: it links to the workflows that comment', () => {
  for (const name of ['comment.yml', 'forks.yml', 'forks-comment.yml'])
    expect(document).toContain(`(recipes/${name})`);
});

test('docs/comments.md: the workflow that comments reads the directory that it downloads', () => {
  const download = stepWith(commenting.name, 'actions/download-artifact@');
  const comment = stepWith(commenting.name, 'oaievalset-action/oaievalset-action/comment@');
  expect(comment?.with?.['report-directory']).toBe(download?.with?.path);
  expect(String(download?.with?.path), 'outside the workspace').toMatch(/^\$\{\{ runner\.temp \}\}\//);
  expect(commenting.workflow.jobs.comment?.permissions).toEqual({
    actions: 'read',
    'pull-requests': 'write',
  });
});

test('docs/comments.md: the workflow that comments checks nothing out', () => {
  expect(stepWith(commenting.name, 'actions/checkout@')).toBeUndefined();
});

test('docs/comments.md: the workflow of the same repository may write comments', () => {
  expect(recipe('comment.yml').workflow.jobs.evals?.permissions?.['pull-requests']).toBe('write');
  expect(stepWith('comment.yml', 'oaievalset-action/oaievalset-action@')?.with).toMatchObject({
    comment: 'changes',
    'github-token': '${{ github.token }}',
  });
});
