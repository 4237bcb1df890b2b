/** Shows values beside the threshold that they are compared with. */
import { wholeNumber } from '../../model/format.ts';
import type { Operator, Threshold } from '../rules/rule.ts';

type Unit = Threshold['unit'];

/** Four decimals of a share. */
const USUAL_DECIMALS: Readonly<Record<Unit, number>> = { number: 4, percent: 2 };
/** More are not in a double. */
const MOST_DECIMALS = 15;

/** `0.62`, `62 %`, `812,000`; with as many decimals as it takes to see that the value is not the threshold. */
export function figure(value: number, { value: threshold, unit }: Pick<Threshold, 'value' | 'unit'>): string {
  const [shown, limit] = unit === 'percent' ? [value * 100, threshold * 100] : [value, threshold];
  let decimals = USUAL_DECIMALS[unit];
  while (decimals < MOST_DECIMALS && !isSame(value, threshold) && isSame(rounded(shown, decimals), limit))
    decimals += 1;
  return withUnit(rounded(shown, decimals), unit);
}

/** `0.8`, `90 %`, `2,000,000` */
export function thresholdFigure({ value, unit }: Pick<Threshold, 'value' | 'unit'>): string {
  // Of a double, 15 digits are exact.
  return withUnit(unit === 'percent' ? Number((value * 100).toPrecision(15)) : value, unit);
}

function rounded(value: number, decimals: number): number {
  const fixed = Number(value.toFixed(decimals));
  return fixed === 0 ? Number(value.toPrecision(2)) : fixed;
}

function withUnit(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const text = `${value < 0 ? '−' : ''}${Number.isSafeInteger(size) ? wholeNumber(size) : String(size)}`;
  return unit === 'percent' ? `${text} %` : text;
}

/** Sums of decimals are rounded: 0.1 + 0.2 is 0.30000000000000004. Such a difference is no difference to a rule. */
const ROUNDING = 1e-12;

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

export function isMet(value: number, { operator, value: threshold }: Threshold): boolean {
  if (isSame(value, threshold)) return operator === '>=' || operator === '<=' || operator === '==';
  if (operator === '==') return false;
  return operator === '>' || operator === '>=' ? value > threshold : value < threshold;
}

interface Words {
  readonly met: string;
  readonly missed: string;
}

const WORDS: Readonly<Record<Operator, Words>> = {
  '>': { met: 'above', missed: 'not above' },
  '>=': { met: 'at least', missed: 'below' },
  '<': { met: 'below', missed: 'not below' },
  '<=': { met: 'at most', missed: 'above' },
  '==': { met: 'equal to', missed: 'not' },
};

/** `at least 0.8`, `below 0.8` */
export function comparedWith(threshold: Threshold, status: keyof Words): string {
  return `${WORDS[threshold.operator][status]} ${thresholdFigure(threshold)}`;
}
