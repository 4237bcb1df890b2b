import { describe, expect, test } from 'vitest';
import { type CheckpointIdentity, checkpointKeys } from '../../src/checkpoint/keys.ts';

const identity: CheckpointIdentity = {
  model: 'gpt-4o-mini',
  evalSet: 'test',
  cacheKey: '',
  shard: { index: 2, count: 5 },
  runId: '12',
  runAttempt: 3,
};

function first(changes: Partial<CheckpointIdentity>): string {
  return checkpointKeys({ ...identity, ...changes }).primary(1);
}

describe('checkpoint keys', () => {
  test('name the set, the shard, the run and the save', () => {
    const keys = checkpointKeys(identity);
    const any = 'oaievalset-v1-gpt-4o-mini.test-e5d576138ac0d229-s2of5-';
    expect(keys.primary(7)).toBe(`${any}12-3-7`);
    expect(keys.neverSaved).toBe(`${any}12-3-0`);
    expect(keys.restoreKeys).toEqual([`${any}12-`, any]);
  });

  test('the key of a restore is not a prefix of any key that is saved', () => {
    const keys = checkpointKeys(identity);
    for (const seq of [1, 2, 9, 10, 100]) expect(keys.primary(seq)).not.toContain(keys.neverSaved);
  });

  test('a run does not restore the checkpoints of a run whose number begins like its own', () => {
    const [ofRun12] = checkpointKeys(identity).restoreKeys;
    expect(first({ runId: '123' }).startsWith(ofRun12 ?? '?')).toBe(false);
  });

  test('a shard does not restore the checkpoints of a shard whose number begins like its own', () => {
    const [, ofShard] = checkpointKeys({ ...identity, shard: { index: 1, count: 1 } }).restoreKeys;
    expect(first({ shard: { index: 1, count: 12 } }).startsWith(ofShard ?? '?')).toBe(false);
  });

  test.each([
    ['model', { model: 'gpt-4o' }],
    ['eval set', { evalSet: 'test.v2' }],
    ['cache-key', { cacheKey: '2' }],
    ['boundary between model and eval set', { model: 'gpt-4o-mini.te', evalSet: 'st' }],
    ['case', { model: 'GPT-4o-mini' }],
  ])('another %s is another checkpoint', (_what, changes) => {
    const hashOf = (key: string) => /-([0-9a-f]{16})-s/.exec(key)?.[1];
    expect(hashOf(first(changes))).not.toBe(hashOf(first({})));
  });

  test.each([
    ['commas and slashes', { model: 'openai/gpt-4o,anthropic/claude', evalSet: 'a set' }],
    ['another script', { model: '模型', evalSet: '評価' }],
    ['long names', { model: 'm'.repeat(600), evalSet: 'e'.repeat(600) }],
    ['a strange run id', { runId: 'a,b/c\n' }],
  ])('%s make a key the service takes', (_what, changes) => {
    const keys = checkpointKeys({ ...identity, ...changes });
    for (const key of [keys.primary(1), keys.neverSaved, ...keys.restoreKeys]) {
      expect(key).toMatch(/^oaievalset-v1-[a-z0-9._-]+$/);
      expect(key.length).toBeLessThanOrEqual(512);
    }
  });

  test('outside of GitHub Actions the run is called local', () => {
    expect(first({ runId: '' })).toMatch(/-s2of5-local-3-1$/);
  });

  test.each([0, -1, 1.5, Number.NaN])('%s is not the number of a save', (seq) => {
    expect(() => checkpointKeys(identity).primary(seq)).toThrow(RangeError);
  });
});
