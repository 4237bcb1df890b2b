/** Tests whether paired scores changed. */
import { Random } from './random.ts';

/** Up to so many differences, all ways to flip their signs are tried. */
const MAX_ENUMERATED = 15;

const DRAWS = 19_999;

/** After so many draws that are as extreme, p is known well enough (Besag and Clifford, Biometrika 78, 1991). */
const ENOUGH = 1000;

/** Of more differences, the smallest are drawn together: the sum of so many small ones is normal. */
const MAX_FLIPPED = 1000;

const SEED = 1;

/** Sums that differ by less, relative to the sum of all, are the same, but for rounding. */
const ROUNDING = 1e-9;

/**
 * The two-sided p-value of the paired sign-flip test (Fisher, The Design of Experiments, 1935, 21): by chance, a sample changes by
 * d as easily as by −d. It needs no normal distribution. Few differences are enumerated; of many, random signs are drawn with a
 * fixed seed, and one is added to both counts, so that p is never 0 (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9(1), 2010).
 *
 * Differences of 0 say nothing, so p is 1 when all are 0. Equal differences are tested as any others: that all of them point the
 * same way is what counts, as in McNemar's test. No deviation is estimated, so none that is 0 can make a change look certain.
 * @param differences finite numbers, in any order
 */
export function signFlip(differences: readonly number[]): number {
  const sizes = Float64Array.from(differences, Math.abs)
    .filter((size) => size > 0)
    .sort()
    .reverse();
  const [largest = 0] = sizes;
  if (largest === 0) return 1;
  // Scaled, because the squares of huge numbers overflow.
  const scaled = sizes.map((size) => size / largest);
  const sum = scaled.reduce((total, size) => total + size, 0);
  const seen = Math.abs(differences.reduce((total, difference) => total + difference / largest, 0));
  const extreme = seen - ROUNDING * sum;
  return scaled.length <= MAX_ENUMERATED ? enumerated(scaled, sum, extreme) : drawn(scaled, extreme);
}

/** Flips one sign at a time, in the order of a Gray code. The first sign stays: flipping all signs changes no absolute sum. */
function enumerated(sizes: Float64Array, total: number, extreme: number): number {
  const ways = 2 ** (sizes.length - 1);
  const signs = sizes.map(() => 1);
  let sum = total;
  let found = sum >= extreme ? 1 : 0;
  for (let way = 1; way < ways; way += 1) {
    const index = 1 + (31 - Math.clz32(way & -way));
    const sign = -(signs[index] ?? 1);
    signs[index] = sign;
    sum += 2 * sign * (sizes[index] ?? 0);
    if (Math.abs(sum) >= extreme) found += 1;
  }
  return found / ways;
}

function drawn(sizes: Float64Array, extreme: number): number {
  const random = new Random(SEED);
  const flipped = sizes.subarray(0, MAX_FLIPPED);
  const spread = Math.sqrt(sizes.subarray(MAX_FLIPPED).reduce((squares, size) => squares + size * size, 0));
  let found = 0;
  for (let draw = 1; draw <= DRAWS; draw += 1) {
    const rest = spread > 0 ? spread * random.normal() : 0;
    if (Math.abs(flippedSum(flipped, random) + rest) >= extreme) found += 1;
    if (found === ENOUGH) return ENOUGH / draw;
  }
  return (found + 1) / (DRAWS + 1);
}

function flippedSum(sizes: Float64Array, random: Random): number {
  let [sum, bits] = [0, 0];
  for (let index = 0; index < sizes.length; index += 1) {
    if (index % 32 === 0) bits = random.bits();
    const size = sizes[index] ?? 0;
    sum += bits & 1 ? size : -size;
    bits >>>= 1;
  }
  return sum;
}
