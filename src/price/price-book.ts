/** Finds the price of a model in the vendored list, or among those that the user set. Pure. */
import type { Price, PriceOverride, Prices } from '../model/price.ts';
import type { ListedModel, ListedPrice, ListedProvider, Match, PriceInForce, PriceList } from './list.ts';

export interface PriceBookOptions {
  /** Ids of the providers that the API's requests go to, as `providersAt` returns them. */
  readonly providers: readonly string[];
  readonly overrides: readonly PriceOverride[];
  /** The prices of this time are used. */
  readonly at: Date;
}

export function priceBook(list: PriceList, { providers, overrides, at }: PriceBookOptions): Prices {
  const byId = new Map(list.providers.map((provider) => [provider.id, provider]));
  const own = withOthers(
    providers.flatMap((id) => byId.get(id) ?? []),
    byId,
  );
  const known = new Map<string, Price | undefined>();
  return (model) => {
    if (!known.has(model)) known.set(model, overridden(model, overrides) ?? listed(model, own, at));
    return known.get(model);
  };
}

/**
 * The providers whose prices count, by the base URLs of the API's clients. Nobody counts which of the servers a request went to, so
 * when the first one has no listed prices, there are none.
 */
export function providersAt(list: PriceList, urls: readonly URL[]): string[] {
  const [first, ...others] = urls.map((url) => providerAt(list, url));
  return first === undefined ? [] : [first, ...others.flatMap((id) => id ?? [])];
}

function providerAt({ providers }: PriceList, { origin, pathname }: URL): string | undefined {
  const address = `${origin}${pathname}`;
  return providers.find(({ url }) => {
    const found = new RegExp(`^(?:${url})`).exec(address)?.[0];
    // Most patterns of the list do not say that the host ends there: api.openai.com.example.com is another one.
    return found !== undefined && (/[/.]$/.test(found) || /^(?:$|[/:])/.test(address.slice(found.length)));
  })?.id;
}

/** Each provider, followed by those whose prices it also charges. */
function withOthers(
  providers: readonly ListedProvider[],
  byId: ReadonlyMap<string, ListedProvider>,
): ListedProvider[] {
  const all = providers.flatMap((provider) => [
    provider,
    ...(provider.alsoOf ?? []).flatMap((id) => byId.get(id) ?? []),
  ]);
  return [...new Set(all)];
}

/** A name counts more than a pattern, and an earlier line more than a later one. */
function overridden(model: string, overrides: readonly PriceOverride[]): Price | undefined {
  const exact = overrides.find(({ model: name }) => name === model);
  return (exact ?? overrides.find(({ model: pattern }) => isLike(model, pattern)))?.price;
}

/** Whether the name is like a pattern in which `*` stands for any text. It never looks back, however many stars there are. */
function isLike(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function listed(model: string, providers: readonly ListedProvider[], at: Date): Price | undefined {
  const name = model.toLowerCase();
  for (const form of new Set([name, withDashes(name)])) {
    for (const { models } of providers) {
      const found = models.find(([match]) => matches(match, form));
      if (found) return priceAt(found, at);
    }
  }
  return undefined;
}

/** `model-20250131` as `model-2025-01-31`: providers write dates in both ways. */
function withDashes(name: string): string {
  return name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g, '-$1-$2-$3');
}

function matches(match: Match, name: string): boolean {
  if (typeof match !== 'string') {
    return 'all' in match
      ? match.all.every((each) => matches(each, name))
      : match.some((each) => matches(each, name));
  }
  const text = match.slice(1);
  switch (match[0]) {
    case '=':
      return name === text;
    case '^':
      return name.startsWith(text);
    case '$':
      return name.endsWith(text);
    case '*':
      return name.includes(text);
    default:
      return new RegExp(text).test(name);
  }
}

function priceAt([, prices]: ListedModel, at: Date): Price | undefined {
  if (isOnePrice(prices)) return priceOf(prices);
  const found = prices.findLast((each) => isInForce(each, at)) ?? prices[0];
  return found && priceOf(found.price);
}

function isOnePrice(prices: ListedModel[1]): prices is ListedPrice {
  return typeof prices[0] === 'number';
}

function priceOf([input, output, cached = input]: ListedPrice): Price {
  return { input, output, cached };
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 24 * 60;

function isInForce({ from, daily }: PriceInForce, at: Date): boolean {
  if (from !== undefined && at < new Date(from)) return false;
  if (!daily) return true;
  const minute = Math.floor(at.getTime() / MS_PER_MINUTE) % MINUTES_PER_DAY;
  const [start, end] = daily;
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}
