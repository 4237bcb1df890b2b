import { expect, test } from 'vitest';
import { RestoredCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import { openMerged } from '../../../src/run/open-state.ts';
import {
  newPaths,
  opened,
  REQUEST,
  replayed,
  response,
  sealedNames,
} from '../../helpers/journal-directory.ts';
import { silentLog as log } from '../../helpers/silent-log.ts';

test('openMerged: the responses that a killed run recorded are kept', async () => {
  const paths = newPaths();
  // It is neither sealed nor closed.
  opened(paths).append(REQUEST, 0, response('recorded'));
  const owner = { repository: 'o/r', model: 'gpt-4', evalSet: 'set', cacheKey: '' };
  const checkpoint = new RestoredCheckpoint({ kind: 'miss' }, {}, { mustSave: false, log });
  await using merged = await openMerged({ paths, owner, checkpoint, log });
  expect(merged.state.records).toEqual([]);
  expect(sealedNames(paths)).toEqual(['1.jsonl']);
  expect(replayed(paths)).toBe('recorded');
});
