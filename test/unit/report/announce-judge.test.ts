import { expect, test } from 'vitest';
import type { PlannedEval } from '../../../src/model/plan.ts';
import { announceJudge } from '../../../src/report/announce-judge.ts';
import { planned } from '../../helpers/builders.ts';
import { orderedLog } from '../../helpers/ordered-log.ts';

const graded = (name: string, models: string): PlannedEval => ({
  ...planned(`${name}.x`),
  command: ['oaieval', models, `${name}.x`],
  modelGraded: true,
});

function announced(evals: readonly PlannedEval[], judgeModel: string): string[] {
  const log = orderedLog();
  announceJudge(evals, judgeModel, log);
  return log.entries;
}

test('announceJudge: one notice names all evals that the model grades itself', () => {
  expect(announced([graded('a', 'x'), planned('b.x'), graded('c', 'x')], '')).toEqual([
    'notice: The model grades itself: The model x grades its own answers in 2 model-graded evals: a, c. To have another model grade them, set the input judge-model.',
  ]);
});

test('announceJudge: with several models the notice does not advise a further one, which an eval may refuse', () => {
  expect(announced([graded('a', 'x,y,x')], '')).toEqual([
    'notice: The model grades itself: The model x grades its own answers in 1 model-graded eval: a. To have another model grade them, name that model last in the input model.',
  ]);
});

test('announceJudge: a long list of evals is cut, and the others are counted', () => {
  const many = Array.from({ length: 12 }, (_, n) => graded(`e${n}`, 'x'));
  expect(announced(many, '')[0]).toContain(
    'in 12 model-graded evals: e0, e1, e2, e3, e4, e5, e6, e7, e8, e9 and 2 more. To',
  );
});

test.each([
  [
    'the judge is named',
    [graded('a', 'x,y')],
    'y',
    ['info: y grades the answers in 1 model-graded eval: a.'],
  ],
  [
    'the judge is the model, as the user chose',
    [graded('a', 'x')],
    'x',
    ['info: x grades the answers in 1 model-graded eval: a.'],
  ],
  [
    'the last of several models grades',
    [graded('a', 'x,y')],
    '',
    ['info: y grades the answers in 1 model-graded eval: a.'],
  ],
  [
    'no eval is model-graded',
    [planned('a.x')],
    'y',
    ['info: The input judge-model is not used, because no eval of the set is model-graded.'],
  ],
  ['no eval is model-graded, and no judge is named', [planned('a.x')], '', []],
])('announceJudge: no notice when %s', (_, evals, judgeModel, entries) => {
  expect(announced(evals, judgeModel)).toEqual(entries);
});
