/**
 * Keeps what a run spends below a budget. Each request that is sent reserves what a response of its eval and model is likely to
 * cost, and a request for which nothing is left waits until the responses in flight show how much they cost.
 */
import type { BudgetedRequest, RequestBudget, Reservation } from '../gateway/call/request-budget.ts';
import type { TokenUsage } from '../model/api-response.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import type { PlannedEval } from '../model/plan.ts';
import { addTokens, noTokens } from '../model/traffic.ts';
import type { Measure } from './spending-measure.ts';

export interface SpendingReserveOptions {
  readonly limit: number;
  /** What the limit is a number of. */
  readonly measure: Measure;
  /** Of earlier runs. They show how much a response takes. */
  readonly records: readonly CompletionRecord[];
  readonly evals: readonly Pick<PlannedEval, 'key' | 'name'>[];
  /** Called, with the reason as a clause, when no further request may be sent. */
  readonly onExhausted: (why: string) => void;
}

export class SpendingReserve implements RequestBudget {
  readonly #options: SpendingReserveOptions;
  /** What earlier runs used. */
  readonly #earlier = new Uses();
  /** What this run used. */
  readonly #used = new Uses();
  /** Requests in flight, by eval and model. */
  readonly #inFlight = new Map<string, { readonly request: BudgetedRequest; count: number }>();
  #spent = 0;

  constructor(options: SpendingReserveOptions) {
    this.#options = options;
    const names = new Map(options.evals.map(({ key, name }) => [key, name]));
    for (const record of options.records) {
      const evalName = names.get(record.eval) ?? record.eval;
      for (const { model, use } of usesIn(record)) this.#earlier.add({ evalName, model }, use);
    }
  }

  /** What the responses of this run took. */
  get spent(): number {
    return this.#spent;
  }

  spend(usage: TokenUsage, request: BudgetedRequest): void {
    const { measure, limit, onExhausted } = this.#options;
    this.#used.add(request, { tokens: usage, responses: 0 });
    const cost = measure.of(usage, request.model);
    // The response is paid for in any case. What it cost can only be guessed, so nothing more is spent.
    if (cost === undefined) onExhausted(measure.whyUnknown(request.model));
    this.#spent += cost ?? 0;
    if (this.#spent >= limit) onExhausted(this.#usedUp());
  }

  reserve(request: BudgetedRequest): Reservation | undefined {
    const { measure, onExhausted } = this.#options;
    if (!measure.isKnown(request.model)) {
      onExhausted(measure.whyUnknown(request.model));
      return undefined;
    }
    if (!this.#hasRoomFor(request)) {
      if (this.#inFlight.size === 0) onExhausted(this.#noRoomFor(request));
      return undefined;
    }
    const key = keyOf(request);
    const inFlight = this.#inFlight.get(key) ?? { request, count: 0 };
    inFlight.count += 1;
    this.#inFlight.set(key, inFlight);
    return { end: (succeeded) => this.#end(request, succeeded) };
  }

  #end(request: BudgetedRequest, succeeded: boolean): void {
    const key = keyOf(request);
    const inFlight = this.#inFlight.get(key);
    if (inFlight && inFlight.count > 1) inFlight.count -= 1;
    else this.#inFlight.delete(key);
    // Also a response whose tokens are not known: otherwise all requests to an API that counts none would wait for each other.
    if (succeeded) this.#used.add(request, { tokens: noTokens, responses: 1 });
  }

  #hasRoomFor(request: BudgetedRequest): boolean {
    // A run always advances, or one with a small budget could be re-run forever.
    if (this.#inFlight.size === 0 && this.#spent === 0) return true;
    let needed = this.#expected(request);
    for (const each of this.#inFlight.values()) needed += each.count * this.#expected(each.request);
    return this.#spent + needed <= this.#options.limit;
  }

  /** What a response is likely to take. Infinite as long as nothing is known: then one is sent at a time. */
  #expected(request: BudgetedRequest): number {
    const { evalName, model } = request;
    const known = [
      ...[this.#used.of(request), this.#earlier.of(request)],
      ...[this.#used.ofEval(evalName), this.#earlier.ofEval(evalName)],
      ...[this.#used.all, this.#earlier.all],
    ];
    const tokens = known.map(mean).find((each) => each !== undefined);
    return tokens === undefined
      ? Number.POSITIVE_INFINITY
      : (this.#options.measure.of(tokens, model) ?? Number.POSITIVE_INFINITY);
  }

  #usedUp(): string {
    const { measure, limit } = this.#options;
    return `the ${measure.input} of ${measure.format(limit)} is used up`;
  }

  #noRoomFor(request: BudgetedRequest): string {
    const { describe } = this.#options.measure;
    const [spent, expected] = [describe(this.#spent), this.#options.measure.format(this.#expected(request))];
    return `${this.#usedUp()} (${spent} are spent, and the next response may take ${expected})`;
  }
}

interface Use {
  readonly tokens: TokenUsage;
  readonly responses: number;
}

const noUse: Use = { tokens: noTokens, responses: 0 };

/** Tokens and responses, by the name of the eval and the model. */
class Uses {
  readonly #byRequest = new Map<string, Use>();
  readonly #byEval = new Map<string, Use>();
  #all: Use = noUse;

  get all(): Use {
    return this.#all;
  }

  of(request: BudgetedRequest): Use {
    return this.#byRequest.get(keyOf(request)) ?? noUse;
  }

  ofEval(evalName: string): Use {
    return this.#byEval.get(evalName) ?? noUse;
  }

  add(request: BudgetedRequest, use: Use): void {
    this.#byRequest.set(keyOf(request), sum(this.of(request), use));
    this.#byEval.set(request.evalName, sum(this.ofEval(request.evalName), use));
    this.#all = sum(this.#all, use);
  }
}

function keyOf({ evalName, model }: BudgetedRequest): string {
  return JSON.stringify([evalName, model]);
}

function sum(a: Use, b: Use): Use {
  return { tokens: addTokens(a.tokens, b.tokens), responses: a.responses + b.responses };
}

/** What a record says of its models, or else of all of them together. */
function usesIn({
  usage,
  tokens,
  requests,
}: CompletionRecord): { readonly model: string; readonly use: Use }[] {
  if (usage) {
    return Object.entries(usage).map(([model, { responses, ...of }]) => ({
      model,
      use: { tokens: of, responses },
    }));
  }
  const responses = requests ? requests.sent + requests.replayed : 0;
  return [{ model: '', use: { tokens, responses } }];
}

/** Tokens per response; undefined when there is no response. */
function mean({ tokens, responses }: Use): TokenUsage | undefined {
  if (responses === 0) return undefined;
  const { prompt, completion, cached, reasoning } = tokens;
  return {
    prompt: prompt / responses,
    completion: completion / responses,
    cached: cached / responses,
    reasoning: reasoning / responses,
  };
}
