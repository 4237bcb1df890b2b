/** What a run may spend, in time and in tokens. At the limit the run ends, and what it has paid for stays recorded. */
import type { TokenUsage } from '../model/api-response.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { duration, wholeNumber } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';

export interface BudgetOptions {
  /** Since the step began, at most 24 days (the longest timer of Node); undefined: no limit. */
  readonly timeMs: number | undefined;
  /** Prompt and completion tokens of the responses that this run pays for; undefined: no limit. */
  readonly tokens: number | undefined;
  /** When the step began, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** Of this and earlier runs: they show what an eval takes. */
  readonly records: readonly CompletionRecord[];
  /** Whether an interrupted eval keeps its responses. Then one that is too large for any budget still advances with each run. */
  readonly sampleResume: boolean;
}

/** An eval that runs now. */
export interface EvalInFlight {
  readonly key: string;
  /** Tokens of the responses it has got so far, replayed ones included. */
  readonly tokens: number;
}

export interface Budget {
  /** Aborted at the limit, with an Error that names it. */
  readonly exhausted: AbortSignal;
  /**
   * Why this eval does not fit: last time it used more than what is left after reserving what the running evals still need.
   * Undefined when it fits, or when no record shows what it takes.
   */
  reasonToSkip(planned: PlannedEval, running?: readonly EvalInFlight[]): string | undefined;
  /** Adds the tokens of one response that was paid for. */
  spend(usage: Pick<TokenUsage, 'prompt' | 'completion'>): void;
  close(): void;
}

export function openBudget(options: BudgetOptions): Budget {
  const { timeMs, tokens, beganAt, sampleResume } = options;
  const limit = new AbortController();
  const known = new Map(options.records.map((record) => [record.eval, record]));
  let spentTokens = 0;
  const timeLeftMs = () => (timeMs === undefined ? Number.POSITIVE_INFINITY : beganAt + timeMs - Date.now());
  const tokensLeft = () => (tokens === undefined ? Number.POSITIVE_INFINITY : tokens - spentTokens);
  const timer =
    timeMs === undefined
      ? undefined
      : setTimeout(
          () => limit.abort(new Error(`the time-budget of ${duration(timeMs)} is used up`)),
          Math.max(0, timeLeftMs()),
        );
  const stillNeeded = ({ key, tokens: used }: EvalInFlight) =>
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
    spend({ prompt, completion }) {
      spentTokens += prompt + completion;
      if (tokens !== undefined && tokensLeft() <= 0)
        limit.abort(new Error(`the token-budget of ${wholeNumber(tokens)} is used up`));
    },
    close: () => clearTimeout(timer),
  };
}
