/** Sentences about costs, for the log and the job summary, in plain text. Pure. */
import { asSentence, dollars, listed } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import { oneLine } from '../text.ts';
import { hasPrices, savedCost } from './costs.ts';

const MAX_MODELS = 5;

/** Evals choose the names. Those of models are shorter. */
const MAX_NAME_BYTES = 100;

/**
 * `Cost: $1.84, $0.41 saved by resuming (prices of 2026-09-23)`, for the end of the log. Nothing, when no price is known and the user
 * set none.
 */
export function describeCost(results: Results): string | undefined {
  if (!hasPrices(results)) return undefined;
  const { cost } = results.totals;
  const saved = savedCost(results);
  const parts = [
    cost === null ? 'unknown' : dollars(cost),
    ...(saved !== null && saved > 0 ? [`${dollars(saved)} saved by resuming`] : []),
  ];
  const remarks = [...sources(results), ...missing(results)];
  return `Cost: ${parts.join(', ')}${remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}`;
}

/** Where prices are from that the input prices does not set. */
function sources({ prices }: Results): string[] {
  return prices?.list ? [`prices of ${prices.list.date}`] : [];
}

function missing({ prices }: Results): string[] {
  const unknown = prices?.unknown ?? [];
  return unknown.length === 0
    ? []
    : [
        `no price is known of ${listed(
          unknown.map((name) => oneLine(name, MAX_NAME_BYTES)),
          MAX_MODELS,
        )}`,
      ];
}

/** `Of 2026-09-23, where the input prices sets no others; no price is known of a-model` */
export function pricesText(results: Results): string {
  const { prices } = results;
  if (!prices) return 'None: no tokens were counted for a model.';
  const date = prices.list && `of ${prices.list.date}, where the input prices sets no others`;
  const source = hasPrices(results) ? [date ?? 'of the input prices'] : [];
  return asSentence([...source, ...missing(results)].join('; '));
}
