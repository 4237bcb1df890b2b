import { expect, test } from 'vitest';
import {
  argumentOf,
  codePart,
  dataPart,
  describePartName,
  entryPart,
  JUDGE_PART,
  packagePart,
} from '../../../src/model/part-names.ts';

test.each([
  [codePart('own/my_scoring.py'), 'own/my_scoring.py'],
  [packagePart('numpy'), 'package numpy'],
  [JUDGE_PART, 'judge'],
  [dataPart('few_shot_jsonl'), 'few shot jsonl'],
  [entryPart(dataPart('knowledge_base'), 'menu_of_today.txt'), 'knowledge base menu_of_today.txt'],
  [codePart('own/\u202ex\n::error::y.py'), 'own/?x?::error::y.py'],
])('part names: %j is described as %j', (part, described) => {
  expect(describePartName(part)).toBe(described);
});

test('part names: an argument cannot have the name of another kind of part', () => {
  expect([dataPart('model'), dataPart('spec')]).toEqual(['model_argument', 'spec_argument']);
  expect(dataPart('code:x y')).toBe('code_x_y');
  expect(dataPart(JUDGE_PART)).not.toBe(JUDGE_PART);
  expect(argumentOf(entryPart(dataPart('model'), 'a b'))).toBe('model_argument');
});
