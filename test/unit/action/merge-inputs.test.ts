/** The inputs of merge/action.yml, and what is wrong with them. */
import { afterEach, expect, test, vi } from 'vitest';
import { readMergeInputs } from '../../../src/action/merge-inputs.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function read(inputs: Readonly<Record<string, string>>) {
  const all = { model: 'gpt-x', 'eval-set': 'set', shards: '4', ...inputs };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
  return readMergeInputs({});
}

test('merge inputs: the job needs neither a checkout nor a registry', async () => {
  const inputs = await read({ 'registry-path': 'evals/registry\nmore', 'working-directory': 'not/there' });
  expect(inputs).toMatchObject({ shards: 4, registryPaths: ['evals/registry', 'more'] });
  expect(inputs.workingDirectory).toMatch(/not\/there$/);
});

test.each([
  ['', 'The input shards is required and is not set.'],
  ['1', 'The input shards is "1": a set with one shard has nothing to merge.'],
  ['1/4', 'The input shards is "1/4": it is not a whole number from 2 to 256.'],
  ['257', 'The input shards is "257": it is not a whole number from 2 to 256.'],
])('merge inputs: shards %j is refused', async (shards, message) => {
  await expect(read({ shards })).rejects.toThrow(message);
});
