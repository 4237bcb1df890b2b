import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptRecord } from '../../../src/model/attempt-record.ts';
import type { FinishedRun } from '../../../src/model/finished-run.ts';
import type { PlannedEval, SavedPlan } from '../../../src/model/plan.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { noTraffic } from '../../../src/model/traffic.ts';
import { evalsOfShards } from '../../../src/plan/assign-shards.ts';
import { journalOwner } from '../../../src/plan/content.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { journalNames } from '../../../src/progress/journal-segment.ts';
import { liveRecordFile, type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { mergedRun, type ShardOnDisk, tidyMerged } from '../../../src/run/merge-shards.ts';
import { completion, owner, planned, sha256, temporaryDirectory } from '../../helpers/builders.ts';
import { someFacts } from '../../helpers/finished-run.ts';
import { silentLog as log } from '../../helpers/silent-log.ts';

/** What a shard made of an eval. `retried` is completed after a failed attempt. */
const FATES = ['fresh', 'reused', 'retried', 'failed', 'pending'] as const;
type Fate = (typeof FATES)[number];

interface Scenario {
  readonly plan: SavedPlan & { readonly leftOut: readonly string[] };
  readonly count: number;
  readonly fates: ReadonlyMap<string, Fate>;
  /** Numbers of the shards whose checkpoints are missing. */
  readonly missing: ReadonlySet<number>;
  /** Keys of the evals of which the last merged state has a result of other content, and a journal. */
  readonly earlier: ReadonlySet<string>;
}

const LEFT_OUT = planned('left-out.dev.v0');
const GONE = planned('gone.dev.v0');
const RUN = { repository: 'o/r', id: '7', attempt: 1 };
const BEFORE = { ...RUN, id: '6' };

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    evals: fc.array(
      fc.record({
        samples: fc.constantFrom(null, 1, 2, 5),
        fate: fc.constantFrom(...FATES),
        isEarlier: fc.boolean(),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    count: fc.integer({ min: 2, max: 4 }),
    missing: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
  })
  .map(({ evals, count, missing }) => {
    const set = evals.map(({ samples }, n) => ({ ...planned(`e${n}.dev.v0`), samples }));
    const keys = set.map(({ key }) => key);
    const basis = { files: [], directories: [], absent: [] };
    return {
      plan: {
        ...{ version: 1, owner, signature: sha256('plan'), evals: set, leftOut: [LEFT_OUT.key] },
        made: { basis, evalsVersion: '3.0.1', warnings: [], needsApiKey: true },
      },
      count,
      fates: new Map(evals.map(({ fate }, n) => [keys[n] ?? '', fate])),
      missing: new Set(missing.filter((each) => each <= count).slice(0, count - 1)),
      earlier: new Set(keys.filter((_, n) => evals[n]?.isEarlier)),
    };
  });

function newState(): State {
  return State.open({ owner, paths: statePaths(temporaryDirectory(), 'gpt-4', 'set'), log });
}

function complete(state: State, of: PlannedEval, changes = {}): void {
  const live = liveRecordFile(state.paths, of.key);
  mkdirSync(dirname(live), { recursive: true });
  const match = { type: 'match', data: { correct: true }, event_id: 0, sample_id: 's.0' };
  writeFileSync(live, `${JSON.stringify(match)}\n`);
  state.complete(completion(of, { run: RUN, ...changes }), live);
}

function attempt(
  of: PlannedEval,
  status: 'completed' | 'failed',
  number: number,
  sent: number,
): AttemptRecord {
  return {
    ...{ version: 1, eval: of.key, argv: of.command, attempt: number, status, willRetry: false, cause: null },
    ...{
      reason: status === 'failed' ? 'it exited with code 1' : '',
      lastLines: [],
      adaptations: [],
      run: RUN,
    },
    traffic: { ...noTraffic, sent },
    started: '2026-01-01T00:00:00.000Z',
    ended: `2026-01-01T00:0${number}:00.000Z`,
  };
}

function recordResponse(paths: StatePaths, of: PlannedEval): void {
  const { journal } = Journal.open(paths, journalOwner(of, 'o/r'));
  const usage = { prompt: 1, completion: 1, cached: 0, reasoning: 0 };
  const body = Buffer.from('{}');
  journal.append(sha256(of.key), 0, { status: 200, type: 'application/json', body, usage });
  journal.seal();
  journal.close();
}

/** Writes what the fates say into the state of a shard. @returns it, and what it has sent */
function playShard({ fates }: Scenario, shard: Shard, evals: readonly PlannedEval[]): ShardOnDisk {
  const state = newState();
  const decisions = evals.map(({ key }) => [
    key,
    { kind: fates.get(key) === 'reused' ? 'reuse' : 'run', reason: '', parts: [] },
  ]);
  const facts = { ...someFacts, run: { ...someFacts.run, ...RUN }, decisions: Object.fromEntries(decisions) };
  state.beginRun({ ...facts, shard: { ...shard, plan: sha256('plan') } });
  for (const each of evals) {
    const fate = fates.get(each.key);
    if (fate === 'reused') complete(state, each, { run: BEFORE });
    if (fate === 'retried') state.recordAttempt({ ...attempt(each, 'failed', 1, 2), willRetry: true });
    if (fate === 'failed') state.recordAttempt(attempt(each, 'failed', 1, 5));
    if (fate === 'failed' || fate === 'pending') recordResponse(state.paths, each);
    if (fate !== 'fresh' && fate !== 'retried') continue;
    complete(state, each);
    state.recordAttempt(attempt(each, 'completed', 2, 10));
  }
  return { shard, state };
}

const SENT: Readonly<Record<Fate, number>> = { fresh: 10, retried: 12, failed: 5, reused: 0, pending: 0 };
const STATUS = {
  fresh: 'fresh',
  retried: 'fresh',
  failed: 'failed',
  reused: 'reused',
  pending: 'pending',
} as const;

function play(of: Scenario) {
  const { plan, count, missing } = of;
  const parts = evalsOfShards(plan, count);
  const all = parts.map((evals, at) => ({ shard: { index: at + 1, count }, evals }));
  const here = all.filter(({ shard }) => !missing.has(shard.index));
  const shards = here.map(({ shard, evals }) => playShard(of, shard, evals));
  const found = new Set(here.flatMap(({ evals }) => evals.map(({ key }) => key)));
  return { parts, shards, found };
}

function merged({ plan, count }: Scenario, shards: readonly ShardOnDisk[]): Promise<FinishedRun> {
  const ofSet = { model: 'gpt-4', evalSet: 'set', plan, evalsOf: evalsOfShards(plan, count) };
  return mergedRun({ ...ofSet, shards, facts: someFacts, texts: 'none' });
}

/** The last merged state, in which an eval has a result of older content, and a journal. */
function earlierState({ plan, earlier }: Scenario): State {
  const state = newState();
  const older = plan.evals.filter(({ key }) => earlier.has(key)).map((each) => planned(each.key, 'older'));
  for (const each of [...older, LEFT_OUT, GONE]) {
    complete(state, each, { run: BEFORE, ended: '2025-12-01T00:00:00.000Z' });
    recordResponse(state.paths, each);
  }
  return state;
}

// The states are on disk, so few runs have to do.
const RUNS = { numRuns: 15 };

describe('mergedRun', () => {
  test('mergedRun: each eval has the outcome of its shard, once and in the order of the set, and all are summed', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (of) => {
        const { shards, found } = play(of);
        const run = await merged(of, shards);
        const { evals } = of.plan;
        expect(run.outcomes.map((outcome) => outcome.eval.key)).toEqual(evals.map(({ key }) => key));
        const fateOf = (key: string): Fate => (found.has(key) ? of.fates.get(key) : undefined) ?? 'pending';
        expect(run.outcomes.map(({ status }) => status)).toEqual(evals.map(({ key }) => STATUS[fateOf(key)]));

        const here = evals.filter(({ key }) => found.has(key));
        expect(run.traffic.sent).toBe(here.reduce((sum, { key }) => sum + SENT[fateOf(key)], 0));
        const attempted = here.filter(({ key }) => SENT[fateOf(key)] > 0);
        expect([...run.attempts].sort()).toEqual(
          attempted.map(({ key }) => [key, fateOf(key) === 'retried' ? 2 : 1]).sort(),
        );
        const completed = here.filter(({ key }) => ['fresh', 'retried', 'reused'].includes(fateOf(key)));
        expect([...run.samples.keys()].sort()).toEqual(completed.map(({ key }) => key).sort());
        expect(Object.keys(run.facts.decisions).sort()).toEqual(here.map(({ key }) => key).sort());
        expect([run.excluded, run.shard]).toEqual([[LEFT_OUT.key], undefined]);
      }),
      RUNS,
    );
  });

  test('mergedRun: the evals of a missing shard are pending, and its name says why', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (of) => {
        const { parts, shards } = play(of);
        const { outcomes } = await merged(of, shards);
        const reasons = new Map(outcomes.map((each) => [each.eval.key, 'reason' in each ? each.reason : '']));
        for (const [at, evals] of parts.entries())
          for (const { key } of evals) {
            const name = `shard ${at + 1} of ${of.count}`;
            const isMissing = of.missing.has(at + 1);
            expect(reasons.get(key)?.startsWith(`${name} left no checkpoint`)).toBe(isMissing);
            if (!isMissing && of.fates.get(key) === 'pending')
              expect(reasons.get(key)).toBe(`${name} did not complete it`);
          }
      }),
      RUNS,
    );
  });

  test('mergedRun: the order of the shards does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (of) => {
        const { shards } = play(of);
        const [a, b] = [await merged(of, shards), await merged(of, shards.toReversed())];
        expect([b.outcomes, b.traffic, b.facts]).toEqual([a.outcomes, a.traffic, a.facts]);
      }),
      { numRuns: 10 },
    );
  });
});

describe('tidyMerged', () => {
  test('tidyMerged: only results of evals that a shard did not complete are forgotten, and only journals of completed evals', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (of) => {
        const { parts, shards, found } = play(of);
        const { outcomes } = await merged(of, shards);
        const state = earlierState(of);
        state.merge(...shards.map((shard) => shard.state));
        tidyMerged(state, { plan: of.plan, evalsOf: parts, shards }, outcomes);

        const isCompleted = (key: string) =>
          found.has(key) && ['fresh', 'retried', 'reused'].includes(of.fates.get(key) ?? '');
        const keys = of.plan.evals.map(({ key }) => key);
        // What earlier runs know of a missing shard's evals stays, and so does what is not of the plan.
        const kept = keys.filter((key) => isCompleted(key) || (!found.has(key) && of.earlier.has(key)));
        expect(state.records.map((record) => record.eval).sort()).toEqual(
          [...kept, LEFT_OUT.key, GONE.key].sort(),
        );
        expect(state.commands.map(([, , key]) => key).sort()).toEqual(
          [...kept, LEFT_OUT.key, GONE.key].sort(),
        );
        const fingerprints = new Map(of.plan.evals.map(({ key, fingerprint }) => [key, fingerprint.value]));
        for (const { eval: key, fingerprint } of state.records)
          if (isCompleted(key)) expect(fingerprint).toBe(fingerprints.get(key));

        // A shard that did not complete an eval left a journal of it.
        const unfinished = keys.filter((key) => !isCompleted(key));
        const withJournal = unfinished.filter((key) => found.has(key) || of.earlier.has(key));
        expect([...journalNames(state.paths.journal)].sort()).toEqual([...withJournal, LEFT_OUT.key].sort());
      }),
      RUNS,
    );
  });
});
