/** Mistakes in the input `shard`. Those of the merge are in test/unit/action/merge-inputs.test.ts. */
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

const EXAMPLE =
  'What to do: Set shard to the number of this job and the number of all, such as ${{ matrix.shard }}/4. [INPUT_INVALID]';

export const shardMistakes: readonly Misconfiguration[] = (
  [
    {
      title: 'a shard without the number of shards',
      inputs: { shard: '2' },
      says: `The input shard is "2": it is not a number, a slash and a number.\n${EXAMPLE}`,
    },
    {
      title: 'a shard whose expression is empty',
      inputs: { shard: '/4' },
      says: `The input shard is "/4": it is not a number, a slash and a number.\n${EXAMPLE}`,
    },
    {
      title: 'a shard that is counted from 0, like strategy.job-index',
      inputs: { shard: '0/4' },
      says: `The input shard is "0/4": shards are counted from 1.\nWhat to do: In the matrix, list the shards from 1. [INPUT_INVALID]`,
    },
    {
      title: 'a shard beyond the last one',
      inputs: { shard: '5/4' },
      says: `The input shard is "5/4": there is no shard 5 of 4.\n${EXAMPLE}`,
    },
    {
      title: 'more shards than a matrix can have jobs',
      inputs: { shard: '1/300' },
      says: `The input shard is "1/300": a set has from 1 to 256 shards.\n${EXAMPLE}`,
    },
    {
      title: 'rules for one shard',
      inputs: { shard: '1/4', thresholds: 'accuracy >= 0.8', comment: 'always' },
      says: `This step is shard 1 of 4, and its results are a part of those that thresholds and comment would be about.
What to do: Move thresholds and comment to the step that merges the shards (docs/shards.md). [INPUT_INVALID]`,
    },
  ] satisfies readonly Row[]
).map((row) => ({ ...row, needsPlan: false }));
