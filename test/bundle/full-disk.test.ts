/** A state directory on a disk that is full or read-only. It takes a file system of its own, and so root. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completes, key, machineWithSet, type SetShape, untilRecorded } from '../helpers/generated-set.ts';
import { has } from '../helpers/requires.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

describe.runIf(has('mount')).concurrent('a state directory without room', LONG, () => {
  /** A machine whose state lies on a small disk of its own. */
  async function smallDisk(context: Cleanup, shape: SetShape): Promise<TestMachine> {
    const disk = temporaryDirectory(context);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
    context.onTestFinished(() => {
      execFileSync('umount', ['--lazy', disk]);
    });
    return machineWithSet(context, shape, { stateDirectory: join(disk, 'state') });
  }

  const filler = (machine: TestMachine): string => join(machine.stateDirectory, '../filler');

  /** Leaves not a byte. */
  function fill(machine: TestMachine): void {
    const path = filler(machine);
    for (let size = 1 << 16; size > 0; size >>= 1) {
      try {
        for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  }

  test('full disk: a state directory without room is an error before the first request', async (context) => {
    const machine = await smallDisk(context, { samples: [2] });
    fill(machine);
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The state directory .* cannot be read or written: ENOSPC.*\[STATE_UNWRITABLE\]$/s,
      ),
    ]);
    expect(machine.api.counts().received).toBe(0);
    rmSync(filler(machine));
    await completes(machine, 2, 0);
  });

  test('read-only disk: a state directory that cannot be written is an error before the first request', async (context) => {
    const machine = await smallDisk(context, { samples: [2] });
    mkdirSync(machine.stateDirectory);
    const disk = join(machine.stateDirectory, '..');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The input state-directory is .* is on a file system that is read-only\..*\[INPUT_INVALID\]$/s,
      ),
    ]);
    expect(machine.api.counts().received).toBe(0);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await completes(machine, 2, 0);
  });

  test('full disk: what was recorded before it filled up stays, and the next run resumes', async (context) => {
    const machine = await smallDisk(context, { samples: [2, 6, 2] });
    let stopFilling = (): void => {};
    const result = await machine.runUntil({ answered: 4, held: 4 }, async () => {
      // A response is given before it is recorded. Those of the first eval are in its record file by now.
      await untilRecorded(machine, 2);
      // What is freed is taken again.
      stopFilling = machine.api.onRequest(() => fill(machine));
      fill(machine);
      machine.api.release();
    });
    expect([...annotations(result), logOf(result)].join('\n')).toMatch(/ENOSPC|No space left on device/);
    expect(annotations(result).filter((line) => line.includes('please report'))).toEqual([]);
    const done = machine.doneEvals();
    expect(done[0]).toBe(key(0));
    expect(machine.records().map((record) => record.eval)).toEqual(done);
    expect(machine.quarantined()).toEqual([]);
    stopFilling();
    const all = machine.api.requests.length;
    rmSync(filler(machine));
    const next = await machine.run({ runAttempt: 2, cache: false });
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', reused: String(done.length) });
    // The two answers of the second eval that were there when the disk was not full are paid for once.
    const again = machine.api.requests.slice(all).map(({ bodySha256 }) => bodySha256);
    const before = machine.api.requests.slice(0, all).filter(({ n }) => n <= 4);
    expect(before.filter(({ bodySha256 }) => again.includes(bodySha256))).toEqual([]);
    expect(machine.quarantined()).toEqual([]);
  });

  test('read-only completions file: the run ends at the first record it cannot write, and no response is lost', async (context) => {
    const machine = await smallDisk(context, { samples: [2, 3, 2] });
    const completions = machine.path('resume/completions.jsonl');
    const result = await machine.runUntil({ answered: 4, held: 1 }, () => {
      execFileSync('mount', ['--bind', completions, completions]);
      execFileSync('mount', ['-o', 'remount,bind,ro', completions]);
      machine.api.release();
    });
    execFileSync('umount', [completions]);
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The state directory .* cannot be read or written: EROFS.*\[STATE_UNWRITABLE\]$/s,
      ),
      expect.stringMatching(
        /^warning: The step was interrupted\. 1 of 3 evals is done; \d responses of 1 unfinished eval are recorded/,
      ),
    ]);
    expect(machine.doneEvals()).toEqual([key(0)]);
    expect(machine.api.counts().received, 'the third eval was not begun').toBe(5);
    const next = await completes(machine, 7, 5);
    expect(next.outputs).toMatchObject({ reused: '1', fresh: '2' });
  });
});
