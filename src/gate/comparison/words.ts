/** Numbers and names in sentences about a comparison. */
import { capitalised, metricText, withMinus } from '../../model/format.ts';
import { oneLine } from '../../text.ts';

const MAX_NAME_BYTES = 80;

/** A name that others wrote, made safe and short. */
export function nameText(name: string): string {
  return oneLine(name, MAX_NAME_BYTES);
}

/** A metric at the start of a sentence: `Accuracy`, but `f1_score` as it is. */
export function metricAtStart(metric: string): string {
  const name = nameText(metric);
  return /^[a-z]+$/.test(name) ? capitalised(name) : name;
}

/** How values of a metric, and differences between them, are shown. */
export interface Scale {
  readonly isRate: boolean;
  /** Of percentages. */
  readonly decimals: number;
}

/** With as many decimals as it takes to see the difference. */
export function scaleFor(isRate: boolean, difference: number): Scale {
  const points = Math.abs(100 * difference);
  const isSmall = points > 0 && points < 0.1;
  return { isRate, decimals: isSmall ? Math.min(5, 1 - Math.floor(Math.log10(points))) : 1 };
}

/** `84.9 %`, `0.7312` */
export function valueText(value: number, { isRate, decimals }: Scale): string {
  if (!isRate) return plainText(value);
  return `${value === 0 || value === 1 ? 100 * value : (100 * value).toFixed(decimals)} %`;
}

/** `−3.7 points`, `+0.02` */
export function changeText(change: number, scale: Scale): string {
  const text = `${change > 0 ? '+' : ''}${boundText(change, scale)}`;
  return scale.isRate ? `${text} points` : text;
}

/** A bound of a difference, without its unit: `−5.2` */
export function boundText(change: number, { isRate, decimals }: Scale): string {
  return isRate ? withMinus((100 * change).toFixed(decimals)) : plainText(change);
}

/** `2 points`, `0.05` */
export function toleranceText(tolerance: number, isRate: boolean): string {
  if (!isRate) return plainText(tolerance);
  const points = metricText(100 * tolerance);
  return `${points} ${points === '1' ? 'point' : 'points'}`;
}

function plainText(value: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 0.001;
  return withMinus(isSmall ? String(Number(value.toPrecision(2))) : metricText(value));
}
