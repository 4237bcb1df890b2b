import { counted, listed } from '../model/format.ts';

/** Names in the log. The rest is a number. */
const MAX_NAMES = 10;

/** @param evalKeys in the order in which their kept answers were dropped */
export function describeDropped(evalKeys: readonly string[]): string {
  return `All kept answers together may take 1 GB, so those of ${counted(evalKeys.length, 'eval')} were dropped, the oldest first: ${listed(evalKeys, MAX_NAMES)}. If these evals run again, they send all requests.`;
}
