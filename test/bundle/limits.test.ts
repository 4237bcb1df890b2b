/** What ends a run, or an eval, before its time: budgets, timeouts, other runs, signals, a disk that is full. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { CacheRequest } from '../stand-ins/cache-service.ts';
import {
  annotations,
  bedOf,
  type Context,
  changeContent,
  completes,
  completesElsewhere,
  key,
  registries,
  runUntil,
  type Shape,
  untilAnswered,
  untilKept,
} from './asks.ts';
import { Bed, logOf, scratch } from './bed.ts';

const onLinux = describe.runIf(process.platform === 'linux');

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

/** Token counts of the answers that lie in the sealed journals below a directory. */
function keptTokens(directory: string): number[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.resume\/journal\/.*\.jsonl$/.test(name),
  );
  return files
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(1, -1))
    .map((line) => (JSON.parse(line) as { usage: [number, number] }).usage)
    .map(([prompt, completion]) => prompt + completion);
}

/** What is live once nobody runs any more: nothing, or the state was not sealed. */
function liveSegments(bed: Bed): string[] {
  const live = bed.path('live');
  if (!existsSync(live)) return [];
  return readdirSync(live, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^journal\/.*\.jsonl$/.test(name),
  );
}

describe.concurrent('time-budget', () => {
  test('used up: the step is incomplete and says so, and what was answered is kept', async (context) => {
    const bed = await bedOf(context, { samples: [3, 6] });
    const result = await runUntil(bed, { answered: 5, held: 1 }, () => {}, {
      inputs: { 'time-budget': '12s' },
    });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: .*1 of 2 evals done.*the time-budget of 12\.0 s is used up.*ask-1.*Re-run the failed jobs.*\[INCOMPLETE\]$/s,
      ),
    ]);
    expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', pending: '1', failed: '0' });
    expect(result.outputs['saved-key']).not.toBe('');
    expect(result.orphans).toEqual([]);
    expect(result.summary).toContain('time-budget');
    const next = await completesElsewhere(bed, 9, 5);
    expect(next.outputs).toMatchObject({ reused: '1', 'requests-replayed': '2' });
  });

  test('an eval that took longer before than what is left is not started', async (context) => {
    const bed = await bedOf(context, { samples: [2, 2] });
    expect((await bed.run()).outputs).toMatchObject({ complete: 'true' });
    for (const number of [0, 1]) changeContent(bed, number, 2);
    const path = bed.path('resume/completions.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const edited = lines.map((line) => {
      const record = JSON.parse(line) as { eval: string; started: string; ended: string };
      if (record.eval !== key(1)) return line;
      const started = new Date(Date.parse(record.ended) - 3_600_000).toISOString();
      return JSON.stringify({ ...record, started });
    });
    writeFileSync(path, `${edited.join('\n')}\n`);

    const result = await bed.run({ cache: false, inputs: { 'time-budget': '1h' }, runAttempt: 2 });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', pending: '1', failed: '0' });
    expect(annotations(result)).toEqual([
      expect.stringMatching(/ask-1 \(it took 1 h 0 min before, and 59 min .* of the time-budget are left\)/),
    ]);
    expect(bed.api.requests.filter(({ body }) => JSON.stringify(body).includes('much is 1.'))).toEqual([]);
    const next = await bed.run({ cache: false, runAttempt: 3 });
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', fresh: '1', reused: '1' });
  });
});

describe.concurrent('token-budget', () => {
  test('at most the limit and what was under way is spent, and all of it is kept', async (context) => {
    const inFlight = 3;
    const bed = await bedOf(
      context,
      { samples: [60, 5] },
      { api: { latencyMs: 50 }, inputs: { 'max-requests-in-flight': String(inFlight) } },
    );
    const result = await bed.run({ inputs: { 'token-budget': '200' } });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: .*0 of 2 evals done.*the token-budget of 200 is used up.*Re-run.*\[INCOMPLETE\]$/s,
      ),
    ]);
    const spent = keptTokens(bed.stateDirectory);
    const sum = spent.reduce((total, tokens) => total + tokens, 0);
    expect(result.outputs['total-tokens']).toBe(String(sum));
    expect(sum).toBeGreaterThanOrEqual(200);
    expect(sum).toBeLessThanOrEqual(200 + inFlight * Math.max(...spent));
    expect(result.outputs['saved-key']).not.toBe('');
    await completesElsewhere(bed, 65, spent.length);
  });
});

describe.concurrent('an eval that hangs', () => {
  test.for([
    ['eval-timeout', 'it took longer than the eval-timeout of 15.0 s'],
    ['stall-timeout', 'it did nothing for the stall-timeout of 15.0 s'],
  ] as const)(
    '%s: is ended and tried again, then it has failed; its answers are kept',
    async ([input, why], context) => {
      const bed = await bedOf(context, { samples: [5] });
      const result = await runUntil(bed, { answered: 3, held: 2 }, () => {}, {
        // Time enough for the first answers on a busy machine.
        inputs: { [input]: '15s', attempts: '2' },
      });
      expect(result.exitCode, logOf(result)).toBe(1);
      const own = result.lines.filter((line) => line.startsWith('attempt '));
      expect(own).toEqual([
        expect.stringContaining(`attempt 1 of 2: ${why}; its last request or answer was `),
        expect.stringContaining(`attempt 2 of 2: ${why}; `),
      ]);
      const told = result.annotations.find(({ title }) => title === 'Eval ask-0 failed');
      expect(told?.message).toContain(why);
      expect(told?.message).toMatch(/it printed (last, .* ago: \S|nothing)/);
      expect(result.orphans, 'its process group is gone').toEqual([]);
      await vi.waitFor(() => expect(bed.api.counts().held, 'nobody waits for an answer any more').toBe(0));
      expect(bed.doneEvals()).toEqual([]);
      await completesElsewhere(bed, 5, 3);
    },
  );
});

describe.concurrent('two runs at once', () => {
  /** Another job on the same machine with the same state directory. */
  async function besides(context: Context, bed: Bed): Promise<Bed> {
    const other = await Bed.make(context, {
      python,
      model: bed.model,
      evalSet: bed.evalSet,
      stateDirectory: bed.stateDirectory,
      env: { OPENAI_BASE_URL: bed.api.url },
      inputs: { 'registry-path': registries.get(bed) ?? '' },
    });
    return other;
  }

  test('of one set: the second fails at once and touches nothing; a holder killed with -9 does not keep it out', async (context) => {
    const bed = await bedOf(context, { samples: [2, 4] });
    const second = await besides(context, bed);
    let refused: RunResult | undefined;
    const first = await runUntil(
      bed,
      { answered: 3, held: 1 },
      async (main) => {
        refused = await second.run({ runId: '2000' });
        await untilKept(bed, 1);
        main.kill('SIGKILL');
      },
      { phase: 'main' },
    );
    if (!refused) throw new Error('the second run did not end');
    expect(refused.exitCode, logOf(refused)).toBe(1);
    expect(annotations(refused)).toEqual([
      expect.stringMatching(/^error: Another run of this eval set works on .*\[STATE_LOCKED\]$/s),
    ]);
    expect(refused.post?.lines, 'post has nothing to save').toEqual([]);
    expect(second.cache.entries()).toEqual([]);
    expect(first.signal).toBe('SIGKILL');
    expect(bed.doneEvals()).toEqual([key(0)]);
    expect(bed.rejected()).toEqual([]);

    const left = join(bed.path('live'), 'records/left-behind.jsonl');
    mkdirSync(join(left, '..'), { recursive: true });
    writeFileSync(left, 'of an eval that does not run any more');
    bed.api.release();
    bed.api.forget();
    const next = await second.run({ runId: '2000', runAttempt: 2 });
    expect(next.outputs, logOf(next)).toMatchObject({
      complete: 'true',
      reused: '1',
      'requests-replayed': '1',
    });
    expect(bed.api.counts().received).toBe(3);
    const sockets = readdirSync(bed.stateDirectory).filter((name) => name.startsWith('.lock-'));
    expect(sockets, 'the dead one is gone, and that of the run as well').toEqual([]);
    expect(existsSync(left), 'what was live is no more').toBe(false);
  });

  test('the post step of a killed run leaves the state to the run that has taken it over', async (context) => {
    const bed = await bedOf(context, { samples: [6] });
    const second = await besides(context, bed);
    const killed = await runUntil(
      bed,
      { answered: 2, held: 4 },
      async (main) => {
        await untilKept(bed, 2);
        main.kill('SIGKILL');
      },
      { phase: 'main' },
    );
    // What the killed one had sent is still arriving.
    await vi.waitFor(() => expect(bed.api.counts().held).toBe(0), { timeout: 30_000 });
    bed.api.forget();
    bed.api.release();
    bed.api.holdAfter(2);
    const { main, ended } = second.start();
    await untilAnswered(bed, 2, 2);
    // An answer is in the journal before it is answered here, and the first of them makes it.
    const live = await vi.waitFor(
      () => {
        const found = liveSegments(bed);
        expect(found).toHaveLength(1);
        return found;
      },
      { timeout: 30_000 },
    );
    const post = await bed.run({ phase: 'post', state: killed.state });
    expect(post.exitCode, logOf(post)).toBe(0);
    expect(post.lines).toContainEqual(expect.stringContaining('Another run has taken the state over'));
    expect(liveSegments(bed)).toEqual(live);
    expect(bed.cache.entries()).toEqual([]);
    bed.api.release();
    await main;
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '4' });
  });

  test('of different sets do not mind each other', async (context) => {
    const bed = await bedOf(context, { samples: [2] });
    const other = await bedOf(
      context,
      { samples: [2] },
      { stateDirectory: bed.stateDirectory, model: 'gpt-5' },
    );
    let inside: RunResult | undefined;
    const outside = await runUntil(bed, { answered: 1, held: 1 }, async () => {
      inside = await other.run();
      bed.api.release();
    });
    for (const result of [inside, outside])
      expect(result?.outputs, result && logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
    expect([...bed.doneEvals(), ...other.doneEvals()]).toEqual([key(0), key(0)]);
  });
});

/** The files of a checkpoint, unpacked. */
function unpacked(context: Context, archive: Buffer): string {
  const directory = scratch(context);
  const program = archive.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : 'gzip';
  execFileSync('tar', ['-x', '-I', program, '-C', directory], { input: archive });
  return directory;
}

const isSaving = ({ step }: CacheRequest): boolean =>
  step === 'create' || step === 'upload' || step === 'finalize';

/** One letter a request that saves: `c`reate, `u`pload, `f`inalize. */
const savingSteps = (bed: Bed): string =>
  bed.cache.requests
    .filter(isSaving)
    .map(({ step }) => step[0])
    .join('');

describe.concurrent('checkpoints while evals run', () => {
  test('what the last of them holds is not saved again by post', async (context) => {
    const bed = await bedOf(context, { samples: [6] });
    const result = await runUntil(
      bed,
      { answered: 3, held: 3 },
      async (main) => {
        await main.untilLine(/^Saved the checkpoint \S+ while evals run$/);
        await untilKept(bed, 3);
        // The one that holds the third answer may be the next.
        await vi.waitFor(() => expect(liveSegments(bed)).toEqual([]), { timeout: 30_000 });
        await vi.waitFor(() => expect(savingSteps(bed)).toMatch(/f$/), { timeout: 30_000 });
        await main.untilLine(new RegExp(`-${bed.cache.entries().length} while evals run$`));
        main.kill('SIGKILL');
      },
      { inputs: { 'checkpoint-interval': '1s' } },
    );
    expect(result.signal, logOf(result)).toBe('SIGKILL');
    const saved = bed.cache.entries().length;
    expect(saved).toBeLessThanOrEqual(2);
    expect(result.post?.exitCode, logOf(result)).toBe(0);
    expect(result.post?.lines).not.toContainEqual(expect.stringContaining('Saved the checkpoint'));
    expect(result.post?.summary).toContain('0 of 1 eval done');
    await completesElsewhere(bed, 6, 3);
    expect(bed.cache.entries().length).toBeGreaterThan(saved);
  });

  test('entries that are evicted between restore and save cost nothing', async (context) => {
    const bed = await bedOf(context, { samples: [2, 4] });
    const first = await runUntil(bed, { answered: 3, held: 3 }, (main) => main.kill('SIGINT'));
    expect(first.outputs['saved-key'], logOf(first)).not.toBe('');
    bed.forgetState();
    bed.api.release();
    bed.api.forget();
    const second = await runUntil(
      bed,
      { answered: 2, held: 1 },
      (main) => {
        expect(main.lines).toContainEqual(`Restored the checkpoint ${first.outputs['saved-key']}`);
        bed.cache.evict();
        main.kill('SIGINT');
      },
      { runAttempt: 2 },
    );
    expect(second.outputs, logOf(second)).toMatchObject({ reused: '1' });
    expect(second.outputs['saved-key']).not.toBe('');
    expect(bed.cache.entries()).toHaveLength(1);
    await completesElsewhere(bed, 6, 5);
  });

  test('a runner that vanishes costs what came after the last of them', async (context) => {
    const total = 3 + 400;
    const bed = await bedOf(
      context,
      { samples: [3, 400] },
      {
        api: { latencyMs: 100 },
        inputs: { 'checkpoint-interval': '1s', 'max-requests-in-flight': '4' },
      },
    );
    let saved = 0;
    const lost = await bed.run({
      phase: 'main',
      onLine: (line, main) => {
        if (!/^Saved the checkpoint \S+ while evals run$/.test(line)) return;
        saved += 1;
        if (saved === 2) main.kill('SIGKILL');
      },
    });
    expect(lost.signal, logOf(lost)).toBe('SIGKILL');
    const last = bed.cache.entries().at(-1);
    if (!last) throw new Error('no checkpoint was saved');
    const kept = keptTokens(unpacked(context, last.archive)).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(400);
    const next = await completesElsewhere(bed, total, 3 + kept, { 'checkpoint-interval': '10m' });
    expect(next.outputs).toMatchObject({
      reused: '1',
      fresh: '1',
      'requests-replayed': String(kept),
      'restored-key': last.key,
    });
  });

  test('evals go on while the cache service stalls, and no save begins before the last has ended', async (context) => {
    const seen: { readonly step: string; readonly received: number }[] = [];
    const bed: Bed = await bedOf(
      context,
      { samples: [300] },
      {
        api: { latencyMs: 100 },
        inputs: { 'checkpoint-interval': '1s', 'max-requests-in-flight': '4' },
        cache: {
          faults: (request) => {
            if (!isSaving(request)) return undefined;
            seen.push({ step: request.step, received: bed.api.counts().answered });
            return { delayMs: 1000 };
          },
        },
      },
    );
    const result = await bed.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(annotations(result)).toEqual([]);
    const at = (step: string): number => seen.find((each) => each.step === step)?.received ?? 0;
    expect(at('finalize'), 'answers arrived while it was saved').toBeGreaterThan(at('create') + 4);
    expect(at('finalize')).toBeLessThan(300);
    // The last one in the background may have been given up for the last of all.
    expect(savingSteps(bed)).toMatch(/^(cu+f)+(cu*f?)?cu+f$/);
    bed.forgetState();
    const next = await bed.run({ runAttempt: 2 });
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', reused: '1', 'requests-sent': '0' });
  });

  test('answers to what was sent before the last of them are in the one at the end', async (context) => {
    const bed = await bedOf(context, { samples: [8] }, { inputs: { 'checkpoint-interval': '1s' } });
    // All is sent at once: two answers come at once, five after a checkpoint, and one never.
    bed.api.setFaults((_, n) => (n > 2 && n < 8 ? { stallMs: 6000 } : undefined));
    const result = await runUntil(bed, { answered: 7, held: 1 }, (main) => main.cancel());
    expect(result.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint \S+ while evals run$/));
    expect(result.exitCode, logOf(result)).toBe(1);
    bed.api.setFaults();
    await completesElsewhere(bed, 8, 7);
  });
});

/** An eval that cannot be ended with SIGINT. */
const STUBBORN = `
import signal
from evals.elsuite.basic.match import Match

class Stubborn(Match):
    def run(self, recorder):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return super().run(recorder)
`;

/** Python runs it before anything else. */
const hangsPlanning = (reached: string): string => `
import sys, time
if any(argument.endswith("host.py") for argument in sys.orig_argv):
    open("${reached}", "w").close()
    time.sleep(600)
`;

/** A cache service of which one call, once, is never answered; and when that call has come. */
function hangingOnce(wanted: CacheRequest['step']) {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  let before = 0;
  const faults = ({ step }: CacheRequest) => {
    if (step !== wanted || before++ > 0) return undefined;
    resolve();
    return { delayMs: 2 ** 30 };
  };
  return { asked, cache: { faults } };
}

onLinux.concurrent('a job that is cancelled', () => {
  test('while eight evals run: all of them end, and all that was answered is in the checkpoint', async (context) => {
    const bed = await bedOf(
      context,
      // None of them can be done with the 60 answers that come.
      { samples: Array.from({ length: 8 }, () => 61) },
      { inputs: { 'parallel-evals': '8', 'max-requests-in-flight': '24' } },
    );
    const result = await runUntil(bed, { answered: 60, held: 24 }, (main) => main.kill('SIGINT'));
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(/^error: .*0 of 8 evals done.*the job was cancelled.*\[INCOMPLETE\]$/s),
    ]);
    expect(result.outputs).toMatchObject({ complete: 'false', pending: '8', failed: '0' });
    expect(result.orphans).toEqual([]);
    expect(bed.api.counts(), 'nothing was sent any more').toMatchObject({ received: 84, held: 0 });
    expect(liveSegments(bed), 'the state is sealed').toEqual([]);
    expect(bed.cache.entries().map(({ key }) => key)).toEqual([result.outputs['saved-key']]);
    expect(result.post?.lines, 'nothing is left for post').toEqual([]);
    await completesElsewhere(bed, 488, 60, { 'parallel-evals': '8' });
  });

  test('again, while an eval does not mind: it ends at once, and post saves', async (context) => {
    const modules = scratch(context);
    writeFileSync(join(modules, 'stubborn.py'), STUBBORN);
    const bed = await bedOf(
      context,
      { samples: [10], className: 'stubborn:Stubborn' },
      { env: { PYTHONPATH: modules } },
    );
    const result = await runUntil(bed, { answered: 4, held: 6 }, async (main) => {
      main.kill('SIGINT');
      await main.untilLine(/^Received SIGINT: /);
      main.kill('SIGTERM');
    });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).toContainEqual(expect.stringMatching(/^Received SIGTERM as well: exiting at once/));
    expect(result.lines).not.toContainEqual(expect.stringMatching(/^Saved the checkpoint/));
    expect(result.post?.exitCode, logOf(result)).toBe(0);
    expect(result.post?.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint/));
    expect(result.post?.orphans).toEqual([]);
    await completesElsewhere(bed, 10, 4);
  });

  test('again, while the save hangs: it ends at once, and post saves under the next number', async (context) => {
    const { asked, cache } = hangingOnce('create');
    const bed = await bedOf(context, { samples: [10] }, { cache });
    const result = await runUntil(bed, { answered: 4, held: 6 }, async (main) => {
      main.kill('SIGINT');
      await asked;
      main.kill('SIGTERM');
    });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).toContainEqual(expect.stringMatching(/^Received SIGTERM as well/));
    expect(result.post?.exitCode, logOf(result)).toBe(0);
    expect(result.post?.orphans).toEqual([]);
    expect(bed.cache.entries().map(({ key }) => key)).toEqual([expect.stringMatching(/-2$/)]);
    await completesElsewhere(bed, 10, 4);
  });

  test('with a save that takes too long: main ends in time, and post makes up for it', async (context) => {
    const { cache } = hangingOnce('create');
    const bed = await bedOf(context, { samples: [10] }, { cache });
    const result = await runUntil(bed, { answered: 4, held: 6 }, (main) => main.kill('SIGINT'));
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.lines).not.toContainEqual(expect.stringMatching(/as well/));
    expect(result.outputs).toMatchObject({ complete: 'false', 'saved-key': '' });
    expect(result.post?.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint .*-2$/));
    await completesElsewhere(bed, 10, 4);
  });

  test('during the restore: it says so, and leaves everything as it was', async (context) => {
    const { asked, cache } = hangingOnce('lookup');
    const mark = randomUUID();
    const bed = await bedOf(context, { samples: [2] }, { cache, env: { OAIEVALSET_TEST: mark } });
    const ended = bed.run();
    await asked;
    process.kill(mainOf(mark), 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    expect(leftovers(bed)).toEqual([]);
    expect(existsSync(bed.stateDirectory), 'nothing was begun').toBe(false);
    await completes(bed, 2, 0);
  });

  test('while a helper hangs that nobody can signal: it is not waited for, and does not go on', async (context) => {
    const mark = randomUUID();
    const folder = scratch(context);
    const [python, reached] = [join(folder, 'python'), join(folder, 'reached')];
    writeFileSync(python, `#!/bin/sh\n: > ${reached}\nexec sleep 600\n`, { mode: 0o755 });
    const bed = await bedOf(context, { samples: [2] }, { env: { OAIEVALSET_TEST: mark } });
    const ended = bed.run({ inputs: { python } });
    await vi.waitFor(() => expect(existsSync(reached)).toBe(true), { timeout: 60_000 });
    process.kill(mainOf(mark), 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    await completes(bed, 2, 0);
  });

  test('during planning: it says so, and leaves everything as it was', async (context) => {
    const mark = randomUUID();
    const modules = scratch(context);
    const reached = join(modules, 'reached');
    writeFileSync(join(modules, 'sitecustomize.py'), hangsPlanning(reached));
    const bed = await bedOf(
      context,
      { samples: [2] },
      { env: { OAIEVALSET_TEST: mark, PYTHONPATH: modules } },
    );
    const ended = bed.run();
    await vi.waitFor(() => expect(existsSync(reached)).toBe(true), { timeout: 60_000 });
    process.kill(mainOf(mark), 'SIGINT');
    const result = await ended;
    expectCancelled(result);
    expect(result.orphans).toEqual([]);
    rmSync(join(modules, 'sitecustomize.py'));
    await completes(bed, 2, 0);
  });
});

function expectCancelled(result: RunResult): void {
  expect(result.exitCode, logOf(result)).toBe(1);
  expect(result.signal).toBeNull();
  expect(annotations(result)).toEqual([
    expect.stringMatching(/^error: the job was cancelled.*Re-run the failed jobs.*\[INCOMPLETE\]$/s),
  ]);
  expect(result.post?.exitCode).toBe(0);
}

/** The process of main, found by what its environment holds: it may not have printed anything yet. */
function mainOf(mark: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const holds = readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .includes(`OAIEVALSET_TEST=${mark}`);
        return holds && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/dist/main/');
      } catch {
        return false;
      }
    });
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

/** What calls of the cache left in the runner's temporary directory. */
function leftovers(bed: Bed): string[] {
  return readdirSync(join(bed.directory, 'work/_temp')).filter((name) => name.startsWith('oaievalset'));
}

/** Whether this test may mount a file system of its own. */
const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(canMount).concurrent('a state directory without room', () => {
  /** A bed whose state lies on a small disk of its own. */
  async function smallDisk(context: Context, shape: Shape): Promise<Bed> {
    const disk = scratch(context);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
    context.onTestFinished(() => {
      execFileSync('umount', ['--lazy', disk]);
    });
    return bedOf(context, shape, { stateDirectory: join(disk, 'state') });
  }

  const filler = (bed: Bed): string => join(bed.stateDirectory, '../filler');

  /** Leaves not a byte. */
  function fill(bed: Bed): void {
    const path = filler(bed);
    for (let size = 1 << 16; size > 0; size >>= 1) {
      try {
        for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  }

  test('from the start: it says so before anything is asked', async (context) => {
    const bed = await smallDisk(context, { samples: [2] });
    fill(bed);
    const result = await bed.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The state directory .* cannot be read or written: ENOSPC.*\[STATE_UNWRITABLE\]$/s,
      ),
    ]);
    expect(bed.api.counts().received).toBe(0);
    rmSync(filler(bed));
    await completes(bed, 2, 0);
  });

  test('that cannot be written to: it says so before anything is asked', async (context) => {
    const bed = await smallDisk(context, { samples: [2] });
    mkdirSync(bed.stateDirectory);
    const disk = join(bed.stateDirectory, '..');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const result = await bed.run();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The state directory .* cannot be read or written: .*\[STATE_UNWRITABLE\]$/s,
      ),
    ]);
    expect(bed.api.counts().received).toBe(0);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await completes(bed, 2, 0);
  });

  test('while evals run: what was recorded before stays, and the next run goes on', async (context) => {
    const bed = await smallDisk(context, { samples: [2, 6, 2] });
    let stopFilling = (): void => {};
    const result = await runUntil(bed, { answered: 4, held: 4 }, () => {
      // What is freed is taken again.
      stopFilling = bed.api.onRequest(() => fill(bed));
      fill(bed);
      bed.api.release();
    });
    expect([...annotations(result), logOf(result)].join('\n')).toMatch(/ENOSPC|No space left on device/);
    expect(annotations(result).filter((line) => line.includes('please report'))).toEqual([]);
    const done = bed.doneEvals();
    expect(done[0]).toBe(key(0));
    expect(bed.records().map((record) => record.eval)).toEqual(done);
    expect(bed.rejected()).toEqual([]);
    stopFilling();
    const all = bed.api.requests.length;
    rmSync(filler(bed));
    const next = await bed.run({ runAttempt: 2, cache: false });
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', reused: String(done.length) });
    // The two answers of the second eval that were there when the disk was not full are paid for once.
    const again = bed.api.requests.slice(all).map(({ bodySha256 }) => bodySha256);
    const before = bed.api.requests.slice(0, all).filter(({ n }) => n <= 4);
    expect(before.filter(({ bodySha256 }) => again.includes(bodySha256))).toEqual([]);
    expect(bed.rejected()).toEqual([]);
  });

  test('for the record of an eval: the run ends there, and no answer is lost', async (context) => {
    const bed = await smallDisk(context, { samples: [2, 3, 2] });
    const completions = bed.path('resume/completions.jsonl');
    const result = await runUntil(bed, { answered: 4, held: 1 }, () => {
      execFileSync('mount', ['--bind', completions, completions]);
      execFileSync('mount', ['-o', 'remount,bind,ro', completions]);
      bed.api.release();
    });
    execFileSync('umount', [completions]);
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: The state directory .* cannot be read or written: EROFS.*\[STATE_UNWRITABLE\]$/s,
      ),
    ]);
    expect(bed.doneEvals()).toEqual([key(0)]);
    expect(bed.api.counts().received, 'the third eval was not begun').toBe(5);
    const next = await completes(bed, 7, 5);
    expect(next.outputs).toMatchObject({ reused: '1', fresh: '2' });
  });
});
