import { type TestContext, test } from 'vitest';

/** For tests that take too long for every change: `npm cit` leaves them out, `.ci/run` runs them. */
export const LONG = { tags: ['long'] };

/** For `LONG` tests that must run on each Python: `npm run test:pythons` runs them too. */
export const LONG_ON_EACH_PYTHON = { tags: ['long', 'python'] };

/** For tests that prove for more kinds what a test of `.ci/run` proves for one: `npm run test:soak` runs them every week. */
export const SOAK = { tags: ['soak'] };

/** How many rows run when. */
export interface RowCounts {
  /** The first ones run with every change. */
  readonly short: number;
  /** The next ones are `LONG`, and those after them `SOAK`. */
  readonly long: number;
}

/** Like `test.for`, but only the first `short` rows run with every change: the others are `LONG`, or also `SOAK`. */
export function testRows<Row>(
  counts: number | RowCounts,
  rows: readonly Row[],
): (title: string, run: (row: Row, context: TestContext) => Promise<void>) => void {
  const { short, long } =
    typeof counts === 'number' ? { short: counts, long: Number.POSITIVE_INFINITY } : counts;
  return (title, run) => {
    test.for(rows.slice(0, short))(title, run);
    test.for(rows.slice(short, short + long))(title, LONG, run);
    test.for(rows.slice(short + long))(title, SOAK, run);
  };
}
