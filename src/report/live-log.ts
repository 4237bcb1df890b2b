/** Prints what happens in a run while it happens: a group for each eval, failures, and how far the run is. */
import type { Log } from '../log.ts';
import { counted, duration, metricText, wholeNumber } from '../model/format.ts';
import type { AttemptOutcome } from '../model/outcome.ts';
import type { ParallelEvals, StartLimit } from '../model/parallel-evals.ts';
import type { PlannedEval } from '../model/plan.ts';
import type {
  EvalEnded,
  EvalProgress,
  EvalStarted,
  Heartbeat,
  Parallelism,
  RunEvent,
} from '../model/run-event.ts';
import { BufferedLog } from './buffered-log.ts';
import { failureAnnotation } from './failure.ts';
import { mainMetric } from './main-metric.ts';

export interface LiveLogOptions {
  /** With 1, the output of an eval is printed at once. */
  readonly parallelEvals: ParallelEvals;
  /** How many times an eval runs before it counts as failed. */
  readonly attempts: number;
}

export class LiveLog {
  readonly #log: Log;
  readonly #options: LiveLogOptions;
  /** Output of the evals that run, by key; empty when they run one at a time. */
  readonly #buffers = new Map<string, BufferedLog>();
  #group: Disposable | undefined;

  constructor(log: Log, options: LiveLogOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** The log for the output of an eval that has started, and for messages about its attempts. */
  logOf({ key }: PlannedEval): Log {
    return this.#buffers.get(key) ?? this.#log;
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'eval-started':
        this.#start(event);
        break;
      case 'eval-not-started':
        // When the whole run stops, the end of the log says why once.
        if (event.cause === 'budget') this.#log.info(`${event.eval.name} is not started: ${event.reason}`);
        break;
      case 'eval-ended':
        this.#end(event);
        break;
      case 'heartbeat':
        this.#log.info(describeHeartbeat(event));
        break;
      case 'parallelism':
        this.#log.info(describeParallelism(event));
        break;
    }
  }

  #start({ eval: { key, name }, started, total }: EvalStarted): void {
    if (this.#options.parallelEvals !== 1) this.#buffers.set(key, new BufferedLog(this.#log));
    else this.#group = this.#log.group(`[${started}/${total}] ${name}`);
  }

  #end({ outcome, tookMs, ended, total }: EvalEnded): void {
    const { key, name } = outcome.eval;
    const title = `[${ended}/${total}] ${name} … ${describeOutcome(outcome, tookMs)}`;
    const buffer = this.#buffers.get(key);
    if (buffer) {
      this.#buffers.delete(key);
      buffer.print(title);
    } else {
      this.#group?.[Symbol.dispose]();
      this.#log.info(title);
    }
    if (outcome.status === 'failed') this.#annotate(outcome);
  }

  #annotate({ eval: { name }, reason, lastLines }: Extract<AttemptOutcome, { status: 'failed' }>): void {
    this.#log.info(`The end of the output of ${name} (${counted(lastLines.length, 'line')}):`);
    for (const line of lastLines) this.#log.child(line);
    this.#log.error(failureAnnotation(reason, this.#options.attempts, lastLines), `Eval ${name} failed`);
  }
}

function describeOutcome(outcome: AttemptOutcome, tookMs: number): string {
  switch (outcome.status) {
    case 'fresh': {
      const metric = mainMetric(outcome.eval.metrics, outcome.record.metrics);
      return `done in ${duration(tookMs)}${metric ? ` (${metric.name} ${metricText(metric.value)})` : ''}`;
    }
    case 'failed':
      return `failed after ${duration(tookMs)}`;
    case 'pending':
      return `not completed: ${outcome.reason}`;
  }
}

const WAITED_FOR: Readonly<Record<StartLimit, string>> = {
  requests: 'more would have waited for their turn among the requests in flight (max-requests-in-flight)',
  api: 'more would have waited for the API, which failed or asked for fewer requests',
  cores: 'more would have waited for a processor core',
  memory: 'more might have needed more memory than there was',
};

/** `At most 7 evals ran at the same time: more would have waited for a processor core.` */
export function describeParallelism({ most, limit }: Omit<Parallelism, 'kind'>): string {
  const evals = most === 1 ? '1 eval' : `${most} evals`;
  return `At most ${evals} ran at the same time${limit ? `: ${WAITED_FOR[limit]}` : ''}.`;
}

/** `3 of 28 evals have ended; running: a (120 of 500 responses, 14 per second, for 8.6 s); about 4 min 0 s left` */
export function describeHeartbeat({ running, settled, total, leftMs }: Heartbeat): string {
  return [
    `${settled} of ${total} evals have ended`,
    `running: ${running.map(describeProgress).join(', ') || 'none'}`,
    ...(leftMs === undefined ? [] : [`about ${duration(leftMs)} left`]),
  ].join('; ');
}

function describeProgress({ name, samples, responses, runningMs }: EvalProgress): string {
  // An eval may send several requests for a sample, so more responses than samples show nothing.
  const of = samples !== null && responses <= samples ? ` of ${wholeNumber(samples)}` : '';
  const rate =
    responses > 0 && runningMs > 0 ? `, ${describeRate(responses / (runningMs / 1000))} per second` : '';
  return `${name} (${wholeNumber(responses)}${of} responses${rate}, for ${duration(runningMs)})`;
}

function describeRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toPrecision(2) : wholeNumber(Math.round(perSecond));
}
