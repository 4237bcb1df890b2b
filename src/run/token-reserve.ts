/**
 * Keeps what a run spends below its token budget. Each request that is sent reserves the tokens that a response of its eval is
 * likely to take, and a request for which nothing is left waits until the responses in flight show how much they took.
 */
import type { RequestBudget, Reservation } from '../gateway/call/request-budget.ts';
import type { TokenUsage } from '../model/api-response.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { wholeNumber } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';

export type BilledTokens = Pick<TokenUsage, 'prompt' | 'completion'>;

export interface TokenReserveOptions {
  readonly tokens: number;
  /** Of earlier runs. They show how many tokens a response takes. */
  readonly records: readonly CompletionRecord[];
  readonly evals: readonly Pick<PlannedEval, 'key' | 'name'>[];
  /** Called once, with the reason as a clause, when no further request may be sent. */
  readonly onExhausted: (why: string) => void;
}

interface Use {
  tokens: number;
  responses: number;
}

export class TokenReserve implements RequestBudget {
  readonly #options: TokenReserveOptions;
  /** What earlier runs used. */
  readonly #earlier = new Uses();
  /** What this run used. */
  readonly #used = new Uses();
  /** Requests in flight, by the name of the eval. */
  readonly #inFlight = new Map<string, number>();

  constructor(options: TokenReserveOptions) {
    this.#options = options;
    const names = new Map(options.evals.map(({ key, name }) => [key, name]));
    for (const { eval: key, tokens, requests } of options.records) {
      const responses = requests ? requests.sent + requests.replayed : 0;
      this.#earlier.add(names.get(key) ?? key, { tokens: tokens.total, responses });
    }
  }

  /** Billed tokens of this run. */
  get spent(): number {
    return this.#used.all.tokens;
  }

  spend(evalName: string, { prompt, completion }: BilledTokens): void {
    this.#used.add(evalName, { tokens: prompt + completion, responses: 0 });
    if (this.spent >= this.#options.tokens) this.#options.onExhausted(this.#usedUp());
  }

  reserve(evalName: string): Reservation | undefined {
    if (!this.#hasRoomFor(evalName)) {
      if (this.#inFlight.size === 0) this.#options.onExhausted(this.#noRoomFor(evalName));
      return undefined;
    }
    this.#inFlight.set(evalName, (this.#inFlight.get(evalName) ?? 0) + 1);
    return { end: (succeeded) => this.#end(evalName, succeeded) };
  }

  #end(evalName: string, succeeded: boolean): void {
    const left = (this.#inFlight.get(evalName) ?? 0) - 1;
    if (left > 0) this.#inFlight.set(evalName, left);
    else this.#inFlight.delete(evalName);
    // Also a response whose tokens are not known: otherwise all requests to an API that counts none would wait for each other.
    if (succeeded) this.#used.add(evalName, { tokens: 0, responses: 1 });
  }

  #hasRoomFor(evalName: string): boolean {
    // A run always advances, or one with a small budget could be re-run forever.
    if (this.#inFlight.size === 0 && this.spent === 0) return true;
    let needed = this.#expected(evalName);
    for (const [name, requests] of this.#inFlight) needed += requests * this.#expected(name);
    return this.spent + needed <= this.#options.tokens;
  }

  /** The tokens that a response of the eval is likely to take. Infinite as long as nothing is known: then one is sent at a time. */
  #expected(evalName: string): number {
    const known = [this.#used.of(evalName), this.#earlier.of(evalName), this.#used.all, this.#earlier.all];
    return known.map(mean).find((tokens) => tokens !== undefined) ?? Number.POSITIVE_INFINITY;
  }

  #usedUp(): string {
    return `the token-budget of ${wholeNumber(this.#options.tokens)} is used up`;
  }

  #noRoomFor(evalName: string): string {
    const expected = wholeNumber(Math.round(this.#expected(evalName)));
    return `${this.#usedUp()} (${wholeNumber(this.spent)} tokens are spent, and the next response may take ${expected})`;
  }
}

/** Tokens and responses of evals, by their names. */
class Uses {
  readonly #byName = new Map<string, Use>();
  readonly all: Use = { tokens: 0, responses: 0 };

  of(evalName: string): Use {
    return this.#byName.get(evalName) ?? { tokens: 0, responses: 0 };
  }

  add(evalName: string, { tokens, responses }: Use): void {
    const use = this.of(evalName);
    this.#byName.set(evalName, use);
    for (const each of [use, this.all]) {
      each.tokens += tokens;
      each.responses += responses;
    }
  }
}

/** Tokens per response; undefined when there is no response. */
function mean({ tokens, responses }: Use): number | undefined {
  return responses > 0 ? tokens / responses : undefined;
}
