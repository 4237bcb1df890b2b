/** The one plan that all shards of a run have. */
import { ActionError } from '../errors.ts';
import { listed } from '../model/format.ts';
import type { Owner } from '../model/owner.ts';
import { describePartName } from '../model/part-names.ts';
import type { PlannedEval, SavedPlan } from '../model/plan.ts';
import type { Shard } from '../model/shard.ts';
import { readSavedPlan } from '../progress/saved-plan.ts';
import type { State } from '../progress/state.ts';
import { oneLine } from '../text.ts';
import { planDigest } from './plan-digest.ts';

/** A shard, and its state, which says what the digest of its plan is. */
export interface PlannedShard {
  readonly shard: Shard;
  readonly state: Pick<State, 'paths' | 'runFacts'>;
}

function digestOf({ state }: PlannedShard): string {
  return state.runFacts?.shard?.plan ?? '';
}

/**
 * @param shards at least one
 * @throws ActionError SHARDS_DIFFER when they have different plans, or none of them has the plan that it says
 */
export function sharedPlan(shards: readonly PlannedShard[], owner: Owner): SavedPlan {
  const groups = [...Map.groupBy(shards, digestOf).values()];
  const [first = [], second] = groups;
  if (second) throw differ(groups, owner);
  for (const shard of first) {
    const plan = readSavedPlan(shard.state.paths, owner);
    if (plan && planDigest(plan) === digestOf(shard)) return plan;
  }
  throw new ActionError(
    'SHARDS_DIFFER',
    'The plan of the set cannot be read from the checkpoint of any shard.',
    'Re-run all jobs of the workflow. If that does not help, change cache-key.',
  );
}

const MAX_GROUPS = 4;
const MAX_EVALS = 3;
const MAX_SHARDS_NAMED = 10;
const MAX_NAME_BYTES = 200;

function differ(groups: readonly (readonly PlannedShard[])[], owner: Owner): ActionError {
  const [first, ...others] = groups.slice(0, MAX_GROUPS).map(namesOf);
  const from = others.map((names) => `from that of ${names}`).join(' and ');
  const plans = groups.slice(0, 2).map(([shard]) => shard && readSavedPlan(shard.state.paths, owner));
  const [a, b] = plans;
  const differences = a && b ? differencesOf(a.evals, b.evals) : [];
  const details = differences.length === 0 ? '' : ` They differ in ${listed(differences, MAX_EVALS)}.`;
  return new ActionError(
    'SHARDS_DIFFER',
    `The shards did not plan the same set, so their results do not belong together: the plan of ${first} differs ${from}.${details}`,
    'Give all shards the same inputs, the same commit and the same versions of packages, then re-run all jobs of the workflow.',
  );
}

/** `shards 1, 3` */
function namesOf(group: readonly PlannedShard[]): string {
  const numbers = group.map(({ shard }) => String(shard.index));
  return `${group.length === 1 ? 'shard' : 'shards'} ${listed(numbers, MAX_SHARDS_NAMED)}`;
}

/** `a (only some of them have it)`, `b (own/scoring.py)` */
function differencesOf(a: readonly PlannedEval[], b: readonly PlannedEval[]): string[] {
  const [ofA, ofB] = [byKey(a), byKey(b)];
  const keys = new Set([...ofA.keys(), ...ofB.keys()]);
  return [...keys].flatMap((key) => {
    const [x, y] = [ofA.get(key), ofB.get(key)];
    const name = oneLine(x?.name ?? y?.name ?? key, MAX_NAME_BYTES);
    if (!x || !y) return [`${name} (only some of them have it)`];
    const parts = changedParts(x, y);
    return parts.length === 0 ? [] : [`${name} (${listed(parts, MAX_EVALS)})`];
  });
}

function byKey(evals: readonly PlannedEval[]): ReadonlyMap<string, PlannedEval> {
  return new Map(evals.map((each) => [each.key, each]));
}

function changedParts(a: PlannedEval, b: PlannedEval): string[] {
  const [x, y] = [a.fingerprint.parts, b.fingerprint.parts];
  const names = new Set([...Object.keys(x), ...Object.keys(y)]);
  const changed = [...names]
    .filter((name) => x[name] !== y[name])
    .map((name) => oneLine(describePartName(name), MAX_NAME_BYTES));
  return changed.length === 0 && a.samples !== b.samples ? ['the number of samples'] : changed;
}
