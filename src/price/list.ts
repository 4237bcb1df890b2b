/** The form of the vendored price list, which `npm run prices` writes. */
import type { Price } from '../model/price.ts';

export interface PriceList {
  /** The package that it is made from. */
  readonly source: string;
  readonly version: string;
  /** When that version was published, `2026-09-23`. */
  readonly date: string;
  readonly providers: readonly ListedProvider[];
}

export interface ListedProvider {
  readonly id: string;
  /** A regular expression for the beginning of its base URL. */
  readonly url: string;
  /** Providers whose prices it also charges, in the order in which they are searched. */
  readonly alsoOf?: readonly string[];
  /** The first that matches a name counts. */
  readonly models: readonly ListedModel[];
}

export type ListedModel = readonly [match: Match, prices: ListedPrice | readonly PriceInForce[]];

/** `=name`, `^beginning`, `$end`, `*part`, `/regular expression`. A list means any of them. */
export type Match = string | { readonly all: readonly Match[] } | readonly Match[];

/** US dollars per million tokens of text. A model without a price of its own for cached tokens has two numbers. */
export type ListedPrice =
  | readonly [input: Price['input'], output: Price['output']]
  | readonly [input: Price['input'], output: Price['output'], cached: Price['cached']];

/** The last that is in force counts; the first, if none is. */
export interface PriceInForce {
  /** From this day on, UTC. */
  readonly from?: string;
  /** Between these times of each day, in minutes after midnight UTC. The second may be after midnight. */
  readonly daily?: readonly [from: number, to: number];
  readonly price: ListedPrice;
}
