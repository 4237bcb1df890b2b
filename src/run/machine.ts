/** What `parallel-evals: auto` measures of the machine. */
import { availableParallelism } from 'node:os';
import { availableMemory, processMemory } from '../process/available-memory.ts';
import { busyShare, type CpuTimes, cpuTimes } from '../process/busy-cores.ts';

export interface Machine {
  /** Cores that this process and the evals may use. */
  readonly cores: number;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  cpuTimes(): readonly CpuTimes[];
  availableBytes(): number | undefined;
  bytesOf(pid: number): number | undefined;
}

export const thisMachine: Machine = {
  cores: availableParallelism(),
  now: () => performance.now(),
  cpuTimes: () => cpuTimes(performance.now()),
  availableBytes: () => availableMemory(),
  bytesOf: (pid) => processMemory(pid),
};

/** CPU times count in steps of 10 ms, so a shorter time shows too little. */
const WINDOW_MS = 250;

export interface MachineLoad {
  readonly busyShare: number | undefined;
  readonly availableBytes: number | undefined;
}

/** The load of the machine, measured at most four times a second. */
export class LoadMeter {
  readonly #machine: Machine;
  #measuredAt: number;
  #times: readonly CpuTimes[];
  #load: MachineLoad;
  readonly #bytes = new Map<number, number | undefined>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#measuredAt = machine.now();
    this.#times = machine.cpuTimes();
    this.#load = { busyShare: undefined, availableBytes: machine.availableBytes() };
  }

  load(): MachineLoad {
    const machine = this.#machine;
    const now = machine.now();
    if (now - this.#measuredAt < WINDOW_MS) return this.#load;
    const times = machine.cpuTimes();
    this.#load = {
      busyShare: busyShare(this.#times, times),
      availableBytes: machine.availableBytes(),
    };
    this.#times = times;
    this.#measuredAt = now;
    this.#bytes.clear();
    return this.#load;
  }

  /** The memory of a process. It is measured again when the load is. */
  bytesOf(pid: number): number | undefined {
    if (!this.#bytes.has(pid)) this.#bytes.set(pid, this.#machine.bytesOf(pid));
    return this.#bytes.get(pid);
  }
}
