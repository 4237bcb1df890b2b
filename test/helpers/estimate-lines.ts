/** What the log of a plan says of each eval. */
import type { RunResult } from './runner.ts';

export interface EstimateLine {
  readonly requests: readonly [low: number, high: number];
  /** Numbers in thousands or millions were rounded, so the range is a little wider. */
  readonly tokens: readonly [low: number, high: number];
  /** `earlier run`, `characters` or `guess` */
  readonly from: string;
}

const TOKENS = '([\\d.,]+)( k| M)?(?:–([\\d.,]+))?( k| M)?';
const LINE = new RegExp(`^(\\S+): .*: ([\\d,]+)(?:–([\\d,]+))? requests, ${TOKENS} tokens, .* \\((.*)\\)$`);
const SIZES: Readonly<Record<string, number>> = { '': 1, ' k': 1000, ' M': 1e6 };

/** By the name of the eval. */
export function estimateLines({ lines }: RunResult): ReadonlyMap<string, EstimateLine> {
  return new Map(lines.flatMap((line) => lineOf(line)));
}

function lineOf(line: string): [string, EstimateLine][] {
  const match = LINE.exec(line);
  if (!match) return [];
  const [
    ,
    name = '',
    least = '',
    most = least,
    low = '',
    lowUnit,
    high = low,
    unit = lowUnit ?? '',
    from = '',
  ] = match;
  // `8.4–12 k` has one unit for both, and `192–1.2 M` does not.
  const unitOfLow = lowUnit ?? (number(low) > number(high) ? '' : unit);
  const tokens = [ends(low, unitOfLow)[0], ends(high, unit)[1]] as const;
  return [[name, { requests: [number(least), number(most)], tokens, from }]];
}

function number(text: string): number {
  return Number(text.replaceAll(',', ''));
}

/** The least and the most that is written so. */
function ends(text: string, unit: string): [number, number] {
  const size = SIZES[unit] ?? 1;
  const rounding = size === 1 ? 0 : size / 2;
  return [number(text) * size - rounding, number(text) * size + rounding];
}
