import { expect, test } from 'vitest';
import { gradesItself, judgeOf } from '../../../src/model/judge.ts';
import { planned } from '../../helpers/builders.ts';

test.each([
  ['x', 'x', true],
  ['x,y', 'y', false],
  ['x,y,x', 'x', true],
  ['x,x', 'x', true],
])('judge: of %s the last completion function grades', (models, judge, itself) => {
  const graded = { ...planned('a.x'), command: ['oaieval', models, 'a.x'], modelGraded: true };
  expect(judgeOf(graded)).toBe(judge);
  expect(gradesItself(graded)).toBe(itself);
});

test('judge: an eval that no model grades has none', () => {
  expect(judgeOf(planned('a.x'))).toBeUndefined();
  expect(gradesItself(planned('a.x'))).toBe(false);
});
