import { expect, test } from 'vitest';
import {
  argumentOf,
  codePart,
  dataPart,
  describePartName,
  entryPart,
  packagePart,
} from '../../../src/model/part-names.ts';

test.each([
  [codePart('own/my_scoring.py'), 'own/my_scoring.py'],
  [packagePart('numpy'), 'package numpy'],
  [dataPart('few_shot_jsonl'), 'few shot jsonl'],
  [entryPart(dataPart('knowledge_base'), 'menu_of_today.txt'), 'knowledge base menu_of_today.txt'],
  [codePart('own/\u202ex\n::error::y.py'), 'own/?x?::error::y.py'],
])('people read %j as %j', (part, told) => {
  expect(describePartName(part)).toBe(told);
});

test('an argument does not hide a part of every eval, nor pretend to be code', () => {
  expect([dataPart('model'), dataPart('spec')]).toEqual(['model_argument', 'spec_argument']);
  expect(dataPart('code:x y')).toBe('code_x_y');
  expect(argumentOf(entryPart(dataPart('model'), 'a b'))).toBe('model_argument');
});
