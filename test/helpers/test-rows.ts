import { type TestContext, test } from 'vitest';

/** For tests that take too long for every change: `npm cit` leaves them out, `.ci/run` runs them. */
export const LONG = { tags: ['long'] };

/** For `LONG` tests that must run on each Python: `npm run test:pythons` runs them too. */
export const LONG_ON_EACH_PYTHON = { tags: ['long', 'python'] };

/** Like `test.for`, but only the first `short` rows run with every change: the others are `LONG`. */
export function testRows<Row>(
  short: number,
  rows: readonly Row[],
): (title: string, run: (row: Row, context: TestContext) => Promise<void>) => void {
  return (title, run) => {
    test.for(rows.slice(0, short))(title, run);
    test.for(rows.slice(short))(title, LONG, run);
  };
}
