/** Prints what happens in a run while it happens: each eval that has ended, failures, and how far the run is. */

import type { Log } from '../log.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { asSentence, counted, duration, metricText, wholeNumber } from '../model/format.ts';
import type { AttemptOutcome } from '../model/outcome.ts';
import type { StartLimit } from '../model/parallel-evals.ts';
import type { PlannedEval } from '../model/plan.ts';
import type {
  EvalEnded,
  EvalProgress,
  Heartbeat,
  Parallelism,
  RunEvent,
  TroubleReported,
  WaitedFor,
} from '../model/run-event.ts';
import { isTokenMetric } from '../model/token-metrics.ts';
import { shorten } from '../text.ts';
import { describeRequests } from './describe-reused.ts';
import { describeReport, describeWait } from './describe-trouble.ts';
import { EvalLog } from './eval-log.ts';
import { mainMetric } from './main-metric.ts';

export interface LiveLogOptions {
  /** Whether all output of evals is printed. */
  readonly verbose: boolean;
  /** The path of the file that has all output of an eval. */
  readonly outputFileOf: (evalKey: string) => string;
}

/** GitHub shows ten errors of a step. One is left for those that follow, and one for the error that ends the step. */
const MAX_FAILURE_ANNOTATIONS = 8;

/** GitHub shows the title of a group on one line. */
const MAX_TITLE_BYTES = 400;

export class LiveLog {
  readonly #log: Log;
  readonly #options: LiveLogOptions;
  /** Of the evals that run, by key. */
  readonly #evalLogs = new Map<string, EvalLog>();
  #failures = 0;
  #warnedOfTrouble = false;

  constructor(log: Log, options: LiveLogOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** The log for the output of an eval that has started, and for messages about its attempts. */
  logOf({ key }: PlannedEval): Log {
    return this.#evalLogs.get(key) ?? this.#log;
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'eval-started':
        this.#evalLogs.set(event.eval.key, new EvalLog(this.#log, this.#options));
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
      case 'api-trouble':
        this.#reportTrouble(event);
        break;
      case 'parallelism':
        this.#log.info(describeParallelism(event));
        break;
    }
  }

  /** One annotation is enough for a run. */
  #reportTrouble({ change, trouble }: TroubleReported): void {
    const text = describeReport(change, trouble);
    if (this.#warnedOfTrouble) this.#log.info(text);
    else this.#log.warning(text, 'Model API');
    this.#warnedOfTrouble = true;
  }

  #end({ outcome, tookMs, ended, total }: EvalEnded): void {
    const { key, name } = outcome.eval;
    const evalLog = this.#evalLogs.get(key);
    this.#evalLogs.delete(key);
    const title = `[${ended}/${total}] ${name} … ${describeOutcome(outcome, tookMs)}`;
    evalLog?.print(title, this.#factsOf(outcome), outcome.status === 'pending');
    if (outcome.status === 'failed') this.#annotate(outcome);
  }

  #factsOf(outcome: AttemptOutcome): string[] {
    if (outcome.status === 'fresh') return describeRecord(outcome.record);
    const { key } = outcome.eval;
    return outcome.status === 'failed'
      ? [`All output of the eval is in ${this.#options.outputFileOf(key)}`]
      : [];
  }

  #annotate({ eval: { name }, reason, failure }: Extract<AttemptOutcome, { status: 'failed' }>): void {
    this.#failures += 1;
    if (this.#failures <= MAX_FAILURE_ANNOTATIONS) {
      const text = `${asSentence(reason)} The eval is not recorded as completed. Fix the cause, then re-run the failed jobs; completed evals are not run again.`;
      this.#log.error(text, `Eval ${name} failed`, failure?.place ?? undefined);
    } else if (this.#failures === MAX_FAILURE_ANNOTATIONS + 1) {
      this.#log.error(
        'More evals failed. GitHub shows only ten errors of a step, so the others are in the log and in the job summary only.',
        'More evals failed',
      );
    }
  }
}

/** The result of an eval, and what it took. */
function describeRecord({ metrics, samples, requests, tokens, reusedAnswers }: CompletionRecord): string[] {
  // The tokens that evals counts are in the line below.
  const values = Object.entries(metrics)
    .filter(([name]) => !isTokenMetric(name))
    .map(([name, value]) => `${name} ${metricText(value)}`);
  const counts = [
    ...(samples === null ? [] : [counted(samples, 'sample')]),
    ...(requests ? describeRequests(requests, reusedAnswers) : []),
    ...(tokens.total > 0 ? [counted(tokens.total, 'token')] : []),
  ];
  return [`Result: ${values.join(', ')}`, counts.join(', ')].filter((line) => line !== '');
}

function describeOutcome(outcome: AttemptOutcome, tookMs: number): string {
  switch (outcome.status) {
    case 'fresh': {
      const metric = mainMetric(outcome.eval.metrics, outcome.record.metrics);
      return `done in ${duration(tookMs)}${metric ? ` (${metric.name} ${metricText(metric.value)})` : ''}`;
    }
    case 'failed':
      return `failed after ${duration(tookMs)}: ${shorten(outcome.reason, MAX_TITLE_BYTES)}`;
    case 'pending':
      return `not completed: ${outcome.reason}`;
  }
}

const WAITED_FOR: Readonly<Record<StartLimit, string>> = {
  requests: 'more would have waited for their turn among the requests in flight (max-requests-in-flight)',
  api: 'more would have waited for the API, which failed or asked for fewer requests',
  cores: 'more would have waited for a processor core',
  memory: 'more might not have fitted into the memory',
};

/** `At most 7 evals ran at the same time: more would have waited for a processor core.` */
export function describeParallelism({ most, limit }: Omit<Parallelism, 'kind'>): string {
  return `At most ${counted(most, 'eval')} ran at the same time${limit ? `: ${WAITED_FOR[limit]}` : ''}.`;
}

/** `3 of 28 evals have ended; running: a (120 of 500 responses, 14 per second, for 8.6 s); about 4 min 0 s left` */
export function describeHeartbeat({ running, settled, total, leftMs, trouble }: Heartbeat): string {
  return [
    `${settled} of ${total} evals have ended`,
    `running: ${running.map((each) => describeProgress(each, trouble === undefined)).join(', ') || 'none'}`,
    ...(trouble === undefined ? [] : [`waiting for ${describeWait(trouble)}`]),
    ...(leftMs === undefined ? [] : [`about ${duration(leftMs)} left`]),
  ].join('; ');
}

/** @param saysWait whether to say what it waits for; otherwise all wait for the same */
function describeProgress(progress: EvalProgress, saysWait: boolean): string {
  const { name, samples, responses, replayed, runningMs, waitsFor } = progress;
  // An eval may send several requests for a sample, so more responses than samples show nothing.
  const of = samples !== null && responses <= samples ? ` of ${wholeNumber(samples)}` : '';
  const received = responses - replayed;
  const facts = [
    `${wholeNumber(responses)}${of} responses`,
    ...(replayed > 0 ? [`${wholeNumber(replayed)} of them replayed`] : []),
    ...(received > 0 && runningMs > 0 ? [`${describeRate(received / (runningMs / 1000))} per second`] : []),
    `for ${duration(runningMs)}`,
    ...(saysWait && waitsFor ? [describeWaitedFor(waitsFor)] : []),
  ];
  return `${name} (${facts.join(', ')})`;
}

function describeRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toPrecision(2) : wholeNumber(Math.round(perSecond));
}

function describeWaitedFor(waitedFor: WaitedFor): string {
  switch (waitedFor.kind) {
    case 'process':
      return 'its Python process is starting';
    case 'responses':
      return `waiting for ${counted(waitedFor.count, 'response')}`;
    case 'requests':
      return 'sending no requests';
  }
}
