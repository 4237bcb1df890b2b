/** How much time and how many tokens a run may use. At the limit the run stops, and its paid responses stay recorded. */
import type { RequestBudget } from '../gateway/call/request-budget.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { duration, wholeNumber } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import { type BilledTokens, TokenReserve } from './token-reserve.ts';

export interface BudgetOptions {
  /** Counted from the start of the step, at most 24 days (the longest timer of Node); undefined: no limit. */
  readonly timeMs: number | undefined;
  /** Billed prompt and completion tokens; undefined: no limit. */
  readonly tokens: number | undefined;
  /** When the step started, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** Of this and earlier runs. They show how much an eval uses. */
  readonly records: readonly CompletionRecord[];
  readonly evals: readonly Pick<PlannedEval, 'key' | 'name'>[];
  /** Whether responses of an interrupted eval are recorded. If so, an eval too large for any budget advances with each run. */
  readonly sampleResume: boolean;
}

/** An eval that is running. */
export interface RunningEvalTokens {
  readonly key: string;
  /** Tokens of the responses that it has received so far, replayed ones included. */
  readonly tokens: number;
}

export interface Budget {
  /** Aborted at the limit, with an Error that names the limit. */
  readonly exhausted: AbortSignal;
  /**
   * Why the eval does not fit into the budget: last time it used more than what remains after reserving what the running evals
   * still need. Undefined when it fits, or when no record shows how much it uses.
   */
  reasonToSkip(planned: PlannedEval, running?: readonly RunningEvalTokens[]): string | undefined;
  /** Decides when a request may be sent; undefined: there is no token budget. */
  readonly requests: RequestBudget | undefined;
  /** Adds the tokens of one billed response. */
  spend(usage: BilledTokens, evalName: string): void;
  close(): void;
}

export function openBudget(options: BudgetOptions): Budget {
  const { timeMs, tokens, beganAt, sampleResume } = options;
  const limit = new AbortController();
  const known = new Map(options.records.map((record) => [record.eval, record]));
  const reserve =
    tokens === undefined
      ? undefined
      : new TokenReserve({ ...options, tokens, onExhausted: (why) => limit.abort(new Error(why)) });
  const timeLeftMs = () => (timeMs === undefined ? Number.POSITIVE_INFINITY : beganAt + timeMs - Date.now());
  const tokensLeft = () => (tokens === undefined ? Number.POSITIVE_INFINITY : tokens - (reserve?.spent ?? 0));
  const timer =
    timeMs === undefined
      ? undefined
      : setTimeout(
          () => limit.abort(new Error(`the time-budget of ${duration(timeMs)} is used up`)),
          Math.max(0, timeLeftMs()),
        );
  const stillNeeded = ({ key, tokens: used }: RunningEvalTokens) =>
    Math.max(0, (known.get(key)?.tokens.total ?? used) - used);
  const fits = (need: number, left: number, whole: number | undefined) =>
    need <= left || (sampleResume && whole !== undefined && need > whole);
  return {
    exhausted: limit.signal,
    reasonToSkip({ key }, running = []) {
      const record = known.get(key);
      if (!record) return undefined;
      const tookMs = Date.parse(record.ended) - Date.parse(record.started);
      if (!fits(tookMs, timeLeftMs(), timeMs))
        return `it took ${duration(tookMs)} last time; ${duration(Math.max(0, timeLeftMs()))} of the time-budget remain`;
      const reserved = running.reduce((sum, each) => sum + stillNeeded(each), 0);
      const free = Math.max(0, tokensLeft() - reserved);
      if (!fits(record.tokens.total, free, tokens)) {
        const after = reserved > 0 ? ` after reserving ${wholeNumber(reserved)} for running evals` : '';
        return `it used ${wholeNumber(record.tokens.total)} tokens last time; ${wholeNumber(free)} of the token-budget remain${after}`;
      }
      return undefined;
    },
    requests: reserve,
    spend: (usage, evalName) => reserve?.spend(evalName, usage),
    close: () => clearTimeout(timer),
  };
}
