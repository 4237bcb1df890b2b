/** How much a run may use: time, tokens and US dollars. At a limit the run stops, and its paid responses stay recorded. */
import type { BudgetedRequest, RequestBudget, Reservation } from '../gateway/call/request-budget.ts';
import type { TokenUsage } from '../model/api-response.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { duration } from '../model/format.ts';
import type { PlannedEval } from '../model/plan.ts';
import type { BilledUse, Prices } from '../model/price.ts';
import { costMeasure, type Measure, tokenMeasure } from './spending-measure.ts';
import { SpendingReserve } from './spending-reserve.ts';

export interface CostLimit {
  readonly dollars: number;
  /** A model without a price ends the run. */
  readonly prices: Prices;
}

export interface BudgetOptions {
  /** Counted from the start of the step, at most 24 days (the longest timer of Node); undefined: no limit. */
  readonly timeMs: number | undefined;
  /** Billed prompt and completion tokens; undefined: no limit. */
  readonly tokens: number | undefined;
  /** Of billed tokens; undefined: no limit. */
  readonly cost: CostLimit | undefined;
  /** When the step started, in milliseconds since the epoch. */
  readonly beganAt: number;
  /** Of this and earlier runs. They show how much an eval uses. */
  readonly records: readonly CompletionRecord[];
  readonly evals: readonly Pick<PlannedEval, 'key' | 'name'>[];
  /** Whether responses of an interrupted eval are recorded. If so, an eval too large for any budget advances with each run. */
  readonly sampleResume: boolean;
  /** Whether an eval has kept answers. Then nothing says how many of its requests are sent, and each of them waits for the budget. */
  readonly hasAnswers?: (evalKey: string) => boolean;
}

/** An eval that is running. */
export interface RunningEvalUse {
  readonly key: string;
  /** The responses that it has received so far, replayed ones included, by model. */
  readonly usage: Readonly<Record<string, BilledUse>>;
}

export interface Budget {
  /** Aborted at the limit, with an Error that names the limit. */
  readonly exhausted: AbortSignal;
  /**
   * Why the eval does not fit into the budget: last time it used more than what remains after reserving what the running evals
   * still need. Undefined when it fits, or when no record shows how much it uses.
   */
  reasonToSkip(planned: PlannedEval, running?: readonly RunningEvalUse[]): string | undefined;
  /** Decides when a request may be sent; undefined: no number of tokens and no cost is too large. */
  readonly requests: RequestBudget | undefined;
  /** Adds one billed response. */
  spend(usage: TokenUsage, request: BudgetedRequest): void;
  close(): void;
}

export function openBudget(options: BudgetOptions): Budget {
  const { timeMs, tokens, cost, beganAt, sampleResume, records } = options;
  const limit = new AbortController();
  const known = new Map(records.map((record) => [record.eval, record]));
  const onExhausted = (why: string) => limit.abort(new Error(why));
  const spendings = [
    ...(tokens === undefined ? [] : [spendingOf(tokens, tokenMeasure, { ...options, onExhausted })]),
    ...(cost === undefined
      ? []
      : [spendingOf(cost.dollars, costMeasure(cost.prices), { ...options, onExhausted })]),
  ];
  const timeLeftMs = () => (timeMs === undefined ? Number.POSITIVE_INFINITY : beganAt + timeMs - Date.now());
  const timer =
    timeMs === undefined
      ? undefined
      : setTimeout(
          () => onExhausted(`the time-budget of ${duration(timeMs)} is used up`),
          Math.max(0, timeLeftMs()),
        );
  const isTooLarge = (need: number, whole: number) => sampleResume && need > whole;
  return {
    exhausted: limit.signal,
    reasonToSkip({ key }, running = []) {
      const record = known.get(key);
      if (!record) return undefined;
      const tookMs = Date.parse(record.ended) - Date.parse(record.started);
      if (timeMs !== undefined && tookMs > timeLeftMs() && !isTooLarge(tookMs, timeMs))
        return `it took ${duration(tookMs)} last time; ${duration(Math.max(0, timeLeftMs()))} of the time-budget remain`;
      if (options.hasAnswers?.(key)) return undefined;
      for (const { measure, most, reserve } of spendings) {
        const need = measure.ofRecord(record);
        const reserved = running.reduce((sum, each) => sum + stillNeeded(each, known, measure), 0);
        const free = Math.max(0, most - reserve.spent - reserved);
        if (need === undefined || need <= free || isTooLarge(need, most)) continue;
        const after = reserved > 0 ? ` after reserving ${measure.format(reserved)} for running evals` : '';
        return `it used ${measure.describe(need)} last time; ${measure.format(free)} of the ${measure.input} remain${after}`;
      }
      return undefined;
    },
    requests: requestsOf(spendings),
    spend(usage, request) {
      for (const { reserve } of spendings) reserve.spend(usage, request);
    },
    close: () => clearTimeout(timer),
  };
}

interface Spending {
  readonly measure: Measure;
  readonly most: number;
  readonly reserve: SpendingReserve;
}

function spendingOf(
  most: number,
  measure: Measure,
  { records, evals, onExhausted }: BudgetOptions & { readonly onExhausted: (why: string) => void },
): Spending {
  return {
    measure,
    most,
    reserve: new SpendingReserve({ limit: most, measure, records, evals, onExhausted }),
  };
}

/** What a running eval probably still needs, if it needs as much as last time. */
function stillNeeded(
  { key, usage }: RunningEvalUse,
  known: ReadonlyMap<string, CompletionRecord>,
  measure: Measure,
): number {
  const record = known.get(key);
  const [whole, used] = [record && measure.ofRecord(record), measure.ofAll(usage)];
  return whole === undefined || used === undefined ? 0 : Math.max(0, whole - used);
}

/** A request is sent when it fits into all budgets. */
function requestsOf(spendings: readonly Spending[]): RequestBudget | undefined {
  const [only, ...others] = spendings;
  if (!only || others.length === 0) return only?.reserve;
  return {
    reserve(request) {
      const made: Reservation[] = [];
      for (const { reserve } of spendings) {
        const reservation = reserve.reserve(request);
        if (!reservation) {
          for (const each of made) each.end(false);
          return undefined;
        }
        made.push(reservation);
      }
      return {
        end(succeeded) {
          for (const each of made) each.end(succeeded);
        },
      };
    },
  };
}
