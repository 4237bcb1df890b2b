/** The standard normal distribution. */

/** The quantile for a two-sided level of 95 %. */
export const Z_95 = 1.959963984540054;

/** The quantile for a power of 80 %. */
export const Z_POWER_80 = 0.8416212335729143;

/** From here on, a tail is below 1e-15. */
const FAR = 8;

/** P(X ≤ x), to about 1e-15, by the series of Marsaglia, Evaluating the Normal Distribution, J. Stat. Softw. 11(4), 2004. */
export function normalCdf(x: number): number {
  if (x <= -FAR) return 0;
  if (x >= FAR) return 1;
  let sum = x;
  let term = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, 0.5 + sum * density));
}

/** The x with P(X ≤ x) = p, between −8 and 8. */
export function normalQuantile(p: number): number {
  let [low, high] = [-FAR, FAR];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
