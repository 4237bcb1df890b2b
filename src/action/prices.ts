/** The prices of a run: of its report, and for its budget. */
import { ActionError } from '../errors.ts';
import { completionFnsOf } from '../model/command.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { listed } from '../model/format.ts';
import type { Plan, PlannedEval } from '../model/plan.ts';
import { noPricing, type PriceFacts, type Prices, type Pricing } from '../model/price.ts';
import { isLoopback } from '../plan/base-urls.ts';
import type { Inputs } from './inputs.ts';
import type { Step } from './step.ts';

/** More names would hide what to do. */
const MAX_NAMES = 5;

/** What the prices of this run depend on. Its report may be written by another process, or by the merge of its shards. */
export async function priceFacts({ inputs, urls }: Pick<Step, 'inputs' | 'urls'>): Promise<PriceFacts> {
  const overrides = inputs.prices;
  // No provider is on this machine.
  if (isLoopback(urls.openai.hostname)) return { providers: [], overrides };
  // The list takes some milliseconds to load.
  const { pricedProviders } = await import('../price/load-prices.ts');
  return { providers: await pricedProviders([urls.openai, urls.anthropic]), overrides };
}

/** The prices of the day on which the run started. Nothing is loaded for a run that has neither sent nor reused anything. */
export async function pricingOf({ facts, traffic, outcomes }: FinishedRun): Promise<Pricing> {
  const hasTokens =
    Object.keys(traffic.models).length > 0 ||
    outcomes.some((outcome) => 'record' in outcome && outcome.record !== undefined);
  return hasTokens ? await loadPricing(facts.prices, new Date(facts.run.started)) : noPricing;
}

/** Without a listed provider and without overrides, no price can be known. */
async function loadPricing(prices: PriceFacts | undefined, at: Date): Promise<Pricing> {
  if (!prices || (prices.providers.length === 0 && prices.overrides.length === 0)) return noPricing;
  const { loadPricing: load } = await import('../price/load-prices.ts');
  return await load(prices, at);
}

/** The prices of the day on which the step began. */
export async function stepPrices(step: Step): Promise<Prices> {
  return (await loadPricing(await priceFacts(step), new Date(step.beganAt))).prices;
}

/** The prices for the cost-budget; undefined without one. */
export async function budgetPrices(step: Step): Promise<Prices | undefined> {
  return step.inputs.costBudget === undefined ? undefined : await stepPrices(step);
}

/**
 * A run with a model without a price would spend more than its budget allows.
 * @param prices undefined without a cost-budget
 * @param toRun the evals that will run
 * @throws ActionError INPUT_INVALID, before anything is spent
 */
export function requirePrices(
  prices: Prices | undefined,
  { inputs }: Pick<Step, 'inputs'>,
  plan: Plan,
  toRun: readonly PlannedEval[],
): void {
  if (!prices) return;
  const missing = askedModels(inputs, plan, toRun).filter((model) => prices(model) === undefined);
  if (missing.length === 0) return;
  throw new ActionError(
    'INPUT_INVALID',
    `The input cost-budget needs the price of each model, but no price is known of ${listed(missing, MAX_NAMES)}.`,
    `Set the input prices, in US dollars per million tokens, with ${missing.length === 1 ? 'this line' : 'these lines'} and your numbers, or remove cost-budget:\n${missing.slice(0, MAX_NAMES).map(exampleLine).join('\n')}`,
  );
}

/** To be pasted. */
function exampleLine(model: string): string {
  return `${model}: input 0.15, output 0.60`;
}

/** The models of the inputs that these evals ask for, and those that the model map names. */
function askedModels(
  { modelMap }: Inputs,
  { apiModels, needsApiKey }: Plan,
  toRun: readonly PlannedEval[],
): string[] {
  if (toRun.length === 0 || !needsApiKey) return [];
  const named = new Set(toRun.flatMap(({ command }) => completionFnsOf(command)));
  // The other names are completion functions, whose models are known when they send requests.
  const models =
    apiModels?.filter((name) => named.has(name)) ?? [...named].filter((name) => name !== 'dummy');
  return [...new Set([...models, ...modelMap.values()])];
}
