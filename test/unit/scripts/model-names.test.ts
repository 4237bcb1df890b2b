import { expect, test } from 'vitest';
import { otherModels, renewModels } from '../../../scripts/model-names.ts';

const CURRENT = 'gpt-9-nova';

test.each([
  'gpt-4',
  'gpt-4o',
  'gpt-4-0613',
  'gpt-4.1-mini',
  'gpt-4-1106-preview',
  'gpt-3.5-turbo',
  'gpt-5.6-luna',
  'chatgpt-4o-latest',
  'o1',
  'o3-mini',
  'o4-mini-2025-04-16',
  'text-davinci-003',
  'claude-sonnet-4-5',
  'gemini-2.5-flash',
])('model names: %s in an example is found, and replaced with the current model', (name) => {
  const text = `with:\n  model: ${name}\n  eval-set: test-basic\n\`--model ${name}\`, or ${name}.\n`;
  expect(otherModels(text, CURRENT)).toEqual([
    { line: 2, name },
    { line: 4, name },
    { line: 4, name },
  ]);
  expect(renewModels(text, CURRENT)).toBe(text.replaceAll(name, CURRENT));
});

test.each([
  CURRENT,
  'test-match.s1.simple-v0',
  'gpt-2-simple/gpt',
  'logs/o1/x.jsonl',
  'gpt-4-1106-preview=gpt-9-nova',
  's1of4, foo1, v0',
  'raven-matrices',
])('model names: "%s" names no other model', (text) => {
  expect(otherModels(text, CURRENT)).toEqual([]);
  expect(renewModels(text, CURRENT)).toBe(text);
});
