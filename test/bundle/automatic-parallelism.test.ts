/** Without `parallel-evals`, as many evals run at the same time as the API and the machine have room for. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import { machineWithSet } from '../helpers/generated-set.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { evalsOf, onLinux } from '../helpers/warm-engine.ts';

/** The text of the input: as empty as when a workflow does not set it. */
const inputs = { 'parallel-evals': '' };

/** How many evals ran at the same time, according to the log. */
function mostAtATime(lines: readonly string[]): number {
  const line = lines.find((each) => each.startsWith('At most ')) ?? '';
  return Number(/^At most (\d+) evals? ran at the same time/.exec(line)?.[1]);
}

onLinux('automatic parallelism', () => {
  test('automatic parallelism: more than four evals run while the API is slow', async (context) => {
    const mark = randomUUID();
    const machine = await TestMachine.make(context, {
      python: await evalsPython(),
      model: 'gpt-4',
      evalSet: 'raven-matrices',
      api: {},
      env: { OAIEVALSET_TEST: mark },
      inputs: { ...inputs, args: '--max_samples 1' },
    });
    // Each eval has one sample, so as many evals run as requests are held back.
    machine.api.holdAfter(0);
    const { ended } = await machine.startUntil({ held: 6 });
    expect(evalsOf(`OAIEVALSET_TEST=${mark}`).length).toBeGreaterThanOrEqual(6);
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '28' });
    expect(machine.api.counts().received).toBe(28);
    expect(mostAtATime(result.lines)).toBeGreaterThanOrEqual(6);
  });

  test('automatic parallelism: an eval that fills the limit of requests in flight runs alone', async (context) => {
    const mark = randomUUID();
    const machine = await machineWithSet(
      context,
      { samples: [3, 64, 3] },
      { env: { OAIEVALSET_TEST: mark }, inputs },
    );
    machine.api.holdAfter(0);
    const { ended } = await machine.startUntil({ held: 32 });
    expect(evalsOf(`OAIEVALSET_TEST=${mark}`)).toHaveLength(1);
    machine.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '3' });
    // The large one first, although it is the second of the set.
    expect(
      machine.api.requests.slice(0, 32).every(({ body }) => JSON.stringify(body).includes('is 1.')),
    ).toBe(true);
  });
});
