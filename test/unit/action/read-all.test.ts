import { expect, test } from 'vitest';
import { readAll } from '../../../src/action/read-all.ts';
import { ActionError, ActionErrors, describeError } from '../../../src/errors.ts';

const wrong = (name: string, code: 'INPUT_INVALID' | 'ARGS_INVALID' = 'INPUT_INVALID') =>
  new ActionError(code, `${name} is wrong.`, `Correct ${name}.`);

function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

test('readAll: returns what its readers return', async () => {
  expect(await readAll<{ a: number; b: string }>({ a: () => 1, b: async () => 'x' })).toEqual({
    a: 1,
    b: 'x',
  });
});

test('readAll: one wrong value is its own error, unchanged', async () => {
  const error = wrong('a', 'ARGS_INVALID');
  await expect(readAll({ a: failing(error), b: () => 1 })).rejects.toBe(error);
});

test('readAll: one error names all wrong values in their order, each with its next step', async () => {
  const inner = () => readAll({ b: failing(wrong('b')), c: async () => failing(wrong('c'))() });
  const error = await readAll({ a: failing(wrong('a')), inner, d: () => 1 }).catch(
    (thrown: unknown) => thrown,
  );
  expect(describeError(error)).toBe(`3 settings of this step are wrong, so no eval was run:
- a is wrong. Correct a.
- b is wrong. Correct b.
- c is wrong. Correct c.
What to do: Correct all of them. [INPUT_INVALID]`);
  expect(error).toBeInstanceOf(ActionErrors);
});

test('readAll: errors of one code keep it, and those of several have INPUT_INVALID', async () => {
  const args = wrong('b', 'ARGS_INVALID');
  await expect(readAll({ a: failing(args), b: failing(args) })).rejects.toMatchObject({
    code: 'ARGS_INVALID',
  });
  await expect(readAll({ a: failing(wrong('a')), b: failing(args) })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

test('readAll: the lines of a longer message are indented in the list', async () => {
  const long = new ActionError('INPUT_INVALID', 'Two lines are wrong:\n- one\n- two', 'Correct them.');
  await expect(readAll({ a: failing(long), b: failing(wrong('b')) })).rejects.toMatchObject({
    message: expect.stringContaining(
      '\n- Two lines are wrong:\n  - one\n  - two\n  Correct them.\n- b is wrong.',
    ),
  });
});

test('readAll: a bug is not one of the wrong values', async () => {
  const bug = new TypeError('x is not a function');
  await expect(readAll({ a: failing(wrong('a')), b: failing(bug) })).rejects.toBe(bug);
});
