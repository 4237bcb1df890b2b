/** Which shard of a set runs which eval: docs/adr/0015. Pure. */
import type { Plan, PlannedEval } from '../model/plan.ts';
import type { ResultsShard } from '../model/results.ts';
import { isWhole, type Shard } from '../model/shard.ts';
import { compareText } from '../text.ts';

export type ShardedEval = Pick<PlannedEval, 'key' | 'samples'>;

/** What one shard has of a plan. */
export interface Part {
  /** In the order of the set. */
  readonly evals: readonly PlannedEval[];
  /** Keys of the evals that the other shards have. */
  readonly elsewhere: readonly string[];
}

export function partOf({ evals }: Pick<Plan, 'evals'>, shard: Shard): Part {
  if (isWhole(shard)) return { evals, elsewhere: [] };
  const { index, count } = shard;
  const assigned = assignShards(evals, count);
  const isHere = ({ key }: PlannedEval) => assigned.get(key) === index;
  const elsewhere = evals.filter((each) => !isHere(each)).map(({ key }) => key);
  return { evals: evals.filter(isHere), elsewhere };
}

/** The evals of each shard, in the order of the shards. */
export function evalsOfShards(
  { evals }: Pick<Plan, 'evals'>,
  count: number,
): readonly (readonly PlannedEval[])[] {
  const assigned = assignShards(evals, count);
  const byShard = Map.groupBy(evals, ({ key }) => assigned.get(key));
  return Array.from({ length: count }, (_, at) => byShard.get(at + 1) ?? []);
}

/** What results say of the shard: nothing when it is the whole set. */
export function shardOf(
  shard: Shard,
  { length }: Pick<Part['elsewhere'], 'length'>,
): { readonly shard?: ResultsShard | undefined } {
  return isWhole(shard) ? {} : { shard: { ...shard, elsewhere: length } };
}

/**
 * The shard of each eval, from 1, by key. The evals with the most samples come first, and each goes to the shard that has the
 * fewest samples so far ("longest processing time first", Graham 1969): no shard gets more than 4/3 of what the best assignment
 * would give to its largest one.
 *
 * Every shard, on every machine and in every attempt, has to come to the same assignment. So it depends on the plan alone, and
 * neither on what is completed nor on how long an eval took.
 */
export function assignShards(evals: readonly ShardedEval[], count: number): ReadonlyMap<string, number> {
  const largest = evals.toSorted((a, b) => weightOf(b) - weightOf(a) || compareText(a.key, b.key));
  const loads = Array.from({ length: count }, (_, at): Load => ({ shard: at + 1, samples: 0, evals: 0 }));
  const assigned = new Map<string, number>();
  for (const each of largest) {
    const [least] = loads;
    if (!least) break;
    assigned.set(each.key, least.shard);
    least.samples += weightOf(each);
    least.evals += 1;
    sinkFirst(loads);
  }
  return assigned;
}

interface Load {
  readonly shard: number;
  samples: number;
  evals: number;
}

/** An eval without a known number of samples takes time as well. */
function weightOf({ samples }: ShardedEval): number {
  return Math.max(samples ?? 1, 1);
}

/** Moves the first load to its place in a binary heap whose other loads are in order. */
function sinkFirst(heap: Load[]): void {
  let at = 0;
  for (;;) {
    const [here, left, right] = [heap[at], heap[2 * at + 1], heap[2 * at + 2]];
    if (!here || !left) return;
    const [below, child] = right && isLess(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
    if (!isLess(below, here)) return;
    heap[at] = below;
    heap[child] = here;
    at = child;
  }
}

/** Of two shards with as many samples, the one with fewer evals comes first: each eval takes time to start. */
function isLess(a: Load, b: Load): boolean {
  return (a.samples - b.samples || a.evals - b.evals || a.shard - b.shard) < 0;
}
