import { describe, expect, test } from 'vitest';
import { SaveSchedule } from '../../../src/checkpoint/save-schedule.ts';

const MINUTE = 60_000;
const INTERVAL = 2 * MINUTE;
const GB = 1e9;

/** How many checkpoints of one size a job of 6 hours saves. */
function savesInSixHours(bytes: number, { canDelete = false, tookMs = 0 } = {}): number {
  const schedule = new SaveSchedule(INTERVAL);
  let saves = 0;
  for (let now = schedule.delayMs; now <= 360 * MINUTE; now += tookMs + schedule.delayMs) {
    schedule.saved({ canDelete, tookMs, bytes });
    saves += 1;
  }
  return saves;
}

describe('save schedule', () => {
  test.each([
    [0, 19],
    [0.1, 15],
    [0.5, 9],
    [1, 6],
  ])(
    'save schedule: checkpoints of %s GB that cannot be deleted fit into the cache of a repository',
    (gigabytes, saves) => {
      expect(savesInSixHours(gigabytes * GB)).toBe(saves);
      expect(saves * gigabytes).toBeLessThan(10);
    },
  );

  test('save schedule: where old checkpoints are deleted, the size does not matter', () => {
    expect(savesInSixHours(GB, { canDelete: true })).toBe(180);
  });

  test('save schedule: saving takes half of the time at most', () => {
    expect(savesInSixHours(GB, { canDelete: true, tookMs: 10 * MINUTE })).toBe(18);
  });

  test('save schedule: a long eval brings no save forward while the last one took long', () => {
    const schedule = new SaveSchedule(INTERVAL);
    expect(schedule.maySaveSoon(true, 1)).toBe(true);
    expect(schedule.maySaveSoon(false, INTERVAL - 1)).toBe(false);
    expect(schedule.maySaveSoon(false, INTERVAL)).toBe(true);
    schedule.saved({ canDelete: true, tookMs: 5 * MINUTE, bytes: GB });
    expect(schedule.maySaveSoon(true, 10 * MINUTE - 1)).toBe(false);
    expect(schedule.maySaveSoon(true, 10 * MINUTE)).toBe(true);
    schedule.failed();
    expect(schedule.maySaveSoon(true, 60 * MINUTE)).toBe(false);
  });
});
