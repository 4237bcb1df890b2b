/** The figures of scipy and statsmodels that `test/fixtures/statistics/make.py` wrote. */
import { readFileSync } from 'node:fs';

type Bounds = readonly [low: number, high: number];

export interface Figures {
  readonly wilson: readonly { successes: number; n: number; interval: Bounds }[];
  readonly tQuantiles: readonly { freedom: number; quantile: number }[];
  readonly normal: readonly { x: number; cdf: number }[];
  readonly means: readonly {
    name: string;
    values: readonly number[];
    skewness: number;
    t: Bounds;
    bootstrap: Bounds | null;
  }[];
  readonly mcnemar: readonly { worse: number; better: number; p: number }[];
  readonly signFlip: readonly { name: string; differences: readonly number[]; p: number; isExact: boolean }[];
  readonly holm: readonly { p: readonly number[]; adjusted: readonly number[] }[];
  readonly flips: readonly { alpha: number; flips: number }[];
  readonly pairedRates: readonly { worse: number; better: number; pairs: number; interval: Bounds }[];
  readonly smallestDrops: readonly { n: number; drop: number }[];
}

const FILE = new URL('../../../fixtures/statistics/scipy.json', import.meta.url);

export const figures: Figures = JSON.parse(readFileSync(FILE, 'utf8'));
