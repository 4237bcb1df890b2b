/** One part of an eval set that several jobs run, each a part of its own: docs/adr/0015. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** The whole set, as one shard. */
export const WHOLE: Shard = { index: 1, count: 1 };

/** GitHub allows 256 jobs in a matrix. */
export const MAX_SHARDS = 256;

export function isWhole({ count }: Shard): boolean {
  return count === 1;
}

/** A shard without a usable checkpoint of a run. */
export interface MissingShard {
  readonly shard: Shard;
  /** Why its checkpoint cannot be used, as a clause; undefined when there is none. */
  readonly trouble: string | undefined;
}

/** `shard 2 of 5` */
export function describeShard({ index, count }: Shard): string {
  return `shard ${index} of ${count}`;
}
