/** The line of figures that follows the verdict in the summary and in the comment, in GitHub's Markdown. Pure. */
import { counted, dollars, wholeNumber } from '../model/format.ts';
import type { Results } from '../model/results.ts';
import type { BaselineSource, OverallRate, Verdict } from '../model/verdict.ts';
import { commitName } from './commit-name.ts';
import { hasPrices, savedCost, spentText } from './costs.ts';
import { code, inline } from './markdown-text.ts';
import { amount, percent, points } from './numbers.ts';

const MAX_NAME_BYTES = 200;

/**
 * `gpt-4o on topics · accuracy 81.2 % ± 2.1 vs 84.9 % on main@abc1234 · −3.7 pp (95 % −5.2 … −2.2) · 1,140 pairs, 61 down,
 * 19 up · 812 k tokens · $1.84`. What is not known is left out.
 */
export function figuresLine(results: Results, verdict: Verdict): string {
  const { model, evalSet } = results;
  return [
    `${code(model, MAX_NAME_BYTES)} on ${code(evalSet, MAX_NAME_BYTES)}`,
    ...rates(verdict),
    ...spent(results),
  ].join(' · ');
}

function rates({ overall, comparison }: Verdict): string[] {
  if (overall === null) return [];
  const now = `${inline(overall.metric)} ${percent(overall.rate)} ${spread(overall)}`;
  const difference = comparison?.overall ?? null;
  if (difference === null) return [now];
  const before = `vs ${percent(difference.before)}${origin(comparison?.source ?? null)}`;
  // The rate is over all samples, the difference over those that both sides have.
  const isSame = Math.abs(overall.rate - difference.now) < 0.000_5;
  return [
    ...(isSame ? [`${now} ${before}`] : [now, `of the pairs ${percent(difference.now)} ${before}`]),
    `${points(difference.difference)} pp (95&nbsp;% ${points(difference.low)}&nbsp;…&nbsp;${points(difference.high)})`,
    `${counted(difference.pairs, 'pair')}, ${wholeNumber(difference.worse)} down, ${wholeNumber(difference.better)} up`,
  ];
}

/** `± 2.1` where both sides are about as wide, as they are not close to 0 and 100 %. */
function spread({ rate, low, high }: OverallRate): string {
  const [below, above] = [(rate - low) * 100, (high - rate) * 100];
  return Math.abs(below - above) < 0.3
    ? `± ${((below + above) / 2).toFixed(1)}`
    : `(95&nbsp;% ${(low * 100).toFixed(1)}&nbsp;…&nbsp;${(high * 100).toFixed(1)})`;
}

/** ` on main@abc1234` */
function origin(source: BaselineSource | null): string {
  if (source === null) return '';
  const name = commitName(source);
  return name === '' ? ' in the baseline' : ` on ${inline(name, MAX_NAME_BYTES)}`;
}

/** Tokens that this run would have needed without its replayed responses and its reused evals. */
export function savedTokens({ totals: { replayedTokens }, evals }: Results): number {
  const reused = evals.flatMap((each) => (each.status === 'reused' ? (each.tokens?.total ?? 0) : []));
  return reused.reduce((sum, each) => sum + each, replayedTokens.prompt + replayedTokens.completion);
}

function spent(results: Results): string[] {
  const { requests, tokens } = results.totals;
  const spentDollars = spentText(results, dollars);
  const sent = tokens.prompt + tokens.completion;
  const saved = savedTokens(results);
  return [
    ...(requests.sent === 0
      ? ['no request sent']
      : [sent > 0 ? `${amount(sent)} tokens` : counted(requests.sent, 'request')]),
    ...(spentDollars === undefined ? [] : [withSignApart(spentDollars)]),
    ...(saved > 0 ? [`${withSignApart(savedText(results, saved))} saved by resuming`] : []),
  ];
}

/** `$0.41`, or `61 k tokens` where a price is not known. */
export function savedText(results: Results, tokens: number): string {
  const cost = hasPrices(results) ? savedCost(results) : null;
  return cost === null ? `${amount(tokens)} tokens` : dollars(cost);
}

/** So that no two dollar signs enclose a formula. */
function withSignApart(text: string): string {
  return text.replace('$', () => '<span>$</span>');
}
