/** Reads the input `shard`. */
import { ActionError } from '../../errors.ts';
import { describeShard, isWhole, MAX_SHARDS, type Shard, WHOLE } from '../../model/shard.ts';
import { invalid, SEVERAL_LINES, text } from './text.ts';

const EXAMPLE = 'Set shard to the number of this job and the number of all, such as ${{ matrix.shard }}/4.';

/** What is said of the results of the whole set. */
const OF_THE_WHOLE = ['thresholds', 'baseline', 'comment'] as const;

/** @throws ActionError INPUT_INVALID also when an input is set that only the merge of the shards can use */
export function shardInput(): Shard {
  const shard = parseShard(text('shard'));
  if (isWhole(shard)) return shard;
  const misplaced = OF_THE_WHOLE.filter((name) => text(name, SEVERAL_LINES) !== '');
  if (misplaced.length === 0) return shard;
  const names = misplaced.join(' and ');
  throw new ActionError(
    'INPUT_INVALID',
    `This step is ${describeShard(shard)}, and its results are a part of those that ${names} would be about.`,
    `Move ${names} to the step that merges the shards (docs/shards.md).`,
  );
}

function parseShard(value: string): Shard {
  if (value === '') return WHOLE;
  const [, first, second] = /^(\d{1,6}) *\/ *(\d{1,6})$/.exec(value) ?? [];
  if (first === undefined || second === undefined)
    throw invalid('shard', value, 'it is not a number, a slash and a number', EXAMPLE);
  const [index, count] = [Number(first), Number(second)];
  if (count < 1 || count > MAX_SHARDS)
    throw invalid('shard', value, `a set has from 1 to ${MAX_SHARDS} shards`, EXAMPLE);
  if (index === 0)
    throw invalid('shard', value, 'shards are counted from 1', 'In the matrix, list the shards from 1.');
  if (index > count) throw invalid('shard', value, `there is no shard ${index} of ${count}`, EXAMPLE);
  return { index, count };
}
