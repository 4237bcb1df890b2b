/** Runs what remains of the set, records what ends well, and says how every eval stands. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../errors.ts';
import type { EvalGateway, Gateway } from '../gateway/gateway.ts';
import { addTokens, type Traffic } from '../gateway/traffic.ts';
import type { Log } from '../log.ts';
import type { PlannedEval } from '../plan/plan.ts';
import { changedParts, type Decision, describeReason } from '../plan/reconcile.ts';
import type { Exit } from '../process/group.ts';
import type { CompletionRecord } from '../progress/completion-record.ts';
import { Journal, keepJournals, type TokenUsage } from '../progress/journal.ts';
import { liveRecordFile } from '../progress/paths.ts';
import type { State } from '../progress/state.ts';
import { duration, mainMetric, metricText, wholeNumber } from '../report/format.ts';
import type { Engine, RunningEval } from './engine.ts';
import type { Outcome } from './outcome.ts';
import { type RecordSummary, readRecordFile } from './record-file.ts';

export interface RunOptions {
  readonly state: State;
  readonly engine: Engine;
  readonly log: Log;
  /** What `oaieval` gets behind model and eval key: the user's arguments and registry paths, never --record_path. */
  readonly oaievalArgs: readonly string[];
  readonly model: string;
  readonly run: CompletionRecord['run'];
  /** How often an eval is tried before it has failed. */
  readonly attempts: number;
  readonly exitOnError: boolean;
  readonly gateway: Gateway;
  /** Whether answers of an eval that has not finished are kept, and used when it runs again. */
  readonly sampleResume: boolean;
  /** Aborted when the job is cancelled: nothing is started any more, what runs is ended. */
  readonly cancelled: AbortSignal;
  /** Milliseconds between SIGINT and SIGKILL to an eval that is to end. */
  readonly grace?: number;
}

const LAST_LINES = 30;

/** Decisions in, outcomes out, in the same order. Every outcome `fresh` is on disk when this returns. */
export async function runEvals(decisions: readonly Decision[], options: RunOptions): Promise<Outcome[]> {
  const { state, log, cancelled, gateway } = options;
  const toRun = decisions.filter((decision) => decision.kind === 'run');
  state.forget(toRun.map((decision) => decision.eval.command));
  keepJournals(state.paths, options.sampleResume ? toRun.map((decision) => decision.eval.key) : []);
  for (const decision of decisions) {
    // Done under other arguments that change no result: the line makes plain `oaievalset` skip it as well.
    if (decision.kind === 'reuse' && decision.record && !state.isDone(decision.eval.command)) {
      state.complete({ ...decision.record, argv: [...decision.eval.command] });
    }
  }

  const outcomes: Outcome[] = [];
  let position = decisions.length - toRun.length;
  let stopped: string | undefined;
  for (const decision of decisions) {
    const planned = decision.eval;
    if (decision.kind === 'reuse') {
      outcomes.push({ status: 'reused', eval: planned, record: decision.record });
      continue;
    }
    if (gateway.refused.aborted) stopped ??= refusal(gateway);
    if (cancelled.aborted) stopped ??= 'the job was cancelled before it ran';
    if (stopped) {
      outcomes.push({ status: 'pending', eval: planned, reason: stopped });
      continue;
    }
    position += 1;
    const label = `[${position}/${decisions.length}] ${planned.name}`;
    const started = Date.now();
    const outcome = await log.group(label, () => runWithAttempts(planned, options));
    outcomes.push(outcome);
    announce(outcome, label, Date.now() - started, options);
    if (outcome.status === 'failed' && options.exitOnError) {
      stopped = `exit-on-error stopped the run when ${planned.name} failed`;
    }
  }
  return outcomes;
}

async function runWithAttempts(planned: PlannedEval, options: RunOptions): Promise<Outcome> {
  const { gateway, log, attempts } = options;
  const journal = options.sampleResume ? openJournal(planned, options) : undefined;
  const lane = gateway.openEval(planned.name, journal);
  let outcome: Outcome = { status: 'pending', eval: planned, reason: 'not started' };
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const before = lane.traffic();
      lane.restart();
      outcome = await runOnce(planned, lane, options);
      if (outcome.status !== 'failed') return outcome;
      const { sent, replayed } = lane.traffic();
      if (journal && sent === before.sent && replayed > before.replayed) {
        log.info(
          'It failed on kept answers alone, so they lead nowhere: they are dropped, and asked for again.',
        );
        journal.drop();
      }
      const last = attempt === attempts;
      log.info(`attempt ${attempt} of ${attempts}: ${outcome.reason}${last ? '' : '; trying again'}`);
    }
    return outcome;
  } finally {
    lane.close();
    if (outcome.status === 'fresh') journal?.drop();
    else journal?.close();
  }
}

function openJournal(planned: PlannedEval, { state, run, log }: RunOptions): Journal {
  const { value: fingerprint, parts } = planned.fingerprint;
  const owner = { eval: planned.key, repository: run.repository, fingerprint, parts };
  const { journal, staleParts, damaged } = Journal.open(state.paths, owner);
  if (staleParts) {
    const changes = describeReason({ kind: 'changed', parts: changedParts(staleParts, parts) });
    log.info(`answers kept from an earlier attempt are not used: ${changes}`);
  }
  if (damaged > 0)
    log.info(`${damaged} damaged lines of the journal are passed over; their answers are asked for again`);
  if (journal.size > 0) {
    const of =
      planned.samples !== null && planned.samples >= journal.size
        ? ` of ${wholeNumber(planned.samples)}`
        : '';
    log.info(`resumes with ${wholeNumber(journal.size)}${of} answers kept`);
  }
  return journal;
}

async function runOnce(planned: PlannedEval, lane: EvalGateway, options: RunOptions): Promise<Outcome> {
  const { state, engine, log, cancelled, gateway } = options;
  const recordFile = liveRecordFile(state.paths, planned.key);
  rmSync(recordFile, { force: true });
  mkdirSync(dirname(recordFile), { recursive: true });

  const lastLines: string[] = [];
  const started = new Date();
  const before = lane.traffic();
  const running = engine.start({
    args: [options.model, planned.key, ...options.oaievalArgs, '--record_path', recordFile],
    env: lane.env,
    onLine(line) {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      log.child(line);
    },
  });
  const release = endWhenStopped(running, [cancelled, gateway.refused], options.grace ?? 3000);
  let exit: Exit;
  try {
    exit = await running.exit;
  } catch (error) {
    return {
      status: 'failed',
      eval: planned,
      reason: `it could not be started: ${reasonOf(error)}`,
      lastLines,
    };
  } finally {
    release();
    // What the eval left running in its process group would go on spending.
    running.signal('SIGKILL');
  }

  const record = await readRecordFile(recordFile);
  if (exit.code !== 0 || !record?.finalReport) {
    if (gateway.refused.aborted) return { status: 'pending', eval: planned, reason: refusal(gateway) };
    if (cancelled.aborted)
      return { status: 'pending', eval: planned, reason: 'the job was cancelled while it ran' };
    return { status: 'failed', eval: planned, reason: failure(exit), lastLines };
  }
  const completion: CompletionRecord = {
    version: 1,
    eval: planned.key,
    argv: [...planned.command],
    fingerprint: planned.fingerprint.value,
    parts: { ...planned.fingerprint.parts },
    metrics: record.finalReport,
    samples: record.samples ?? planned.samples,
    ...accounting(before, lane.traffic(), record),
    run: options.run,
    started: started.toISOString(),
    ended: new Date().toISOString(),
  };
  state.complete(completion, recordFile);
  return { status: 'fresh', eval: planned, record: completion };
}

/** The gateway has counted what went through it; an eval that goes round it has only its record. */
function accounting(
  before: Traffic,
  after: Traffic,
  record: RecordSummary,
): Pick<CompletionRecord, 'tokens' | 'requests'> {
  const requests = { sent: after.sent - before.sent, replayed: after.replayed - before.replayed };
  if (requests.sent + requests.replayed === 0)
    return { tokens: { ...record.tokens, cached: 0, reasoning: 0 }, requests };
  const [then, now] = [before, after].map((traffic) => addTokens(traffic.tokensSent, traffic.tokensReplayed));
  const count = (name: keyof TokenUsage) => (now?.[name] ?? 0) - (then?.[name] ?? 0);
  const [prompt, completion] = [count('prompt'), count('completion')];
  const tokens = {
    prompt,
    completion,
    total: prompt + completion,
    cached: count('cached'),
    reasoning: count('reasoning'),
  };
  return { tokens, requests };
}

function refusal({ refused }: Gateway): string {
  return `the API refused: ${reasonOf(refused.reason)}`;
}

/** SIGINT lets `oaieval` flush what it recorded; what is still there after the grace period is killed. */
function endWhenStopped(running: RunningEval, stops: readonly AbortSignal[], grace: number): () => void {
  const stopped = AbortSignal.any([...stops]);
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    running.signal('SIGINT');
    timer = setTimeout(() => running.signal('SIGKILL'), grace);
  };
  stopped.addEventListener('abort', end, { once: true });
  if (stopped.aborted) end();
  return () => {
    stopped.removeEventListener('abort', end);
    clearTimeout(timer);
  };
}

function failure({ code, signal }: Exit): string {
  if (signal) return `it was ended by ${signal}`;
  if (code !== 0) return `oaieval exited with code ${code}`;
  return 'oaieval exited with code 0 but recorded no final report, so its result is not known';
}

function announce(
  outcome: Outcome,
  label: string,
  milliseconds: number,
  { log, attempts }: RunOptions,
): void {
  if (outcome.status === 'fresh') {
    const metric = mainMetric(outcome.eval.metrics, outcome.record.metrics);
    const shown = metric ? ` (${metric.name} ${metricText(metric.value)})` : '';
    log.info(`${label} … done in ${duration(milliseconds)}${shown}`);
  } else if (outcome.status === 'failed') {
    log.info(
      `${label} … failed after ${duration(milliseconds)}; the last ${outcome.lastLines.length} lines it printed:`,
    );
    for (const line of outcome.lastLines) log.child(line);
    log.error(
      [
        `${outcome.reason} (attempts: ${attempts}). It is not recorded as done; re-run the failed jobs to try again.`,
        ...outcome.lastLines,
      ].join('\n'),
      `Eval ${outcome.eval.name} failed`,
    );
  } else {
    log.info(`${label} … not completed: ${outcome.status === 'pending' ? outcome.reason : outcome.status}`);
  }
}
