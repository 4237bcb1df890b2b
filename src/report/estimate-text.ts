/** Says what evals are likely to take, and how that compares with what they took. Pure. */
import { type Estimated, type Range, type RunEstimate, tokensOf } from '../model/estimate.ts';
import { counted, dollars, listed, wholeNumber } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import { oneLine } from '../text.ts';
import { amount } from './numbers.ts';

const MAX_NAME_BYTES = 80;

/** More names do not help a reader. */
const MAX_NAMES = 3;

/** `28 evals to run: about 1,140–1,400 requests, 0.8–1.1 M tokens, $1.60–2.40` */
export function describeEstimate(estimate: RunEstimate, describe = describeEstimated): string {
  const { evals, unknownEvals, guessedEvals } = estimate;
  const head = `${counted(evals, 'eval')} to run`;
  if (unknownEvals === evals) return `${head}: how many requests they will send is not known`;
  const notes = [
    ...(guessedEvals > 0 ? [`for ${counted(guessedEvals, 'eval')} this is a guess`] : []),
    ...(unknownEvals > 0 ? [`without ${counted(unknownEvals, 'eval')} of which nothing is known`] : []),
  ];
  return `${head}: ${describe(estimate)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

type Priced = Estimated & Pick<RunEstimate, 'unpriced'>;

/** `about 1,140–1,400 requests, 0.8–1.1 M tokens, $1.60–2.40` */
export function describeEstimated(estimated: Priced): string {
  const { requests } = estimated;
  if (requests.high === 0) return 'no request';
  const cost = estimated.cost ? '' : `, ${unknownCost(estimated.unpriced)}`;
  return `${describeKnown(estimated)}${cost}`;
}

/** Without a word of a cost that is not known. */
function describeKnown(estimated: Estimated): string {
  const { requests, cost } = estimated;
  const parts = [
    `${rangeText(requests, wholeNumber)} ${requests.high === 1 ? 'request' : 'requests'}`,
    `${tokenText(tokensOf(estimated))} tokens`,
    ...(cost ? [costText(cost)] : []),
  ];
  return `about ${parts.join(', ')}`;
}

/** Names of models come from registries. */
function unknownCost(unpriced: readonly string[]): string {
  const names = unpriced.map((name) => oneLine(name, MAX_NAME_BYTES) || 'some models');
  return `cost not known, because there is no price for ${listed(names, MAX_NAMES)}`;
}

/** `1,140–1,400`, or `1,140` */
export function countText(range: Range): string {
  return rangeText(range, wholeNumber);
}

function rangeText({ low, high }: Range, text: (value: number) => string): string {
  const [from, to] = [text(low), text(high)];
  return from === to ? to : `${from}–${to}`;
}

const UNITS = [
  { below: 10_000, size: 1, name: '' },
  { below: 999_500, size: 1000, name: ' k' },
  { below: 999_500_000, size: 1e6, name: ' M' },
  { below: Number.POSITIVE_INFINITY, size: 1e9, name: ' G' },
] as const;

type Unit = (typeof UNITS)[number];

/** `800–1,100`, `8.4–12 k`, `0.8–1.1 M`: both ends have the unit of the high end, if the low end is not 0.0 in it, as in `190–1.2 M`. */
export function tokenText({ low, high }: Range): string {
  const unit = unitOf(high);
  const isTooLow = low > 0 && low < 0.05 * unit.size;
  const lowUnit = isTooLow ? unitOf(low) : unit;
  const from = `${inUnit(low, lowUnit)}${isTooLow ? lowUnit.name : ''}`;
  const to = inUnit(high, unit);
  return `${from === to ? to : `${from}–${to}`}${unit.name}`;
}

function unitOf(value: number): Unit {
  return UNITS.find(({ below }) => value < below) ?? UNITS[3];
}

function inUnit(value: number, { size }: Unit): string {
  const inUnits = value / size;
  return size === 1 || inUnits >= 9.95 ? wholeNumber(Math.round(inUnits)) : inUnits.toFixed(1);
}

/** `$1.60–2.40`, `$0.0042–0.0061` */
export function costText(range: Range): string {
  return `$${rangeText(range, (value) => dollars(value).slice(1))}`;
}

/** `Estimated: about 12 requests, … It took 12 requests, …`; undefined when nothing was estimated. */
export function describeComparison({ estimate, totals }: Results): string | undefined {
  if (!estimate || estimate.unknownEvals === estimate.evals) return undefined;
  const { requests, tokens, cost } = totals;
  const sent = tokens.prompt + tokens.completion;
  const took = [
    counted(requests.sent, 'request'),
    `${amount(sent)} tokens`,
    ...(cost === null ? [] : [dollars(cost)]),
  ];
  // Another line says which prices are not known.
  return `Estimated for ${describeEstimate(estimate, describeKnown)}. It took ${took.join(', ')}${judged(estimate, sent, totals)}.`;
}

/** Whether the tokens are those that were estimated. Of a run that is not complete, that says nothing. */
function judged(estimate: RunEstimate, sent: number, { evals }: Results['totals']): string {
  if (evals.completed < evals.total) return ', and is not complete';
  if (estimate.unknownEvals > 0) return '';
  const { low, high } = tokensOf(estimate);
  if (sent < low) return ', less than estimated';
  return sent > high ? ', more than estimated' : ', as estimated';
}
