/** Runs that wait for minutes, in seconds. */
import { pathToFileURL } from 'node:url';
import type { RunningAction, RunResult } from '../../helpers/runner.ts';
import type { MachineRun, TestMachine } from '../../helpers/test-machine.ts';
import { until } from '../../helpers/waiting.ts';

const FAST_CLOCK = pathToFileURL(`${import.meta.dirname}/../../helpers/fast-clock.ts`).href;

/** Far longer than a busy machine needs to plan. */
const TIMEOUT_MS = 300_000;

/**
 * Makes minutes pass in seconds, from the moment at which the condition becomes true.
 * @param what a sentence that is true then, such as `an eval runs`
 * @param meanwhile what the scenario does while the time passes
 */
export async function runFast(
  machine: TestMachine,
  run: MachineRun,
  [what, isTime]: readonly [what: string, isTime: () => boolean],
  meanwhile: (action: RunningAction) => Promise<unknown> = async () => {},
): Promise<RunResult> {
  const { main, ended } = machine.start({
    ...run,
    // An eval that waits for the API is not taken for a hanging one, and no checkpoint is saved meanwhile.
    inputs: { 'stall-timeout': '24h', 'checkpoint-interval': '24h', ...run.inputs },
    env: { ...run.env, NODE_OPTIONS: `--import ${FAST_CLOCK}` },
  });
  const action = await main;
  await Promise.race([until(what, isTime, TIMEOUT_MS), ended]);
  action.kill('SIGUSR2');
  await meanwhile(action);
  return ended;
}
