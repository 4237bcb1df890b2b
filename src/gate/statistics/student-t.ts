/** The quantile of Student's t distribution for a two-sided level of 95 %. */
import { Z_95 } from './normal.ts';

/** From here on, the expansion is exact to 1e-8. */
const MANY = 60;

/** @param freedom degrees of freedom, a whole number from 1 */
export function tQuantile95(freedom: number): number {
  return freedom < MANY ? quantileByBisection(freedom) : quantileByExpansion(freedom);
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.5. */
function quantileByExpansion(freedom: number): number {
  const z = Z_95;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z);
}

function quantileByBisection(freedom: number): number {
  let [low, high] = [Z_95, 13];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (massWithin(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| ≤ t) as a finite sum: Abramowitz and Stegun, 26.7.3 for odd degrees of freedom, 26.7.4 for even ones. */
function massWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= (cosine * cosine * (power - 1)) / power;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
