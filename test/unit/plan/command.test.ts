import { expect, test } from 'vitest';
import { executedArguments, recordedCommand } from '../../../src/plan/command.ts';

const set = { model: 'gpt-4', judgeModel: '', args: ['--debug'], registryPaths: ['/one', '/two'] };
const [own, graded] = [false, true].map((modelGraded) => ({ key: 'a.dev.v0', modelGraded }));
if (!own || !graded) throw new Error('unreachable');

test('recordedCommand: all registry paths are behind one option, as oaievalset writes them', () => {
  expect(recordedCommand(set, own)).toEqual([
    ...['oaieval', 'gpt-4', 'a.dev.v0', '--debug', '--registry_path', '/one', '/two'],
  ]);
});

test('recordedCommand: without registry paths there is no option for them', () => {
  expect(recordedCommand({ ...set, registryPaths: [] }, own)).toEqual([
    'oaieval',
    'gpt-4',
    'a.dev.v0',
    '--debug',
  ]);
});

test('recordedCommand: only a model-graded eval has the judge, as its last completion function', () => {
  const models = (judgeModel: string) =>
    [own, graded].map((planned) => recordedCommand({ ...set, judgeModel }, planned)[1]);
  expect(models('judge')).toEqual(['gpt-4', 'gpt-4,judge']);
  expect(models('')).toEqual(['gpt-4', 'gpt-4']);
});

test('executedArguments: each registry path has an option of its own, and the record path comes last', () => {
  const command = recordedCommand({ ...set, judgeModel: 'judge' }, graded);
  expect(executedArguments(command, set, '/record.jsonl')).toEqual([
    ...['gpt-4,judge', 'a.dev.v0', '--debug', '--registry_path', '/one', '--registry_path', '/two'],
    ...['--record_path', '/record.jsonl'],
  ]);
});
