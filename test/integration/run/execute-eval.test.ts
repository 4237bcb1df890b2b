/** One eval, as often as it may be tried. Real processes stand in for `oaieval`; gateway, journals and state are real. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Engine, EngineLost } from '../../../src/engine/engine.ts';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import { startGateway } from '../../../src/gateway/gateway.ts';
import { providerUrls } from '../../../src/gateway/providers.ts';
import { type Exit, spawnGroup } from '../../../src/process/group.ts';
import { Journal } from '../../../src/progress/journal.ts';
import { Journals } from '../../../src/progress/journals.ts';
import { liveRecordFile, type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { type ExecuteOptions, executeEval } from '../../../src/run/execute-eval.ts';
import { owner, planned, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { apiFaults, type Faults } from '../../stand-ins/api-faults.ts';
import { startModelApi } from '../../stand-ins/model-api.ts';

const EVAL = planned('a.dev.v0');

/** What the programs below share: which `attempt` this is, `say`, `report`, `post`, `ask`, and ways to wait. */
const PRELUDE = `
const fs = require('node:fs');
const record = process.argv.at(-1);
const count = 'attempts';
const attempt = fs.existsSync(count) ? Number(fs.readFileSync(count, 'utf8')) + 1 : 1;
fs.writeFileSync(count, String(attempt));
const say = (line) => process.stdout.write(line + '\\n');
const report = () => fs.writeFileSync(record, '{"final_report": {"accuracy": 0.5}}\\n');
const post = async (path, fields) => {
  const headers = { authorization: 'Bearer sk-test' };
  const body = JSON.stringify(fields);
  const response = await fetch(process.env.OPENAI_BASE_URL + path, { method: 'POST', headers, body });
  await response.text();
};
const ask = (content) => post('/chat/completions', { model: 'gpt-4', messages: [{ role: 'user', content }] });
const forEver = () => new Promise((resolve) => setTimeout(resolve, 600_000));
const until = async (file) => { while (!fs.existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5)); };
`;

interface BenchOptions extends Partial<ExecuteOptions> {
  readonly faults?: Faults;
}

/** An eval that does what the script says. */
async function bench(script: string, { faults, ...options }: BenchOptions = {}) {
  const api = await startModelApi(faults ? { faults } : {});
  const gateway = await startGateway({
    env: {},
    urls: providerUrls({ OPENAI_BASE_URL: api.url }),
    maxRequestsInFlight: 4,
    log: silentLog,
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 2, maxAttempts: 2 },
  });
  onTestFinished(async () => {
    await gateway.close();
    await api.close();
  });
  const cwd = temporaryDirectory();
  const paths = statePaths(temporaryDirectory(), 'gpt-4', 'set');
  const state = State.open({ paths, owner, log: silentLog });
  const program = `${PRELUDE}(async () => {${script}\n})();`;
  const engine: Engine = {
    start: ({ args, env, onLine }) =>
      spawnGroup(process.execPath, ['-e', program, '--', ...args], {
        cwd,
        env: { PATH: process.env.PATH, ...env },
        onLine,
      }),
    async close() {},
  };
  const log = recordingLog();
  const journals = new Journals(paths);
  const complete: ExecuteOptions = {
    state,
    engine,
    command: { model: 'gpt-4', args: [], registryPaths: [] },
    run: { repository: 'o/r', id: '1', attempt: 1 },
    attempts: 1,
    gateway,
    sampleResume: true,
    threads: undefined,
    stopped: new AbortController().signal,
    limits: { evalTimeout: undefined, stallTimeout: 600_000 },
    journals,
    grace: 600_000,
    deadline: new AbortController().signal,
    ...options,
  };
  return {
    api,
    cwd,
    paths,
    state,
    engine,
    log,
    journals,
    execute: (more: Partial<ExecuteOptions> = {}) => executeEval(EVAL, { ...complete, ...more }, log),
    attempts: () => Number(readFileSync(join(cwd, 'attempts'), 'utf8')),
    untilSaid: (line: string) =>
      vi.waitFor(() => expect(log.lines).toContain(`child: ${line}`), { timeout: 30_000 }),
  };
}

/** Answers that its journal would replay. */
function keptAnswers(paths: StatePaths): number {
  const { value: fingerprint, parts } = EVAL.fingerprint;
  const { journal } = Journal.open(paths, { eval: EVAL.key, repository: 'o/r', fingerprint, parts });
  onTestFinished(() => journal.close());
  return journal.size;
}

describe('what an eval that ends comes to', () => {
  test.each<[string, string, object]>([
    ['code 0 and a report: it is done', 'report()', { status: 'fresh' }],
    [
      'code 0 without a report',
      '',
      { status: 'failed', reason: expect.stringContaining('recorded no final report') },
    ],
    [
      'another code, whatever it reported',
      'report(); process.exitCode = 3',
      { status: 'failed', reason: 'oaieval exited with code 3' },
    ],
    [
      'a signal, whatever it reported',
      "report(); process.kill(process.pid, 'SIGTERM'); await forEver()",
      { status: 'failed', reason: 'it was killed by SIGTERM' },
    ],
    [
      'a record that is no JSON',
      'fs.writeFileSync(record, \'{"final_report": {\')',
      { status: 'failed', reason: expect.stringContaining('recorded no final report') },
    ],
  ])('%s', async (_, script, expected) => {
    const { execute, state, journals } = await bench(script);
    const outcome = await execute();
    expect(outcome).toMatchObject(expected);
    expect(state.isDone(EVAL.command)).toBe(outcome.status === 'fresh');
    expect(journals.openSegments).toBe(0);
  });

  test('what an earlier attempt, or a run that was killed, has reported is not its own', async () => {
    const { execute, paths, attempts } = await bench('if (attempt === 1) { report(); process.exitCode = 1 }');
    const record = liveRecordFile(paths, EVAL.key);
    mkdirSync(join(record, '..'), { recursive: true });
    writeFileSync(record, '{"final_report": {"accuracy": 1}}\n');
    expect(await execute({ attempts: 2 })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('recorded no final report'),
    });
    expect(attempts()).toBe(2);
  });

  test('one that cannot be started has failed, and is tried as often as any other', async () => {
    let starts = 0;
    const engine: Engine = {
      start({ onLine }) {
        starts += 1;
        return spawnGroup('/nowhere/python', [], { cwd: '/', env: {}, onLine });
      },
      async close() {},
    };
    const { execute } = await bench('', { engine, attempts: 2 });
    expect(await execute()).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^it could not be started: .*ENOENT/),
    });
    expect(starts).toBe(2);
  });

  test('of what it printed the last 30 lines are kept', async () => {
    const { execute } = await bench('for (let n = 1; n <= 100; n += 1) say(n); process.exitCode = 1');
    const lastLines = Array.from({ length: 30 }, (_, n) => String(71 + n));
    expect(await execute()).toMatchObject({ status: 'failed', lastLines });
  });
});

describe('attempts', () => {
  test.each([
    [1, 'failed', 1],
    [2, 'failed', 2],
    [3, 'fresh', 3],
    [5, 'fresh', 3],
  ])('an eval that succeeds the third time, with %i of them: %s after %i', async (attempts, status, made) => {
    const bed = await bench('if (attempt === 3) report(); else process.exitCode = 1', { attempts });
    expect((await bed.execute()).status).toBe(status);
    expect(bed.attempts()).toBe(made);
  });

  test('one that its engine lost does not count', async () => {
    let starts = 0;
    const { execute, engine, log } = await bench('report()');
    const losing: Engine = {
      start(execution) {
        starts += 1;
        if (starts > 2) return engine.start(execution);
        return { exit: Promise.reject(new EngineLost('the host has ended')), signal() {} };
      },
      async close() {},
    };
    expect(await execute({ engine: losing })).toMatchObject({ status: 'fresh' });
    expect(starts).toBe(3);
    expect(log.lines.filter((line) => line.includes('does not count as an attempt'))).toHaveLength(2);
  });
});

describe('an eval that is ended', () => {
  const stubborn = "process.on('SIGINT', () => {}); say('there'); await forEver()";

  test('by its time limit: it has failed, and may be tried again', async () => {
    const { execute, attempts } = await bench('if (attempt === 1) await forEver(); report()', {
      attempts: 2,
      limits: { evalTimeout: 2000, stallTimeout: 600_000 },
    });
    expect((await execute()).status).toBe('fresh');
    expect(attempts()).toBe(2);
  });

  test('and does not mind SIGINT: it is killed after the time that it is given', async () => {
    const stopping = new AbortController();
    const { execute, untilSaid } = await bench(stubborn, { stopped: stopping.signal, grace: 50 });
    const ended = execute();
    await untilSaid('there');
    stopping.abort(new Error('the job was cancelled'));
    expect(await ended).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
  });

  test('because the run ends: it is pending, not failed, and not tried again', async () => {
    const stopping = new AbortController();
    const { execute, untilSaid, log } = await bench("say('there'); await forEver()", {
      stopped: stopping.signal,
      attempts: 3,
    });
    const ended = execute();
    await untilSaid('there');
    stopping.abort(new Error('the job was cancelled'));
    expect(await ended).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
    expect(log.lines.filter((line) => line.startsWith('attempt '))).toEqual([]);
  });

  test('and reports all the same: it is done', async () => {
    const stopping = new AbortController();
    const { execute, untilSaid } = await bench(
      "process.on('SIGINT', () => { report(); process.exit(0) }); say('there'); await forEver()",
      { stopped: stopping.signal },
    );
    const ended = execute();
    await untilSaid('there');
    stopping.abort(new Error('the job was cancelled'));
    expect((await ended).status).toBe('fresh');
  });

  test('before it began: it is ended at once', async () => {
    const { execute } = await bench('await forEver()', {
      stopped: AbortSignal.abort(new Error('the job was cancelled')),
    });
    expect(await execute()).toMatchObject({ status: 'pending', reason: 'the job was cancelled' });
  });

  /** Starts what prints one line, and does nothing until it is told to end. */
  const quiet = (signals: string[] = []): Engine => ({
    start({ onLine }) {
      const { promise: exit, resolve } = Promise.withResolvers<Exit>();
      onLine('Running…');
      return {
        exit,
        signal(signal) {
          signals.push(signal);
          if (signal === 'SIGINT') resolve({ code: null, signal });
        },
      };
    },
    async close() {},
  });

  test.each([
    ['eval-timeout', { evalTimeout: 1, stallTimeout: 600_000 }, 'it took longer than the eval-timeout'],
    ['stall-timeout', { evalTimeout: undefined, stallTimeout: 1 }, 'it did nothing for the stall-timeout'],
  ])('by its %s: why, and what it printed last, is told', async (_, limits, why) => {
    const { execute } = await bench('', { engine: quiet(), limits });
    expect(await execute()).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(new RegExp(`^${why} of .*it printed last, .* ago: Running…$`)),
    });
  });

  test('what it left running is killed with it, and nothing is signalled later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const signals: string[] = [];
    const engine = quiet(signals);
    const { execute } = await bench('', { engine, stopped: AbortSignal.abort(new Error('cancelled')) });
    await execute();
    vi.advanceTimersByTime(1_000_000);
    expect(signals).toEqual(['SIGINT', 'SIGKILL']);
  });
});

describe('answers of an eval that has not finished', () => {
  test('are there for its next attempt', async () => {
    const bed = await bench("await ask('x'); if (attempt === 2) report(); else process.exitCode = 1", {
      attempts: 2,
    });
    expect(await bed.execute()).toMatchObject({
      status: 'fresh',
      record: { requests: { sent: 0, replayed: 1 } },
    });
    expect(bed.api.counts().received).toBe(1);
    expect(keptAnswers(bed.paths), 'it is done, and needs them no more').toBe(0);
  });

  const failsAfterAnswer = "await ask('x'); process.exitCode = 1";
  const withoutThem = /^Its last attempt does not use recorded responses/;

  test('are used in each attempt of the run that paid for them', async () => {
    const bed = await bench(failsAfterAnswer, { attempts: 3 });
    expect((await bed.execute()).status).toBe('failed');
    expect(bed.attempts()).toBe(3);
    expect(bed.api.counts().received).toBe(1);
    expect(keptAnswers(bed.paths)).toBe(1);
    expect(bed.log.lines).toContainEqual(expect.stringMatching(/^Its 1 recorded responses are kept/));
  });

  test.each([
    ['the last of several attempts', 2, 2],
    ['one attempt more', 1, 2],
  ])(
    'of an earlier run that it fails on: %s requests them again, and none is lost',
    async (_, attempts, runs) => {
      const bed = await bench(failsAfterAnswer);
      expect((await bed.execute()).status).toBe('failed');
      expect((await bed.execute({ attempts })).status).toBe('failed');
      expect(bed.attempts()).toBe(1 + runs);
      expect(bed.api.counts().received).toBe(2);
      expect(bed.log.lines).toContainEqual(expect.stringMatching(withoutThem));
      expect(keptAnswers(bed.paths)).toBe(1);

      expect((await bed.execute({ attempts })).status).toBe('failed');
      expect(bed.api.counts().received, 'it fails in the same way without them: they are not to blame').toBe(
        2,
      );
    },
  );

  test.each([
    ['FileNotFoundError: [Errno 2] No such file', 'eval_sample', 1],
    ['ModuleNotFoundError: No module named "x"', 'eval_sample', 1],
    ['MemoryError', 'eval_sample', 1],
    ['ValueError: behind the last sample', 'run', 1],
    ['ValueError: of a sample', 'eval_sample', 2],
    ['openai.NotFoundError: Error code: 404', 'run', 2],
  ])('of an earlier run, and %s in %s: %i requests in all', async (exception, name, requests) => {
    const lines = [
      'Traceback (most recent call last):',
      `  File "own.py", line 7, in ${name}`,
      '    f()',
      exception,
    ];
    const bed = await bench(
      `await ask('x'); console.log(${JSON.stringify(lines.join('\n'))}); process.exitCode = 1`,
    );
    await bed.execute();
    expect(await bed.execute({ attempts: 2 })).toMatchObject({ reason: `it ended with ${exception}` });
    expect(bed.api.counts().received).toBe(requests);
  });

  test('are not replayed to an eval that makes something at the API, which is asked from its start', async () => {
    const bed = await bench("await ask('x'); await post('/conversations', {}); process.exitCode = 1", {
      attempts: 2,
    });
    expect((await bed.execute()).status).toBe('failed');
    expect(bed.api.requests.map(({ path }) => path.replace('/v1', ''))).toEqual(
      Array(2).fill(['/chat/completions', '/conversations']).flat(),
    );
    expect(bed.log.lines).toContainEqual(expect.stringContaining('(POST /conversations)'));
    await bed.execute({ attempts: 1 });
    expect(bed.api.requests, 'in the next run as well').toHaveLength(6);
  });

  test.each([
    ['it was ended', "await ask('x'); await forEver()", { evalTimeout: 2000, stallTimeout: 600_000 }],
    ['it asked for nothing', "if (attempt === 1) await ask('x'); process.exitCode = 1", undefined],
    ['it asked for more', "await ask('x'); await ask(String(attempt)); process.exitCode = 1", undefined],
  ])('are kept when %s', async (_, script, limits) => {
    const bed = await bench(script, { attempts: 2, ...(limits && { limits }) });
    expect((await bed.execute()).status).toBe('failed');
    expect(bed.attempts()).toBe(2);
    const received = bed.api.requests.filter(({ body }) => JSON.stringify(body).includes('"x"'));
    expect(received).toHaveLength(1);
  });

  test('are kept when it failed while another is on its way', { timeout: 10_000 }, async () => {
    const bed = await bench("await ask('x'); ask('y'); await until('sent'); process.exit(1)", {
      attempts: 2,
      deadline: AbortSignal.abort(),
    });
    bed.api.holdWhen(({ body }) => JSON.stringify(body).includes('"y"'));
    const ended = bed.execute();
    await bed.api.untilHeld(1);
    writeFileSync(join(bed.cwd, 'sent'), '');
    expect((await ended).status).toBe('failed');
    expect(bed.attempts()).toBe(2);
    expect(bed.api.counts().received).toBe(2);
  });

  const leaving = "ask('x'); await until('sent'); process.exit(1)";

  test('that it has asked for when it ends are waited for and kept', async () => {
    const bed = await bench(leaving);
    bed.api.holdAfter(0);
    const ended = bed.execute();
    await bed.api.untilHeld(1);
    writeFileSync(join(bed.cwd, 'sent'), '');
    const waits = 'Waiting for 1 requests that were already sent to the API.';
    await vi.waitFor(() => expect(bed.log.lines).toContain(waits), { timeout: 30_000 });
    bed.api.release();
    expect((await ended).status).toBe('failed');
    expect(keptAnswers(bed.paths)).toBe(1);
  });

  test('are not waited for when there is no time', { timeout: 10_000 }, async () => {
    const bed = await bench(leaving, { deadline: AbortSignal.abort() });
    bed.api.holdAfter(0);
    const ended = bed.execute();
    await bed.api.untilHeld(1);
    writeFileSync(join(bed.cwd, 'sent'), '');
    expect((await ended).status).toBe('failed');
    expect(keptAnswers(bed.paths)).toBe(0);
  });

  test('that the API refused or gave up are none: what it reports without them is no result', async () => {
    const bed = await bench("await ask('y'); await ask('x'); report()", {
      faults: ({ body }) => (JSON.stringify(body).includes('"x"') ? apiFaults.serverError() : undefined),
    });
    expect(await bed.execute()).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(
        '1 of its requests were not answered by the API, and it reported a result without them: 500',
      ),
    });
    expect(bed.state.isDone(EVAL.command)).toBe(false);
    bed.api.setFaults();
    expect((await bed.execute()).status).toBe('fresh');
  });
});
