import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPARISONS, comparisons, summaryOf } from '../../../golden/variants/comparisons.ts';

test.each(comparisons)('renderComparison: the summary of $name is the committed one', (comparison) => {
  expect(summaryOf(comparison), 'Run npm run golden:reports, and look at the difference.').toBe(
    readFileSync(join(COMPARISONS, comparison.name, 'summary.md'), 'utf8'),
  );
});
