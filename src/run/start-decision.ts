/**
 * Whether one more eval starts beside those that run, with `parallel-evals: auto`. Pure.
 *
 * More evals help as long as the API could take more requests and a core has time for them. Beyond that they only queue, and
 * take memory. Nothing here ends an eval that runs.
 */
import type { StartLimit } from '../model/parallel-evals.ts';

/** What is known at one moment. */
export interface Observation {
  readonly api: {
    /** Requests that may be in flight at present. It is lower than the input while the API limits the rate of requests. */
    readonly allowed: number;
    /** Whether the API asked for a pause, or its newest response was a failure. */
    readonly isTroubled: boolean;
  };
  readonly evals: readonly ObservedEval[];
  /** Cores that this process and the evals may use. */
  readonly cores: number;
  /** Share of the time, from 0 to 1, that the cores were busy lately; undefined when it cannot be measured. */
  readonly busyShare: number | undefined;
  /** Undefined when it cannot be measured. */
  readonly availableBytes: number | undefined;
}

/** An eval that runs. */
export interface ObservedEval {
  /** Requests without a complete response. */
  readonly openRequests: number;
  /** Requests that it will keep open, see EvalDemand. */
  readonly demand: number;
  /** Memory of its process; undefined when it is not known. */
  readonly bytes: number | undefined;
}

/** Evals of one core that compute at the same time: while one of them reads a file, the other one uses the core. */
const COMPUTING_PER_CORE = 2;

/** Evals of one core that run without any look at how busy it is. Most of them wait for the API. */
const RUNNING_PER_CORE = 4;

/** Busier cores have no time for a further eval. */
const MAX_BUSY_SHARE = 0.9;

/** What one process of evals takes (bench/RESULTS.md); one that is forked from the warm host takes a tenth of that. */
const MIN_EVAL_BYTES = 128 * 2 ** 20;

/** Left to everything else on the machine. */
const RESERVED_BYTES = 512 * 2 ** 20;

/** @returns undefined when one more eval may start */
export function limitOf(observation: Observation): StartLimit | undefined {
  const { api, evals } = observation;
  if (evals.length === 0) return undefined;
  if (api.isTroubled) return 'api';
  if (sum(evals.map(({ demand }) => demand)) >= api.allowed) return 'requests';
  if (coresAreTaken(observation)) return 'cores';
  return memoryIsTaken(observation) ? 'memory' : undefined;
}

/** An eval that waits for no response computes: it starts, judges answers or ends. */
function coresAreTaken({ evals, cores, busyShare }: Observation): boolean {
  const computing = evals.filter(({ openRequests }) => openRequests === 0).length;
  if (computing >= COMPUTING_PER_CORE * cores) return true;
  return evals.length >= RUNNING_PER_CORE * cores && (busyShare === undefined || busyShare > MAX_BUSY_SHARE);
}

/** Each eval may still grow as large as the largest of them is. */
function memoryIsTaken({ evals, cores, availableBytes }: Observation): boolean {
  if (availableBytes === undefined) return evals.length >= COMPUTING_PER_CORE * cores;
  const sizes = evals.map(({ bytes }) => bytes ?? 0);
  const expected = Math.max(MIN_EVAL_BYTES, ...sizes);
  const growth = sum(sizes.map((bytes) => expected - bytes));
  return availableBytes - growth - expected < RESERVED_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
