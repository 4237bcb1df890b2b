/** `completions.jsonl`: which lines are completion records. Others may have written the file. */
import { expect, test } from 'vitest';
import { formatCompletions, parseCompletions } from '../../../src/progress/completions-file.ts';
import { completion, planned } from '../../helpers/builders.ts';

const record = completion(planned('a.dev'));
const parsed = (changes: object) => parseCompletions(`${JSON.stringify({ ...record, ...changes })}\n`);

test('completions file: the models that an eval asked for are read as they were written; older records have none', () => {
  const models = { 'gpt-4': 'gpt-4', old: 'live' };
  expect(parseCompletions(formatCompletions([{ ...record, models }])).records).toEqual([
    { ...record, models },
  ]);
  expect(parseCompletions(formatCompletions([record])).records).toEqual([record]);
});

test.each<[string, unknown]>([
  ['a list', ['old']],
  ['names that are numbers', { old: 1 }],
  ['a workflow command', { 'a\n::error::b': 'x' }],
  ['too many', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, 'x']))],
])('completions file: a record whose models are %s is rejected', (_, models) => {
  expect(parsed({ models })).toMatchObject({ records: [], rejected: expect.stringContaining('models') });
});
