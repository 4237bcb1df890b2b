/** All files that the action makes of real records are what is committed in test/golden/records. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { committedFilesOf, filesOf, RECORDS } from '../../golden/from-records/files.ts';
import { recordedVariants } from '../../golden/from-records/variants.ts';

test.each(recordedVariants)(
  'golden records $name: all files are as committed; if not, run npm run golden:records',
  async (variant) => {
    const [committed, files] = [committedFilesOf(variant), await filesOf(variant)];
    expect(Object.keys(committed).toSorted()).toEqual(Object.keys(files).toSorted());
    // One at a time, so that a difference is shown with the name of its file.
    for (const [name, text] of Object.entries(files)) expect(text, name).toBe(committed[name]);
  },
);

test('golden records: each directory has a variant', () => {
  expect(readdirSync(RECORDS).toSorted()).toEqual(recordedVariants.map(({ name }) => name).toSorted());
});
