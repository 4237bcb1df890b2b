/** The first workflow of the README, as people copy it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXAMPLE_MODEL } from '../../src/example-model.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';

test('quick start: the first workflow of the README requests the example model as a chat model, and completes', async (context) => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const workflow = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const input = (name: string) => new RegExp(`^ +${name}: (.+)$`, 'm').exec(workflow)?.[1] ?? '';
  expect(input('model')).toBe(EXAMPLE_MODEL);
  const machine = await TestMachine.make(context, {
    python: await evalsPython(),
    model: input('model'),
    evalSet: input('eval-set'),
    api: {},
  });
  const result = await machine.run();
  expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', failed: '0', pending: '0' });
  expect(machine.api.requests.length).toBeGreaterThan(0);
  for (const { path, body } of machine.api.requests) {
    expect(path).toMatch(/\/chat\/completions$/);
    expect(body).toMatchObject({ model: EXAMPLE_MODEL });
  }
});
