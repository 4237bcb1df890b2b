/** Checkpoints that are saved while evals run. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unpacked } from '../../helpers/completed-set.ts';
import { completesElsewhere, machineWithSet } from '../../helpers/generated-set.ts';
import { recordedTokens } from '../../helpers/recorded-responses.ts';
import { annotations, logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';
import type { CacheRequest } from '../../stand-ins/cache-service.ts';

const isSaving = ({ step }: CacheRequest): boolean =>
  step === 'create' || step === 'upload' || step === 'finalize';

/** One letter a request that saves: `c`reate, `u`pload, `f`inalize. */
const savingSteps = (machine: TestMachine): string =>
  machine.cache.requests
    .filter(isSaving)
    .map(({ step }) => step[0])
    .join('');

describe.concurrent('checkpoints while evals are running', () => {
  test(
    'checkpoint: post saves none when the last one, saved while evals ran, holds everything',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [6] });
      /** The key of the newest checkpoint, when it holds three responses. */
      const whole = () => {
        const newest = machine.cache.entries().at(-1);
        return newest && recordedTokens(unpacked(context, newest.archive)).length === 3 && newest.key;
      };
      let saved = 0;
      const result = await machine.runUntil(
        { answered: 3, held: 3 },
        async (main) => {
          const key = await until('a checkpoint holds all 3 responses', whole);
          await main.untilLine(new RegExp(`^Saved the checkpoint ${key} while evals are running$`));
          saved = machine.cache.entries().length;
          main.kill('SIGKILL');
        },
        { inputs: { 'checkpoint-interval': '1s' } },
      );
      expect(result.signal, logOf(result)).toBe('SIGKILL');
      expect(result.post?.exitCode, logOf(result)).toBe(0);
      expect(result.post?.lines).not.toContainEqual(expect.stringContaining('Saved the checkpoint'));
      expect(result.post?.summary).toContain('0 of 1 eval is done');
      const newest = machine.cache.entries().at(-1)?.key;
      expect(result.post?.lines).toContainEqual(
        expect.stringMatching(new RegExp(`^Incomplete: .* from the checkpoint ${newest}\\.$`)),
      );
      expect(machine.cache.entries()).toHaveLength(saved);
      await completesElsewhere(machine, 6, 3);
      expect(machine.cache.entries().length).toBeGreaterThan(saved);
    },
  );

  test(
    'checkpoint: entries that are evicted between restore and save cost nothing',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2, 4] });
      const first = await machine.runUntil({ answered: 3, held: 3 }, (main) => main.kill('SIGINT'));
      expect(first.outputs['saved-key'], logOf(first)).not.toBe('');
      machine.forgetState();
      machine.api.release();
      machine.api.forget();
      const second = await machine.runUntil(
        { answered: 2, held: 1 },
        (main) => {
          expect(main.lines).toContainEqual(`Restored the checkpoint ${first.outputs['saved-key']}`);
          machine.cache.evict();
          main.kill('SIGINT');
        },
        { runAttempt: 2 },
      );
      expect(second.outputs, logOf(second)).toMatchObject({ reused: '1' });
      expect(second.outputs['saved-key']).not.toBe('');
      expect(machine.cache.entries()).toHaveLength(1);
      await completesElsewhere(machine, 6, 5);
    },
  );

  test('checkpoint-interval: a runner that vanishes loses only what came after the last checkpoint', async (context) => {
    const total = 3 + 200;
    const machine = await machineWithSet(
      context,
      { samples: [3, 200] },
      {
        api: { latencyMs: 50 },
        inputs: { 'checkpoint-interval': '1s', 'max-requests-in-flight': '4' },
      },
    );
    // The second eval cannot end, however late the checkpoint is.
    machine.api.holdAfter(103);
    const holdsCompletion = (archive: Buffer) =>
      readdirSync(unpacked(context, archive), { recursive: true, encoding: 'utf8' }).some((path) =>
        path.endsWith('completions.jsonl'),
      );
    const recordedIn = (archive: Buffer) => recordedTokens(unpacked(context, archive)).length;
    const lost = await machine.run({
      phase: 'main',
      onLine: (line, main) => {
        if (!/^Saved the checkpoint \S+ while evals are running$/.test(line)) return;
        const newest = machine.cache.entries().at(-1);
        // On a slow machine the first eval may still be running: its responses are not the ones that are counted.
        if (newest && holdsCompletion(newest.archive) && recordedIn(newest.archive) > 0) main.kill('SIGKILL');
      },
    });
    expect(lost.signal, logOf(lost)).toBe('SIGKILL');
    const last = machine.cache.entries().at(-1);
    if (!last) throw new Error('no checkpoint was saved');
    const kept = recordedIn(last.archive);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(100);
    const next = await completesElsewhere(machine, total, 3 + kept, { 'checkpoint-interval': '10m' });
    expect(next.outputs).toMatchObject({
      reused: '1',
      fresh: '1',
      'requests-replayed': String(kept),
      'restored-key': last.key,
    });
  });

  test(
    'checkpoint: evals continue while the cache service stalls, and one save begins only after the last has ended',
    LONG,
    async (context) => {
      const seen: { readonly step: string; readonly received: number }[] = [];
      const machine: TestMachine = await machineWithSet(
        context,
        { samples: [100] },
        {
          api: { latencyMs: 100 },
          inputs: { 'checkpoint-interval': '1s', 'max-requests-in-flight': '4' },
          cache: {
            faults: (request) => {
              if (!isSaving(request)) return undefined;
              seen.push({ step: request.step, received: machine.api.counts().answered });
              const first = seen.filter(({ step }) => step === request.step).length === 1;
              // 20 more responses arrive during the first save, and the eval cannot end before it has.
              if (first && request.step === 'create') {
                machine.api.release();
                machine.api.holdAfter(20);
              }
              if (first && request.step === 'finalize') machine.api.release();
              return { delayMs: 1000 };
            },
          },
        },
      );
      machine.api.holdAfter(30);
      const result = await machine.run();
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(annotations(result)).toEqual([]);
      const at = (step: string): number => seen.find((each) => each.step === step)?.received ?? 0;
      expect(at('finalize'), 'responses arrived during the save').toBeGreaterThan(at('create') + 4);
      expect(at('finalize')).toBeLessThan(100);
      // The last one in the background may have been given up for the last of all.
      expect(savingSteps(machine)).toMatch(/^(cu+f)+(cu*f?)?cu+f$/);
      machine.forgetState();
      const next = await machine.run({ runAttempt: 2 });
      expect(next.outputs, logOf(next)).toMatchObject({
        complete: 'true',
        reused: '1',
        'requests-sent': '0',
      });
    },
  );

  test(
    'checkpoint: responses to requests sent before the last background save are in the final checkpoint',
    LONG,
    async (context) => {
      const machine = await machineWithSet(
        context,
        { samples: [8] },
        { inputs: { 'checkpoint-interval': '1s' } },
      );
      // All are sent at once: two responses come at once, five after a checkpoint, and one never.
      machine.api.setFaults((_, n) => (n === 8 ? { stallMs: 2 ** 30 } : undefined));
      machine.api.holdWhen(({ n }) => n > 2);
      const { main, ended } = await machine.startUntil({ held: 6 });
      await main.untilLine(/^Saved the checkpoint \S+ while evals are running$/);
      machine.api.release();
      await machine.untilAnswered(7, 0);
      main.cancel();
      const result = await ended;
      expect(result.exitCode, logOf(result)).toBe(1);
      machine.api.setFaults();
      await completesElsewhere(machine, 8, 7);
    },
  );
});
