/** How benchmarks measure: contenders take turns, and what they need is given as medians with their range. */

/** Options of the command line. A benchmark ignores those that it has no use for. */
export interface BenchOptions {
  /** How many times each contender runs. */
  readonly pairs: number;
  /** Samples of the large eval. */
  readonly samples: number;
  /** Names of the parts to run. Empty: all of them. */
  readonly parts: readonly string[];
  /** The git revision that the parts `older` and `start` compare with. */
  readonly older?: string | undefined;
}

/**
 * Runs each contender `rounds` times. The contenders take turns, and every other round runs in the reverse order, so that
 * no contender always finds warm caches.
 */
export async function interleaved(
  rounds: number,
  ...contenders: readonly (() => Promise<void>)[]
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const run of round % 2 === 0 ? contenders.toReversed() : contenders) await run();
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = low] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** `12.3 s (11.9–12.8)`: the median, the minimum and the maximum. */
export function spread(values: readonly number[], unit = '', digits = 1): string {
  const fixed = (value: number) => value.toFixed(digits);
  return `${fixed(median(values))}${unit} (${fixed(Math.min(...values))}–${fixed(Math.max(...values))})`;
}

/** A whole number with separators: `10,000`. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Sizes in bytes as MB. */
export const megabytes = (bytes: readonly number[]): string =>
  spread(
    bytes.map((each) => each / 1024 ** 2),
    ' MB',
    0,
  );
