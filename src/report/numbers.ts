/** Rates and amounts for people, as all reports show them. Pure. */
import { wholeNumber, withMinus } from '../model/format.ts';

/** `81.2 %` */
export function percent(rate: number): string {
  return `${withMinus((rate * 100).toFixed(1))} %`;
}

/** Percentage points, `−3.7` or `+0.4` */
export function points(difference: number): string {
  const text = withMinus((difference * 100).toFixed(1));
  return difference > 0 && text !== '0.0' ? `+${text}` : text;
}

/** `9,840`, `812 k`, `1.2 M` */
export function amount(value: number): string {
  if (value < 10_000) return wholeNumber(value);
  if (value < 999_500) return `${Math.round(value / 1000)} k`;
  return value < 999_500_000 ? `${(value / 1e6).toFixed(1)} M` : `${(value / 1e9).toFixed(1)} G`;
}
