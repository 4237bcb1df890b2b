/** Says whether one more eval may start beside those that run. */
import type { ApiLoad } from '../gateway/gateway.ts';
import type { ParallelEvals, StartLimit } from '../model/parallel-evals.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { Parallelism } from '../model/run-event.ts';
import { EvalDemand } from './eval-demand.ts';
import type { LiveCounts } from './execute-eval.ts';
import { LoadMeter, type Machine } from './machine.ts';
import { limitOf, type ObservedEval } from './start-decision.ts';

export interface StartGate {
  /** How often the answer may change although no eval has ended, in milliseconds; undefined: never. */
  readonly intervalMs: number | undefined;
  mayStart(): boolean;
  /** @param counts undefined until the lane of the eval is open */
  started(planned: PlannedEval, counts: () => LiveCounts | undefined): void;
  ended(planned: PlannedEval): void;
  /** Most evals that ran at the same time, and what kept further ones from starting most of the time. */
  summary(): ParallelismSummary | undefined;
}

export type ParallelismSummary = Omit<Parallelism, 'kind'>;

/** Short, so that the API and the cores are soon in use. An answer costs a fraction of a millisecond. */
const INTERVAL_MS = 20;

export interface StartGateOptions {
  readonly parallelEvals: ParallelEvals;
  /** Samples that one eval evaluates at a time. */
  readonly threads: number;
  readonly apiLoad: () => ApiLoad;
  readonly machine: Machine;
}

export function startGate(options: StartGateOptions): StartGate {
  const { parallelEvals } = options;
  return parallelEvals === 'auto' ? new AutomaticGate(options) : new CountingGate(parallelEvals);
}

class CountingGate implements StartGate {
  readonly intervalMs = undefined;
  readonly #most: number;
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  mayStart(): boolean {
    return this.#running < this.#most;
  }

  started(): void {
    this.#running += 1;
  }

  ended(): void {
    this.#running -= 1;
  }

  summary(): undefined {
    return undefined;
  }
}

interface LiveEval {
  readonly demand: EvalDemand;
  readonly counts: () => LiveCounts | undefined;
}

class AutomaticGate implements StartGate {
  readonly intervalMs = INTERVAL_MS;
  readonly #options: StartGateOptions;
  readonly #meter: LoadMeter;
  readonly #running = new Map<PlannedEval, LiveEval>();
  /** How often each limit kept an eval from starting. */
  readonly #refusals = new Map<StartLimit, number>();
  #most = 0;

  constructor(options: StartGateOptions) {
    this.#options = options;
    this.#meter = new LoadMeter(options.machine);
  }

  mayStart(): boolean {
    const { apiLoad, machine } = this.#options;
    const evals = [...this.#running.values()].map((live) => this.#observe(live));
    const limit = limitOf({ api: apiLoad(), evals, cores: machine.cores, ...this.#meter.load() });
    if (limit !== undefined) this.#refusals.set(limit, (this.#refusals.get(limit) ?? 0) + 1);
    return limit === undefined;
  }

  started(planned: PlannedEval, counts: () => LiveCounts | undefined): void {
    const { threads } = this.#options;
    this.#running.set(planned, { demand: new EvalDemand(threads, planned.samples), counts });
    this.#most = Math.max(this.#most, this.#running.size);
  }

  ended(planned: PlannedEval): void {
    this.#running.delete(planned);
  }

  summary(): ParallelismSummary {
    const [often] = [...this.#refusals].toSorted(([, a], [, b]) => b - a);
    return { most: this.#most, limit: often?.[0] };
  }

  #observe({ demand, counts }: LiveEval): ObservedEval {
    const { machine } = this.#options;
    const live = counts();
    const openRequests = live?.openRequests() ?? 0;
    const pid = live?.pid();
    const activity = { hasProcess: pid !== undefined, openRequests, responses: live?.responses() ?? 0 };
    return {
      openRequests,
      demand: demand.requests(activity, machine.now()),
      bytes: pid === undefined ? undefined : this.#meter.bytesOf(pid),
    };
  }
}
