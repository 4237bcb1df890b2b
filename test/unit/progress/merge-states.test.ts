import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Command, commandId } from '../../../src/model/command.ts';
import type { CompletionRecord } from '../../../src/model/completion-record.ts';
import type { SavedPlan } from '../../../src/model/plan.ts';
import { mergeStates, type StateFacts, withoutEvals } from '../../../src/progress/merge-states.ts';
import { completion, owner, planned, sha256 } from '../../helpers/builders.ts';

const NOW = new Date('2026-02-01T00:00:00.000Z');
const EVALS = ['a', 'b', 'c'].map((key) => planned(key));

/** Few values, so that ties are frequent. One end is dated in the future. */
const record = (key: number): fc.Arbitrary<CompletionRecord> =>
  fc
    .record({
      ended: fc.constantFrom(
        '2026-01-01T00:00:00.000Z',
        '2026-01-02T00:00:00.000Z',
        '2099-01-01T00:00:00.000Z',
      ),
      id: fc.constantFrom('9', '10'),
      attempt: fc.constantFrom(1, 2),
      form: fc.constantFrom('old', 'new'),
    })
    .map(({ ended, id, attempt, form }) =>
      completion(EVALS[key] ?? planned('x'), {
        ended,
        fingerprint: sha256(form),
        run: { repository: 'o/r', id, attempt },
      }),
    );

type Fact = 'none' | 'line' | { done: CompletionRecord } | { removed: CompletionRecord };

const fact = (key: number): fc.Arbitrary<Fact> =>
  fc.oneof(
    fc.constantFrom<Fact>('none', 'line'),
    record(key).map((done) => ({ done })),
    record(key).map((removed) => ({ removed })),
  );

const plan = fc.constantFrom(undefined, ...['1', '2'].map(planOf));

const facts: fc.Arbitrary<StateFacts> = fc.tuple(fact(0), fact(1), fact(2), plan).map(([x, y, z, ofPlan]) => {
  const commands = new Map<string, Command>();
  const records = new Map<string, CompletionRecord>();
  const removed = new Map<string, CompletionRecord>();
  for (const [index, each] of [x, y, z].entries()) {
    const command = EVALS[index]?.command ?? [];
    const id = commandId(command);
    if (each === 'none') continue;
    if (each === 'line' || 'done' in each) commands.set(id, command);
    if (each !== 'line' && 'done' in each) records.set(id, each.done);
    if (each !== 'line' && 'removed' in each) removed.set(id, each.removed);
  }
  return { commands, records, removed, plan: ofPlan };
});

function planOf(evalsVersion: string): SavedPlan {
  const basis = { files: [], directories: [], absent: [] };
  const made = { basis, evalsVersion, warnings: [], needsApiKey: false };
  return { version: 1, owner, signature: sha256(evalsVersion), made, evals: EVALS };
}

const merge = (a: StateFacts, b: StateFacts) => mergeStates([a, b], NOW);
/** The order counts as well: the last record is the newest. */
const asText = ({ commands, records, removed, plan: ofPlan }: StateFacts) =>
  JSON.stringify([[...commands], [...records], [...removed], ofPlan?.signature]);

test('merge rules: merging is commutative', () => {
  fc.assert(fc.property(facts, facts, (a, b) => asText(merge(a, b)) === asText(merge(b, a))));
});

test('merge rules: merging is associative', () => {
  fc.assert(
    fc.property(
      facts,
      facts,
      facts,
      (a, b, c) => asText(merge(merge(a, b), c)) === asText(merge(a, merge(b, c))),
    ),
    { numRuns: 1000 },
  );
});

test('merge rules: merging is idempotent', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const once = merge(a, b);
      return asText(merge(once, b)) === asText(once) && asText(merge(once, once)) === asText(once);
    }),
  );
});

test('merge rules: many states at once are the same as two at a time, in any order and grouping', () => {
  const several = fc.array(facts, { minLength: 2, maxLength: 6 });
  const picks = fc.array(fc.nat(), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(several, picks, (states, chosen) => {
      const left = [...states];
      const pick = () => left.splice((chosen.pop() ?? 0) % left.length, 1);
      while (left.length > 1) left.push(mergeStates([...pick(), ...pick()], NOW));
      expect(left.map(asText)).toEqual([asText(mergeStates(states, NOW))]);
    }),
    { numRuns: 1000 },
  );
});

const someEvals = fc.subarray(EVALS.map(({ key }) => key)).map((keys) => new Set(keys));

test('withoutEvals: nothing of these evals is left, and all else is', () => {
  fc.assert(
    fc.property(facts, someEvals, (all, evals) => {
      const left = withoutEvals(all, evals);
      const isElsewhere = (key = '') => evals.has(key);
      const commands = [...all.commands].filter(([, command]) => !isElsewhere(command[2]));
      expect([...left.commands]).toEqual(commands);
      for (const kind of ['records', 'removed'] as const)
        expect([...left[kind]]).toEqual([...all[kind]].filter(([, each]) => !isElsewhere(each.eval)));
      expect(left.plan).toBe(all.plan);
    }),
  );
});

test('withoutEvals: it makes no difference whether evals are taken away before a merge or after it', () => {
  fc.assert(
    fc.property(facts, facts, someEvals, (a, b, evals) => {
      const before = merge(withoutEvals(a, evals), withoutEvals(b, evals));
      expect(asText(before)).toBe(asText(withoutEvals(merge(a, b), evals)));
    }),
  );
});

test('withoutEvals: states of shards that have different evals are the whole, in any order', () => {
  fc.assert(
    fc.property(facts, someEvals, (all, evals) => {
      const others = new Set(EVALS.map(({ key }) => key).filter((key) => !evals.has(key)));
      const parts = [withoutEvals(all, evals), withoutEvals(all, others)];
      expect(asText(mergeStates(parts, NOW))).toBe(asText(mergeStates([all], NOW)));
      expect(asText(mergeStates(parts.toReversed(), NOW))).toBe(asText(mergeStates([all], NOW)));
    }),
  );
});

test('merge rules: a completed eval that the user did not remove is never lost', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const merged = merge(a, b);
      for (const id of [...a.commands.keys(), ...b.commands.keys()])
        if (!a.removed.has(id) && !b.removed.has(id)) expect(merged.commands.has(id)).toBe(true);
      for (const id of [...a.records.keys(), ...b.records.keys()])
        if (!a.removed.has(id) && !b.removed.has(id)) expect(merged.records.has(id)).toBe(true);
    }),
  );
});

test('merge rules: an execution that the user removed is not restored', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const merged = merge(a, b);
      for (const [id, gone] of [...a.removed, ...b.removed]) {
        const { ended, run } = merged.records.get(id) ?? {};
        expect([ended, run]).not.toEqual([gone.ended, gone.run]);
      }
    }),
  );
});

test('merge rules: a later execution counts although an earlier one was removed', () => {
  const [a = planned('a')] = EVALS;
  const id = commandId(a.command);
  const nothing = { commands: new Map(), records: new Map(), removed: new Map(), plan: undefined };
  const gone = { ...nothing, removed: new Map([[id, completion(a)]]) };
  const again = completion(a, { ended: '2026-01-05T00:00:00.000Z' });
  const done = { ...nothing, commands: new Map([[id, a.command]]), records: new Map([[id, again]]) };
  expect(merge(gone, done).records.get(id)).toEqual(again);
  expect(merge(gone, done).removed.size).toBe(0);
});
