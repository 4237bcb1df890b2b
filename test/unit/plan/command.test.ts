import { expect, test } from 'vitest';
import { executedArguments, recordedCommand } from '../../../src/plan/command.ts';

const parts = { model: 'gpt-4', evalKey: 'a.dev.v0', args: ['--debug'], registryPaths: ['/one', '/two'] };

test('recordedCommand: all registry paths are behind one option, as oaievalset writes them', () => {
  expect(recordedCommand(parts)).toEqual([
    ...['oaieval', 'gpt-4', 'a.dev.v0', '--debug', '--registry_path', '/one', '/two'],
  ]);
});

test('recordedCommand: without registry paths there is no option for them', () => {
  expect(recordedCommand({ ...parts, registryPaths: [] })).toEqual([
    'oaieval',
    'gpt-4',
    'a.dev.v0',
    '--debug',
  ]);
});

test('executedArguments: each registry path has an option of its own, and the record path comes last', () => {
  expect(executedArguments(parts, '/record.jsonl')).toEqual([
    ...['gpt-4', 'a.dev.v0', '--debug', '--registry_path', '/one', '--registry_path', '/two'],
    ...['--record_path', '/record.jsonl'],
  ]);
});
