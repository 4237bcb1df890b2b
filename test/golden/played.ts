import type { RunResult } from '../helpers/runner.ts';
import type { TestMachine } from '../helpers/test-machine.ts';

/** The run of a scenario that is shown. */
export interface Played {
  readonly machine: TestMachine;
  readonly result: RunResult;
  /** The inputs that the workflow sets. */
  readonly inputs: Readonly<Record<string, string>>;
}
