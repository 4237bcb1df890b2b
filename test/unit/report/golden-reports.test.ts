/** The texts of typical reports are what is committed in test/golden/reports. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { variants } from '../../golden/variants/all.ts';
import { committedTextsOf, REPORTS, textsOf } from '../../golden/variants/texts.ts';

test.each(variants.map((variant) => [variant.name, variant] as const))(
  'golden report %s: summary, comment and log table are as committed; if not, run npm run golden:reports',
  (_, variant) => {
    expect(textsOf(variant)).toEqual(committedTextsOf(variant));
  },
);

test('golden reports: each variant has a directory with pictures, and each directory a variant', () => {
  const names = variants.map(({ name }) => name);
  expect(readdirSync(REPORTS).toSorted()).toEqual(names.toSorted());
  const pictures = names.flatMap((name) =>
    ['summary.png', 'comment.png'].map((picture) => existsSync(join(REPORTS, name, picture))),
  );
  expect(pictures).not.toContain(false);
});
