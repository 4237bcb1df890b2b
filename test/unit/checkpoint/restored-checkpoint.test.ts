/** A restored directory, which others may have made, before and while the state adopts it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { restoreCheckpoint } from '../../../src/checkpoint/restored-checkpoint.ts';
import type { CheckpointStore } from '../../../src/checkpoint/store.ts';
import { completedRecordFile, statePaths } from '../../../src/progress/paths.ts';
import { quarantineState } from '../../../src/progress/quarantine.ts';
import { savedPlan } from '../../../src/progress/saved-plan.ts';
import { State } from '../../../src/progress/state.ts';
import {
  completion,
  owner,
  planned,
  recordingLog,
  sha256,
  temporaryDirectory,
} from '../../helpers/builders.ts';
import { EMPTY_MACHINE, identity } from '../../helpers/cache-rig.ts';

const a = planned('a.dev.v0');
const b = planned('b.dev.v0');

function pathsIn(root: string, { model, evalSet } = owner) {
  return statePaths(root, model, evalSet);
}

/** A machine on which `b` is completed, and a checkpoint in which `a` is. */
function machine(changes: Partial<typeof owner> = {}) {
  const log = recordingLog();
  const staging = temporaryDirectory();
  const directory = join(staging, 'tmp/oaievalset');
  const theirs = { ...owner, ...changes };
  const restored = State.open({ paths: pathsIn(directory, theirs), owner: theirs, log });
  restored.complete(completion(a));
  const root = temporaryDirectory();
  State.open({ paths: pathsIn(root), owner, log }).complete(completion(b));
  const store: CheckpointStore = {
    nextSeq: 1,
    check: async () => undefined,
    restore: async ({ inspect } = {}) => {
      const objection = await inspect?.(directory, new AbortController().signal);
      if (objection?.kind === 'unusable') return { kind: 'failed', cause: objection.why };
      return { kind: 'hit', key: 'entry-1', directory, staging, passedOver: [] };
    },
    async newestOfSet() {
      return undefined;
    },
    otherCheckpoint: async () => undefined,
    save: async () => ({ kind: 'unavailable', cause: 'nothing is saved here' }),
  };
  const restore = () =>
    restoreCheckpoint({
      store,
      identity: { ...identity, model: owner.model, evalSet: owner.evalSet },
      owner,
      machine: EMPTY_MACHINE,
      resume: true,
      log,
    });
  const open = async () => {
    const checkpoint = await restore();
    const state = checkpoint.adoptInto(State.open({ paths: pathsIn(root), owner, log }));
    return { state, restoredKey: checkpoint.restoredKey, isUnchanged: () => checkpoint.isUnchanged() };
  };
  return { restore, log, staging, directory, root, open };
}

function done(state: State): string[] {
  return [a, b].filter(({ command }) => state.isDone(command)).map(({ key }) => key);
}

test('RestoredCheckpoint: is adopted, and its files are removed', async () => {
  const { log, staging, open } = machine();
  const { state, restoredKey, isUnchanged } = await open();
  expect(done(state)).toEqual(['a.dev.v0', 'b.dev.v0']);
  expect(restoredKey).toBe('entry-1');
  expect(isUnchanged(), 'b is not in it').toBe(false);
  expect(log.warnings).toEqual([]);
  expect(existsSync(staging)).toBe(false);
});

test('RestoredCheckpoint: one that is disposed of without being adopted changes no state, and its files are removed', async () => {
  const { staging, root, restore } = machine();
  {
    await using checkpoint = await restore();
    expect(checkpoint.kind).toBe('hit');
    expect(existsSync(staging)).toBe(true);
  }
  expect(existsSync(staging)).toBe(false);
  expect(done(State.open({ paths: pathsIn(root), owner, log: recordingLog() }))).toEqual(['b.dev.v0']);
});

test.each([
  ['the owner', {}, true],
  ['another repository', { repository: 'someone/else' }, false],
])('RestoredCheckpoint: a plan of %s is offered only to its owner', async (_whose, changes, isThere) => {
  const { directory, restore } = machine();
  const plan = savedPlan(
    {
      digest: sha256('plan'),
      dependencies: { files: [], directories: [], missing: [] },
      evals: [],
      leftOut: [],
      evalsVersion: '3.0.1',
      warnings: [],
      needsApiKey: false,
    },
    { ...owner, ...changes },
  );
  writeFileSync(pathsIn(directory).plan, JSON.stringify(plan));
  await using checkpoint = await restore();
  expect(checkpoint.plan).toEqual(isThere ? plan : undefined);
});

test('RestoredCheckpoint: is unchanged until the state contains more', async () => {
  const { root, open } = machine();
  quarantineState(pathsIn(root));
  const { state, isUnchanged } = await open();
  expect(isUnchanged()).toBe(true);
  state.complete(completion(b));
  expect(isUnchanged()).toBe(false);
});

test('RestoredCheckpoint: an invalid file is quarantined on this machine, and the rest is adopted', async () => {
  const { log, directory, root, open } = machine();
  writeFileSync(pathsIn(directory).plan, 'rubbish');
  const { state } = await open();
  expect(done(state)).toEqual(['a.dev.v0', 'b.dev.v0']);
  const [quarantined = ''] = readdirSync(root).filter((name) => name.startsWith('plan.json.rejected-'));
  expect(readFileSync(join(root, quarantined), 'utf8')).toBe('rubbish');
  expect(log.warnings).toEqual([expect.stringContaining(`quarantined as ${join(root, quarantined)}, and`)]);
});

test('RestoredCheckpoint: files that cannot be removed do not end the run', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root removes everything');
  const { log, staging, open } = machine();
  const locked = join(staging, 'locked');
  mkdirSync(join(locked, 'x'), { recursive: true });
  chmodSync(locked, 0o500);
  onTestFinished(() => chmodSync(locked, 0o700));
  expect(done((await open()).state)).toEqual(['a.dev.v0', 'b.dev.v0']);
  expect(existsSync(locked)).toBe(true);
  expect(log.warnings).toEqual([]);
});

test('RestoredCheckpoint: a tree with a forbidden entry is not adopted, and the warning says why', async () => {
  const { log, directory, open } = machine();
  symlinkSync('/etc/passwd', join(directory, 'odd'));
  const { state, restoredKey, isUnchanged } = await open();
  expect(done(state)).toEqual(['b.dev.v0']);
  expect(restoredKey).toBe('');
  expect(isUnchanged()).toBe(false);
  expect(log.warnings).toEqual([
    expect.stringMatching(
      /^No checkpoint was restored: "odd" is a symbolic link\. The run continues with the state /,
    ),
  ]);
});

test.each([
  ['model', { model: 'gpt-3' }],
  ['eval set', { evalSet: 'another' }],
])('RestoredCheckpoint: the state of another %s is ignored', async (_what, changes) => {
  const { directory, root, open } = machine(changes);
  const theirs = pathsIn(directory, { ...owner, ...changes });
  expect(readFileSync(theirs.progressFile, 'utf8')).toContain('a.dev.v0');
  const { state } = await open();
  expect(done(state)).toEqual(['b.dev.v0']);
  expect(existsSync(pathsIn(root, { ...owner, ...changes }).progressFile)).toBe(false);
});

test('RestoredCheckpoint: a tree that cannot be adopted does not end the run', async () => {
  const { log, directory, root, open } = machine();
  const record = completedRecordFile(pathsIn(directory), a.key);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, '');
  // In the way of the record file of a completed eval.
  mkdirSync(completedRecordFile(pathsIn(root), a.key), { recursive: true });
  const { state, restoredKey } = await open();
  expect(done(state)).toEqual(['b.dev.v0']);
  expect(restoredKey).toBe('');
  expect(log.warnings).toEqual([
    expect.stringMatching(/^The checkpoint entry-1 is not used: .*change cache-key\.$/s),
  ]);
});

test('RestoredCheckpoint: a directory in place of the record file of an eval is not adopted', async () => {
  const { log, directory, root, open } = machine();
  mkdirSync(join(completedRecordFile(pathsIn(directory), a.key), 'deep'), { recursive: true });
  expect(done((await open()).state)).toEqual(['a.dev.v0', 'b.dev.v0']);
  expect(existsSync(completedRecordFile(pathsIn(root), a.key))).toBe(false);
  expect(log.warnings).toEqual([]);
});

test('RestoredCheckpoint: a file name with a workflow command in it is not printed as it is', async () => {
  const { log, directory, open } = machine();
  const name = join(directory, 'x\n::add-mask::y');
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, '');
  await open();
  expect(log.warnings).toHaveLength(1);
  for (const warning of log.warnings) expect(warning).not.toMatch(/^::/m);
});
