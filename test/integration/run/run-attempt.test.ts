/** How an attempt ends, with real processes in place of `oaieval`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { spawnGroup } from '../../../src/process/group.ts';
import { liveRecordFile } from '../../../src/progress/paths.ts';
import type { ExecuteOptions } from '../../../src/run/execute-eval.ts';
import { EVAL, ScriptEngine, singleEval } from '../../helpers/single-eval.ts';

describe('attempt: the end of its process', () => {
  test.each<[string, string, object]>([
    ['code 0 and a report complete the eval', 'report()', { status: 'fresh' }],
    [
      'code 0 without a report is a failure',
      '',
      { status: 'failed', reason: expect.stringContaining('recorded no final report') },
    ],
    [
      'another code is a failure, also with a report',
      'report(); process.exitCode = 3',
      { status: 'failed', reason: 'it exited with code 3; it printed nothing' },
    ],
    [
      'a signal is a failure, also with a report',
      "report(); process.kill(process.pid, 'SIGTERM'); hang()",
      { status: 'failed', reason: 'it was killed by SIGTERM' },
    ],
    [
      'code 0 with a torn record is a failure',
      'fs.writeFileSync(record, \'{"final_report": {\')',
      { status: 'failed', reason: expect.stringContaining('recorded no final report') },
    ],
  ])('attempt: %s', async (_, script, expected) => {
    const { execute, state, journals } = await singleEval(new ScriptEngine(script));
    const outcome = await execute();
    expect(outcome).toMatchObject(expected);
    expect(state.isDone(EVAL.command)).toBe(outcome.status === 'fresh');
    expect(journals.openSegments).toBe(0);
  });

  test('attempt: a record of an earlier attempt, or of a run that was killed, is not used', async () => {
    const engine = new ScriptEngine('if (attempt === 1) { report(); process.exitCode = 1 }');
    const { execute, state } = await singleEval(engine);
    const record = liveRecordFile(state.paths, EVAL.key);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, '{"final_report": {"accuracy": 1}}\n');
    expect(await execute({ attempts: 2 })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('recorded no final report'),
    });
    expect(engine.attempts).toBe(2);
  });

  test('attempt: an eval that cannot be started has failed, and is retried like any other', async () => {
    let starts = 0;
    const engine: Engine = {
      start({ onLine }) {
        starts += 1;
        return spawnGroup('/nowhere/python', [], { cwd: '/', env: {}, onLine });
      },
      async close() {},
    };
    const { execute } = await singleEval(engine, { attempts: 2 });
    expect(await execute()).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^it could not be started: .*ENOENT/),
    });
    expect(starts).toBe(2);
  });

  test('attempt: the outcome has the last 30 lines of the output', async () => {
    const engine = new ScriptEngine('for (let n = 1; n <= 100; n += 1) say(n); process.exitCode = 1');
    const { execute } = await singleEval(engine);
    const lastLines = Array.from({ length: 30 }, (_, n) => String(71 + n));
    expect(await execute()).toMatchObject({ status: 'failed', lastLines });
  });
});

describe('attempt: stopped with the run', () => {
  /** Stops the run when the script has printed `ready`. */
  async function stopWhenReady(script: string, options: Partial<ExecuteOptions> = {}) {
    const stopping = new AbortController();
    const { execute, log } = await singleEval(new ScriptEngine(script), {
      stopped: stopping.signal,
      ...options,
    });
    const ended = execute();
    await vi.waitFor(() => expect(log.lines).toContain('child: ready'), { timeout: 30_000 });
    stopping.abort(new Error('the job was cancelled'));
    return { outcome: await ended, lines: log.lines };
  }

  test('attempt: an eval that is stopped is pending, not failed, and is not retried', async () => {
    const { outcome, lines } = await stopWhenReady("say('ready'); hang()", { attempts: 3 });
    expect(outcome).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
    expect(lines.filter((line) => line.startsWith('attempt '))).toEqual([]);
  });

  test('attempt: an eval that ignores SIGINT is killed after the grace period', async () => {
    const script = "process.on('SIGINT', () => {}); say('ready'); hang()";
    const { outcome } = await stopWhenReady(script, { graceMs: 50 });
    expect(outcome).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
  });

  test('attempt: an eval that reports after SIGINT is completed', async () => {
    const script = "process.on('SIGINT', () => { report(); process.exit(0) }); say('ready'); hang()";
    const { outcome } = await stopWhenReady(script);
    expect(outcome.status).toBe('fresh');
  });
});
