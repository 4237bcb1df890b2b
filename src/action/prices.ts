/** The prices of a run: of its report, and for its budget. */
import { ActionError } from '../errors.ts';
import { completionFnsOf } from '../model/command.ts';
import type { Decision } from '../model/decision.ts';
import type { FinishedRun } from '../model/finished-run.ts';
import { listed } from '../model/format.ts';
import type { Plan } from '../model/plan.ts';
import { noPricing, type PriceFacts, type Prices, type Pricing } from '../model/price.ts';
import type { Inputs } from './inputs.ts';
import type { Step } from './step.ts';

/** More names would hide what to do. */
const MAX_NAMES = 5;

/** What the prices of this run depend on. Its report may be written by another process, or by the merge of its shards. */
export async function priceFacts({
  inputs,
  urls,
}: Pick<Step, 'urls'> & { readonly inputs: Pick<Inputs, 'prices'> }): Promise<PriceFacts> {
  // Few runs need the list, and it takes time to load.
  const { pricedProviders } = await import('../price/load-prices.ts');
  return { providers: await pricedProviders([urls.openai, urls.anthropic]), overrides: inputs.prices };
}

/** The prices of the day on which the run started. Nothing is loaded for a run that has neither sent nor reused anything. */
export async function pricingOf({ facts, traffic, outcomes }: FinishedRun): Promise<Pricing> {
  const hasTokens =
    Object.keys(traffic.models).length > 0 ||
    outcomes.some((outcome) => 'record' in outcome && outcome.record !== undefined);
  return hasTokens ? await loadPricing(facts) : noPricing;
}

async function loadPricing({ prices, run }: FinishedRun['facts']): Promise<Pricing> {
  if (!prices || (prices.providers.length === 0 && prices.overrides.length === 0)) return noPricing;
  const { loadPricing: load } = await import('../price/load-prices.ts');
  return await load(prices, new Date(run.started));
}

/**
 * The prices for the cost-budget, of which none may be missing: a run would spend more than it is allowed to.
 * @returns undefined without a cost-budget
 * @throws ActionError INPUT_INVALID, before anything is spent, when no price is known of a model that the evals will ask for
 */
export async function budgetPrices(
  { inputs }: Pick<Step, 'inputs'>,
  facts: FinishedRun['facts'],
  { plan, decisions }: { readonly plan: Plan; readonly decisions: readonly Decision[] },
): Promise<Prices | undefined> {
  if (inputs.costBudget === undefined) return undefined;
  const { prices } = await loadPricing(facts);
  const missing = askedModels(inputs, plan, decisions).filter((model) => prices(model) === undefined);
  if (missing.length === 0) return prices;
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

/** Of those evals that run: the models of the inputs, and those that the model map names. */
function askedModels(
  { modelMap }: Inputs,
  { apiModels, needsApiKey }: Plan,
  decisions: readonly Decision[],
): string[] {
  const running = decisions.filter(({ kind }) => kind === 'run');
  if (running.length === 0 || !needsApiKey) return [];
  const named = new Set(running.flatMap((decision) => completionFnsOf(decision.eval.command)));
  // Other names are completion functions, whose models are known when they send requests.
  const models = apiModels ?? [...named].filter((name) => name !== 'dummy');
  return [...new Set([...models.filter((name) => named.has(name)), ...modelMap.values()])];
}
