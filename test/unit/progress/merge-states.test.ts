import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Command, commandId } from '../../../src/model/command.ts';
import type { CompletionRecord } from '../../../src/model/completion-record.ts';
import { mergeStates, type StateFacts } from '../../../src/progress/merge-states.ts';
import { completion, planned, sha256 } from '../../helpers/builders.ts';

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

const facts: fc.Arbitrary<StateFacts> = fc.tuple(fact(0), fact(1), fact(2)).map((all) => {
  const commands = new Map<string, Command>();
  const records = new Map<string, CompletionRecord>();
  const removed = new Map<string, CompletionRecord>();
  for (const [index, each] of all.entries()) {
    const command = EVALS[index]?.command ?? [];
    const id = commandId(command);
    if (each === 'none') continue;
    if (each === 'line' || 'done' in each) commands.set(id, command);
    if (each !== 'line' && 'done' in each) records.set(id, each.done);
    if (each !== 'line' && 'removed' in each) removed.set(id, each.removed);
  }
  return { commands, records, removed, plan: undefined };
});

const merge = (a: StateFacts, b: StateFacts) => mergeStates([a, b], NOW);
/** The order counts as well: the last record is the newest. */
const asText = ({ commands, records, removed }: StateFacts) =>
  JSON.stringify([[...commands], [...records], [...removed]]);

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
