import { describe, expect, test } from 'vitest';
import { type CheckpointIdentity, checkpointKeys } from '../../../src/checkpoint/keys.ts';

const identity: CheckpointIdentity = {
  model: 'gpt-4o-mini',
  evalSet: 'test',
  cacheKey: '',
  request: 'request',
  user: 'user',
  shard: { index: 2, count: 5 },
  runId: '12',
  runAttempt: 3,
};

/** The parts of its keys in this format. A change of one would lose what users have saved. */
const SET = 'gpt-4o-mini.test-e5d576138ac0d229-';
const REQUEST = '8869ad22';
const USER = '3190d261';

function first(changes: Partial<CheckpointIdentity>): string {
  return checkpointKeys({ ...identity, ...changes }).primary(1);
}

describe('checkpoint keys', () => {
  test('checkpoint keys: name the set, the request, the user, the shard, the run and the save', () => {
    const keys = checkpointKeys(identity);
    const own = `oaievalset-v2-${SET}${REQUEST}${USER}-s2of5-`;
    expect(keys.primary(7)).toBe(`${own}12-3-7`);
    expect(keys.primaryRestoreKey).toBe(`${own}12-3-0`);
  });

  test('checkpoint keys: restore from the same run, its earlier runs, merged ones, the same request, the same set, and the format before', () => {
    const anyOfSet = `oaievalset-v2-${SET}`;
    const own = `${anyOfSet}${REQUEST}${USER}-s2of5-`;
    const before = `oaievalset-v1-${SET}s2of5-`;
    expect(checkpointKeys(identity).restoreKeys).toEqual([
      `${own}12-`,
      `${before}12-`,
      own,
      `${anyOfSet}${REQUEST}${USER}-s1of1-`,
      `${anyOfSet}${REQUEST}`,
      anyOfSet,
      before,
    ]);
  });

  test('checkpoint keys: the primary key of a restore is not a prefix of any key that is saved', () => {
    const keys = checkpointKeys(identity);
    for (const seq of [1, 2, 9, 10, 100]) expect(keys.primary(seq)).not.toContain(keys.primaryRestoreKey);
  });

  test('checkpoint keys: run 12 does not restore the checkpoints of run 123', () => {
    const [ofRun12] = checkpointKeys(identity).restoreKeys;
    expect(first({ runId: '123' }).startsWith(ofRun12 ?? '?')).toBe(false);
  });

  test('checkpoint keys: shard 1 of 1 does not restore the checkpoints of shard 1 of 12 as its own', () => {
    const [, , ofShard] = checkpointKeys({ ...identity, shard: { index: 1, count: 1 } }).restoreKeys;
    expect(first({ shard: { index: 1, count: 12 } }).startsWith(ofShard ?? '?')).toBe(false);
  });

  test.each([
    ['model', { model: 'gpt-4o' }],
    ['eval set', { evalSet: 'test.v2' }],
    ['cache-key', { cacheKey: '2' }],
    ['boundary between model and eval set', { model: 'gpt-4o-mini.te', evalSet: 'st' }],
    ['case', { model: 'GPT-4o-mini' }],
  ])('checkpoint keys: another %s finds nothing of this one', (_what, changes) => {
    const others = checkpointKeys({ ...identity, ...changes });
    const found = others.restoreKeys.filter((prefix) => first({}).startsWith(prefix));
    expect(found).toEqual([]);
    expect(others.isOfSet(first({}))).toBe(false);
  });

  test.each([
    ['request', { request: 'another' }, ['the same set', 'the same request']],
    ['user', { user: 'another' }, ['the same request', 'an earlier run']],
    ['run', { runId: '13' }, ['an earlier run', 'this run']],
  ] as const)(
    'checkpoint keys: another %s finds this one only after its own',
    (_what, changes, [origin, own]) => {
      const others = checkpointKeys({ ...identity, ...changes });
      const place = (key: string) => others.restoreKeys.findIndex((prefix) => key.startsWith(prefix));
      expect(others.originOf(first({}))).toBe(origin);
      expect(place(others.primary(1))).toBe(0);
      expect(place(first({}))).toBeGreaterThan(place(others.primary(1)));
      expect(own).not.toBe(origin);
    },
  );

  test.each([
    ['another cache-key', { cacheKey: '2' }, { kind: 'cache-key' }],
    ['another model', { model: 'org/Other' }, { kind: 'model', model: 'org-other' }],
    ['another eval set', { evalSet: 'other' }, undefined],
    ['an eval set of a similar name', { evalSet: `${identity.evalSet}-2` }, undefined],
    ['a model with a long name', { model: 'm'.repeat(600) }, undefined],
  ])('checkpoint keys: the key of %s shows the difference', (_what, changes, difference) => {
    const other = checkpointKeys({ ...identity, ...changes }).primary(1);
    const keys = checkpointKeys(identity);
    expect(keys.others.some((prefix) => other.startsWith(prefix))).toBe(true);
    expect(keys.differenceOf(other)).toEqual(difference);
  });

  test.each([
    ['commas and slashes', { model: 'openai/gpt-4o,anthropic/claude', evalSet: 'a set' }],
    ['another script', { model: '模型', evalSet: '評価' }],
    ['long names', { model: 'm'.repeat(600), evalSet: 'e'.repeat(600) }],
    ['a strange run id', { runId: 'a,b/c\n' }],
  ])('checkpoint keys: %s make a key that the service accepts', (_what, changes) => {
    const keys = checkpointKeys({ ...identity, ...changes });
    for (const key of [keys.primary(1), keys.primaryRestoreKey, ...keys.restoreKeys]) {
      expect(key).toMatch(/^oaievalset-v[12]-[a-z0-9._-]+$/);
      expect(key.length).toBeLessThanOrEqual(512);
    }
  });

  test('checkpoint keys: outside of GitHub Actions the run is called local', () => {
    expect(first({ runId: '' })).toMatch(/-s2of5-local-3-1$/);
  });

  test.each([0, -1, 1.5, Number.NaN])('checkpoint keys: %s is not the number of a save', (seq) => {
    expect(() => checkpointKeys(identity).primary(seq)).toThrow(RangeError);
  });

  test('checkpoint keys: the number of a save is read from keys of this attempt only', () => {
    const keys = checkpointKeys(identity);
    expect(keys.seqOf(keys.primary(17))).toBe(17);
    expect(keys.seqOf(first({ runAttempt: 2 }))).toBeUndefined();
    expect(keys.seqOf(`${keys.thisAttempt}1x`)).toBeUndefined();
  });
});

describe('keys of older checkpoints', () => {
  /** The entries that a service finds, one after another, when each is broken. */
  function walkBack(entries: readonly string[], from: string): string[] {
    const keys = checkpointKeys({ ...identity, runId: '1042' });
    const tried = [from];
    for (let key: string | undefined = from; key !== undefined; ) {
      key = keys
        .olderThan(key)
        .map((prefix) => newest(entries, prefix))
        .find((found) => found !== undefined && !tried.includes(found));
      if (key !== undefined) tried.push(key);
    }
    return tried.slice(1);
  }

  /** An exact match, or else the newest entry, as the service does it. */
  const newest = (entries: readonly string[], prefix: string) =>
    entries.find((entry) => entry === prefix) ?? entries.findLast((entry) => entry.startsWith(prefix));

  const entryOf = (runId: string, runAttempt: number, seq: number) =>
    checkpointKeys({ ...identity, runId, runAttempt }).primary(seq);

  test('keys of older checkpoints: lead from each save to the one before it, through attempts and runs', () => {
    const oldestFirst = [
      entryOf('987', 1, 1),
      entryOf('1009', 1, 4),
      entryOf('1042', 1, 2),
      entryOf('1042', 2, 8),
      entryOf('1042', 2, 12),
      entryOf('1042', 2, 13),
    ];
    const [last = '', ...others] = oldestFirst.toReversed();
    expect(walkBack(oldestFirst, last)).toEqual(others);
  });

  test('keys of older checkpoints: lead to the same request of another job, then to the set, then to the format before', () => {
    const broken = entryOf('1042', 1, 1);
    const sameRequest = checkpointKeys({ ...identity, user: 'another' }).primary(1);
    const sameSet = checkpointKeys({ ...identity, request: 'another' }).primary(1);
    const before = `oaievalset-v1-${SET}s2of5-7-1-1`;
    expect(walkBack([before, sameSet, sameRequest], broken)).toEqual([sameRequest, sameSet, before]);
  });

  test('keys of older checkpoints: are few, whatever numbers are in a key', () => {
    const hostile = entryOf('9'.repeat(19), 999_999_999, 999_999_999);
    const keys = checkpointKeys(identity).olderThan(hostile);
    expect(keys.length).toBeLessThan(400);
    const [ofRun = ''] = checkpointKeys(identity).restoreKeys;
    expect(checkpointKeys(identity).olderThan('npm-linux')[0], 'no key of ours').toBe(ofRun);
  });
});
