/** Loads the price list, which few milliseconds of a run should pay for that has nothing to price. */
import type { PriceFacts, Pricing } from '../model/price.ts';
import { priceBook, providersAt } from './price-book.ts';

/** @param at the prices of this time are used */
export async function loadPricing({ providers, overrides }: PriceFacts, at: Date): Promise<Pricing> {
  const { priceList } = await import('./price-list.ts');
  const { version, date } = priceList;
  const prices = priceBook(priceList, { providers, overrides, at });
  return { prices, list: providers.length > 0 ? { version, date } : undefined };
}

/** The providers at these base URLs that have listed prices. */
export async function pricedProviders(urls: readonly URL[]): Promise<string[]> {
  const { priceList } = await import('./price-list.ts');
  return providersAt(priceList, urls);
}
