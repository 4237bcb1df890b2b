/** The input model-map. */
import { afterEach, expect, test, vi } from 'vitest';
import { readInputs } from '../../../../src/action/inputs.ts';
import { ActionError } from '../../../../src/errors.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function mapOf(text: string, model = 'gpt-x') {
  for (const [name, value] of Object.entries({
    model,
    'eval-set': 'set',
    python: '/bin/sh',
    'model-map': text,
  }))
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
  return (await readInputs()).modelMap;
}

async function errorOf(text: string, model?: string): Promise<ActionError> {
  const error = await mapOf(text, model).catch((thrown: unknown) => thrown);
  if (error instanceof ActionError) return error;
  throw new Error('The input was accepted.');
}

test.each<[string, [string, string][]]>([
  ['', []],
  ['  \n\n', []],
  ['gpt-4-32k=gpt-x', [['gpt-4-32k', 'gpt-x']]],
  [
    ' gpt-4 = new \r\n\n\told=org/model:free\n',
    [
      ['gpt-4', 'new'],
      ['old', 'org/model:free'],
    ],
  ],
  [
    'a=b\nb=c',
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
  ],
  [
    'a=c\nb=c',
    [
      ['a', 'c'],
      ['b', 'c'],
    ],
  ],
  ['__proto__=c', [['__proto__', 'c']]],
])('model-map: %j is read', async (text, expected) => {
  expect([...(await mapOf(text))]).toEqual(expected);
});

test.each([
  ['gpt-4', '"gpt-4": it has no "="'],
  ['=b', '"=b": the name before "=" is missing'],
  ['a=', '"a=": the live model after "=" is missing'],
  ['=', '"=": the name before "=" is missing'],
  ['a=b=c', '"a=b=c": it has more than one "="'],
  ['a=a', '"a=a": it replaces a name with itself'],
  ['a=b\na=c', '"a=c": a is already replaced by an earlier line'],
  ['a=b\na=b', '"a=b": a is already replaced by an earlier line'],
  ['a=b # comment', '"a=b # comment": a model name cannot contain white space'],
  ['a\u200b=b', 'it contains the invisible character'],
  ['gpt-x=b', '"gpt-x=b": gpt-x is the value of the input model, so set model to b instead'],
])('model-map: %j is refused', async (text, problem) => {
  const { code, message, next } = await errorOf(text);
  expect(code).toBe('INPUT_INVALID');
  expect(message).toMatch(/^The input model-map has a wrong line:\n- /);
  expect(message).toContain(problem);
  expect(next).toContain('Write one "name=live model" a line');
});

test('model-map: control characters are refused', async () => {
  expect((await errorOf('a=b\u0007')).message).toContain(
    'The input model-map is "a=b\\u0007": it contains the control character \\u0007',
  );
});

test('model-map: each of several completion functions is a chosen name', async () => {
  expect((await errorOf('two=b', 'one,two')).message).toContain('two is the value of the input model');
});

test('model-map: one error names all wrong lines', async () => {
  expect((await errorOf('a\nb=c\n=d')).message).toBe(
    'The input model-map has 2 wrong lines:\n- "a": it has no "="\n- "=d": the name before "=" is missing',
  );
});
