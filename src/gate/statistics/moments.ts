/** What a list of numbers looks like. */

export interface Moments {
  readonly mean: number;
  /** Sum of the squared deviations from the mean. */
  readonly squares: number;
  /** Sum of the cubed deviations from the mean. */
  readonly cubes: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const mean = meanOf(values);
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const deviation = value - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  return { mean, squares, cubes };
}

/** NaN for no values. */
export function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Whether all values are the same. Rounding can make the deviation of such values differ from 0. */
export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** The sample skewness g₁. */
export function skewnessOf({ squares, cubes }: Moments, n: number): number {
  return cubes / n / (squares / n) ** 1.5;
}
