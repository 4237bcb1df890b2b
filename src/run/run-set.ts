/**
 * Runs what remains of the set, with everything that must be open for it: budget, gateway, checkpointer and engine, opened in
 * this order. The gateway is closed before the last checkpoint is saved, so that the checkpoint has every response.
 */
import { Checkpointer, type CheckpointerOptions } from '../checkpoint/checkpointer.ts';
import type { Engine } from '../engine/engine.ts';
import type { ApiUnusable } from '../errors.ts';
import { startGateway } from '../gateway/gateway.ts';
import type { ProviderUrls } from '../gateway/providers.ts';
import type { Log } from '../log.ts';
import type { ApiTrouble } from '../model/api-trouble.ts';
import type { Decision } from '../model/decision.ts';
import type { ModelMap } from '../model/model-map.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ParallelEvals } from '../model/parallel-evals.ts';
import type { RunIdentity } from '../model/run-identity.ts';
import type { Traffic } from '../model/traffic.ts';
import type { CommandOptions } from '../plan/command.ts';
import { AnswerStore } from '../progress/answer-store.ts';
import type { Journals } from '../progress/journals.ts';
import type { State } from '../progress/state.ts';
import { type CostLimit, openBudget } from './budget.ts';
import { describeDropped } from './dropped-answers.ts';
import { withRecorded } from './recorded-responses.ts';
import { type RunListener, runEvals } from './run-evals.ts';
import type { EvalTimeouts } from './watchdog.ts';

export interface RunSetRequest {
  readonly decisions: readonly Decision[];
  /** Keys of evals of the set that are not among the decisions: left out, or of another shard. */
  readonly notHere: readonly string[];
  readonly state: State;
  readonly journals: Journals;
  readonly run: RunIdentity;
  readonly log: Log;
  /** Receives what happens. */
  readonly listener: RunListener;
  readonly command: CommandOptions;
  /** Opens the engine for the evals with these keys. */
  readonly openEngine: (evals: readonly string[]) => Engine;
  readonly api: {
    /** The environment of evals: proxies, certificates, keys. */
    readonly env: NodeJS.ProcessEnv;
    readonly urls: ProviderUrls;
    /** The completion functions of the inputs. If the API does not know one of them, the run ends. */
    readonly models: readonly string[];
    readonly maxRequestsInFlight: number;
    /** Names of models that are replaced in requests. */
    readonly modelMap: ModelMap;
  };
  readonly limits: {
    /** Since the step began; undefined: no limit. */
    readonly timeMs: number | undefined;
    /** Billed prompt and completion tokens; undefined: no limit. */
    readonly tokens: number | undefined;
    /** US dollars of billed tokens; undefined: no limit. */
    readonly cost: CostLimit | undefined;
    /** When the step began, in milliseconds since the epoch. */
    readonly beganAt: number;
  };
  readonly evals: {
    readonly parallelEvals: ParallelEvals;
    /** How many times to run an eval before it counts as failed. */
    readonly attempts: number;
    readonly exitOnError: boolean;
    /** Whether responses of unfinished evals are recorded, and replayed when they run again. */
    readonly sampleResume: boolean;
    /** Whether the answers of a completed eval are kept for its next run. */
    readonly reuseAnswers: boolean;
    /** Kept answers that are older are not used; undefined: they do not expire. */
    readonly maxAgeMs: number | undefined;
    readonly timeouts: EvalTimeouts;
    /** Samples that one eval works on at a time; undefined: evals decides. */
    readonly threads: number | undefined;
  };
  /** Receives the trouble of the API as it is reported, for a post step after a kill. */
  readonly onTrouble: (trouble: ApiTrouble) => void;
  readonly checkpoints: Pick<
    CheckpointerOptions,
    'store' | 'isUnchanged' | 'onSave' | 'onSaved' | 'knownUnavailable' | 'superseded'
  > & { readonly intervalMs: number };
  readonly cancelled: {
    /** Aborted when the job is cancelled. */
    readonly signal: AbortSignal;
    /** Aborted when responses that are still in flight are no longer waited for. */
    readonly drainDeadline: AbortSignal;
    /** Aborted when there is no time left to save a checkpoint. */
    readonly saveDeadline: AbortSignal;
  };
}

export interface SetOutcome {
  /** In the order of the decisions. */
  readonly outcomes: readonly Outcome[];
  readonly traffic: Traffic;
  /** Key of the newest checkpoint of this run; empty when there is none. */
  readonly savedKey: string;
  /** Whether a later save could not do better. */
  readonly isSaved: boolean;
  /** Aborted when the run ended early, with an Error that says why. */
  readonly stopped: AbortSignal;
  /** Why the API refused the job or could not be reached; undefined when neither happened. */
  readonly unusable: ApiUnusable | undefined;
  /** The trouble of the API that lasted when the run ended, or else the longest; undefined when there was none. */
  readonly trouble: ApiTrouble | undefined;
}

/** @throws ActionError STATE_UNWRITABLE when a result could not be recorded; post saves what is on disk */
export async function runSet(request: RunSetRequest): Promise<SetOutcome> {
  const { decisions, notHere, state, journals, run, log, command, api, limits, evals, cancelled } = request;
  const { maxAgeMs } = evals;
  const answers = evals.reuseAnswers ? new AnswerStore(state.paths, { maxAgeMs }) : undefined;
  const budget = openBudget({
    ...limits,
    hasAnswers: (evalKey) => answers?.has(evalKey) ?? false,
    records: state.records,
    evals: decisions.map((decision) => decision.eval),
    sampleResume: evals.sampleResume,
  });
  const toRun = keysToRun(decisions);
  try {
    const gateway = await startGateway({
      ...api,
      isUsed: toRun.length > 0,
      listsModels: true,
      log,
      budget: budget.requests,
      onResponse: (usage, request) => budget.spend(usage, request),
      onTrouble(report) {
        request.onTrouble(report.trouble);
        request.listener.onEvent({ kind: 'api-trouble', ...report });
      },
    });
    const stopped = AbortSignal.any([cancelled.signal, gateway.unusable, budget.exhausted]);
    stopped.addEventListener('abort', () => gateway.stop(), { once: true });
    if (stopped.aborted) gateway.stop();
    const checkpointer = new Checkpointer({ ...request.checkpoints, state, journals, log });
    checkpointer.start();
    let outcomes: readonly Outcome[];
    try {
      outcomes = await runEvals(decisions, {
        ...evals,
        notHere,
        usualThreads: usualThreads(api.env),
        state,
        run,
        command,
        engine: request.openEngine(toRun),
        gateway,
        journals,
        answers,
        budget,
        stopped,
        deadline: cancelled.drainDeadline,
        listener: savingAfterLongEvals(request, checkpointer),
      });
    } catch (error) {
      await checkpointer.stop();
      throw error;
    } finally {
      await gateway.close();
    }
    if (answers && answers.dropped.length > 0) log.info(describeDropped(answers.dropped));
    const saved = await checkpointer.finish(cancelled.saveDeadline);
    return {
      outcomes: withRecorded(outcomes, journals, run.repository),
      traffic: gateway.traffic(),
      savedKey: saved.key,
      isSaved: saved.complete,
      stopped,
      unusable: gateway.whyUnusable(),
      trouble: gateway.worstTrouble(),
    };
  } finally {
    budget.close();
  }
}

/** A listener that also saves a checkpoint soon after an eval has taken longer than the interval between two of them. */
function savingAfterLongEvals(
  { listener, checkpoints }: RunSetRequest,
  checkpointer: Checkpointer,
): RunListener {
  return {
    logOf: (planned) => listener.logOf(planned),
    onEvent(event) {
      // An eval that ends without a result ends because the run stops, and the end of the run saves a checkpoint.
      const hasResult = event.kind === 'eval-ended' && event.outcome.status !== 'pending';
      if (hasResult && event.tookMs > checkpoints.intervalMs) checkpointer.saveSoon();
      listener.onEvent(event);
    },
  };
}

/** Samples that evals evaluates at a time when nothing is set. */
const EVALS_THREADS = 10;

function usualThreads(env: NodeJS.ProcessEnv): number {
  const threads = Number(env.EVALS_THREADS);
  return Number.isInteger(threads) && threads > 0 ? threads : EVALS_THREADS;
}

function keysToRun(decisions: readonly Decision[]): string[] {
  return decisions.flatMap((decision) => (decision.kind === 'run' ? [decision.eval.key] : []));
}
