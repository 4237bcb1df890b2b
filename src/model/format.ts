/** Formats numbers and durations for people. */
import type { MetricValue } from './completion-record.ts';

/** Rounds a number to four decimal places. Text is returned unchanged. */
export function metricText(value: MetricValue): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
}

/**
 * `= 0.01`, `= 0.42`, `< 0.001`: a p-value after its sign. It is rounded, but one below 0.05 never looks as if it were not.
 */
export function probabilityText(p: number): string {
  if (p < 0.001) return '< 0.001';
  const factor = p < 0.1 ? 1000 : 100;
  const rounded = Math.round(p * factor) / factor;
  return `= ${p < 0.05 && rounded >= 0.05 ? 0.049 : rounded}`;
}

/** `4.1 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1,234,567`. By hand: the first use of `toLocaleString` takes 13 ms, a tenth of a run that has nothing to do. */
export function wholeNumber(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `$1.84`, `$1,234.50`, `$0.0042` */
export function dollars(cost: number): string {
  if (cost !== 0 && cost < 0.1) {
    const rounded = Number(cost.toPrecision(2));
    // Below a millionth, JavaScript would write an exponent.
    return `$${rounded < 1e-6 ? rounded.toFixed(Math.min(100, 1 - Math.floor(Math.log10(rounded)))) : rounded}`;
  }
  const [whole = '', cents = ''] = cost.toFixed(2).split('.');
  return `$${wholeNumber(Number(whole))}.${cents}`;
}

/** `a, b and 26 more` */
export function listed(names: readonly string[], most: number): string {
  const hidden = names.length - most;
  return `${names.slice(0, most).join(', ')}${hidden > 0 ? ` and ${wholeNumber(hidden)} more` : ''}`;
}

/** Makes a clause a sentence: with a capital, and with a full stop unless it ends in a mark of its own. */
export function asSentence(clause: string): string {
  return `${capitalised(clause)}${/[.!?]$/.test(clause) ? '' : '.'}`;
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** `1 request`, `1,200 requests` */
export function counted(count: number, noun: string): string {
  return `${wholeNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-26 19:11 UTC`, of a time in ISO 8601. */
export function minuteText(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

export function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** A number with the minus sign that is as wide as a digit. One that was rounded to zero has no sign. */
export function withMinus(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace(/^-/, '−');
}
