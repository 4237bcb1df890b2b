/** What a run may spend, in time and in tokens. At the limit it ends what runs, with its answers kept. */

import type { CompletionRecord } from '../model/completion-record.ts';
import { duration, wholeNumber } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import { after } from '../process/after.ts';

export interface BudgetOptions {
  /** Milliseconds since the step began; undefined: no limit. */
  readonly time: number | undefined;
  /** Prompt and completion tokens of answers that this run paid for; undefined: no limit. */
  readonly tokens: number | undefined;
  /** When the step began, in milliseconds since the epoch. */
  readonly since: number;
  readonly spentTokens: () => number;
  /** Of this and earlier runs: they tell what an eval takes. */
  readonly records: readonly CompletionRecord[];
  /** Whether an eval that is interrupted keeps its answers, so that one too large for any budget gets on all the same. */
  readonly sampleResume: boolean;
}

/** An eval that runs, and the tokens of the answers it has got so far, kept ones included. */
export interface Running {
  readonly key: string;
  readonly tokens: number;
}

export interface Budget {
  /** Aborted at the limit, with an Error that names it. */
  readonly exhausted: AbortSignal;
  /**
   * Why this eval is not to be started: what it took before is more than what is left, and than what those that run will
   * leave. Undefined: it fits, or nobody knows.
   */
  whyNot(planned: PlannedEval, running?: readonly Running[]): string | undefined;
  /** To be called when tokens were spent. */
  check(): void;
  close(): void;
}

export function openBudget(options: BudgetOptions): Budget {
  const { time, tokens, since, spentTokens, sampleResume } = options;
  const limit = new AbortController();
  const known = new Map(options.records.map((record) => [record.eval, record]));
  const timeLeft = () => (time === undefined ? Number.POSITIVE_INFINITY : since + time - Date.now());
  const tokensLeft = () => (tokens === undefined ? Number.POSITIVE_INFINITY : tokens - spentTokens());
  const callOff =
    time === undefined
      ? undefined
      : after(Math.max(0, timeLeft()), () =>
          limit.abort(new Error(`the time-budget of ${duration(time)} is used up`)),
        );
  const stillToCome = ({ key, tokens: had }: Running) =>
    Math.max(0, (known.get(key)?.tokens.total ?? had) - had);
  const fits = (need: number, left: number, whole: number | undefined) =>
    need <= left || (sampleResume && whole !== undefined && need > whole);
  return {
    exhausted: limit.signal,
    whyNot({ key }, running = []) {
      const record = known.get(key);
      if (!record) return undefined;
      const took = Date.parse(record.ended) - Date.parse(record.started);
      if (!fits(took, timeLeft(), time))
        return `it took ${duration(took)} before, and ${duration(Math.max(0, timeLeft()))} of the time-budget are left`;
      const reserved = running.reduce((sum, each) => sum + stillToCome(each), 0);
      const free = Math.max(0, tokensLeft() - reserved);
      if (!fits(record.tokens.total, free, tokens)) {
        const kept = reserved > 0 ? `, besides ${wholeNumber(reserved)} for the evals that run` : '';
        return `it took ${wholeNumber(record.tokens.total)} tokens before, and ${wholeNumber(free)} of the token-budget are left${kept}`;
      }
      return undefined;
    },
    check() {
      if (tokens !== undefined && tokensLeft() <= 0)
        limit.abort(new Error(`the token-budget of ${wholeNumber(tokens)} is used up`));
    },
    close: () => callOff?.(),
  };
}
