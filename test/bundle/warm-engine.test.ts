/** The warm engine: evals side by side in processes forked from one, whatever ends any of these processes. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunningAction, RunResult } from '../helpers/runner.ts';
import type { ModelRequest } from '../stand-ins/model-request.ts';
import { Bed, type BedOptions, type BedRun, logOf } from './bed.ts';

const fixtures = join(import.meta.dirname, '../fixtures/warm-engine');
const onLinux = describe.runIf(process.platform === 'linux');

/** The evals of `warm-talking`: each asks three times, one question after the other. */
const TALKING = ['warm-talk-a', 'warm-talk-b', 'warm-talk-c', 'warm-talk-d'];

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

type Context = Parameters<typeof Bed.make>[0];

/** A bed whose processes, all of them, bear a mark. */
interface MarkedBed {
  readonly bed: Bed;
  readonly mark: string;
}

async function bedFor(
  { onTestFinished }: Context,
  evalSet: string,
  { inputs, env, ...rest }: Partial<BedOptions> = {},
): Promise<MarkedBed> {
  const mark = `OAIEVALSET_TEST=${randomUUID()}`;
  // Registered first, so that it comes last: what a test that fails leaves running.
  onTestFinished(() => {
    for (const { pid } of processesOf(mark)) kill(pid, 'SIGKILL');
  });
  const bed = await Bed.make(
    { onTestFinished },
    {
      python,
      model: 'gpt-3.5-turbo',
      evalSet,
      api: {},
      env: {
        PYTHONPATH: join(fixtures, 'modules'),
        PYTHONDONTWRITEBYTECODE: '1',
        OAIEVALSET_TEST: mark.split('=')[1] ?? '',
        ...env,
      },
      inputs: {
        engine: 'warm',
        'parallel-evals': '4',
        attempts: '1',
        'registry-path': join(fixtures, 'registry'),
        ...inputs,
      },
      ...rest,
    },
  );
  return { bed, mark };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** Processes that live and bear the mark. A process cannot lose what it was started with. */
function processesOf(mark: string): Process[] {
  return allProcesses().filter(
    ({ pid, state }) => state !== 'Z' && state !== 'X' && proc(pid, 'environ').split('\0').includes(mark),
  );
}

function allProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = proc(Number(name), 'stat');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === undefined || parent === undefined) return [];
      const command = proc(Number(name), 'cmdline').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), state, command }];
    });
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The processes that evals are forked from, and those that were. */
function warm(mark: string): { readonly hosts: Process[]; readonly children: Process[] } {
  const all = processesOf(mark).filter(({ command }) => command.includes('/host.py '));
  const pids = new Set(all.map(({ pid }) => pid));
  return {
    hosts: all.filter(({ parent }) => !pids.has(parent)),
    children: all.filter(({ parent }) => pids.has(parent)),
  };
}

/** The processes of evals, whatever the engine. */
function evalsOf(mark: string): Process[] {
  const own = processesOf(mark).filter(({ command }) => command.includes('/leash.py '));
  return [...own, ...warm(mark).children];
}

function actionOf(mark: string): Process {
  const found = processesOf(mark).find(({ command }) => command.includes('/dist/main/index.js'));
  if (!found) throw new Error('the action does not run');
  return found;
}

function theHost(mark: string): Process {
  const [host, ...others] = warm(mark).hosts;
  if (!host || others.length > 0) throw new Error(`there is not one host: ${others.length + (host ? 1 : 0)}`);
  return host;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** /proc tells nobody when it changes: it is looked at until it is so, or the test has failed. */
async function until(what: string, holds: () => boolean, milliseconds = 15_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await pause(20);
  }
}

const untilNoneIsLeft = (mark: string): Promise<void> =>
  until('no process is left', () => processesOf(mark).length === 0);

interface Started {
  readonly main: RunningAction;
  readonly ended: Promise<RunResult>;
}

/** Starts the action and waits until so many answers are held back. */
async function startUntilHeld(bed: Bed, held: number, run: BedRun = {}): Promise<Started> {
  const { main, ended } = bed.start({ cache: false, ...run });
  const first = await Promise.race([bed.api.untilHeld(held), ended]);
  if (first) throw new Error(`the action ended before ${held} answers were held:\n${logOf(first)}`);
  return { main: await main, ended };
}

const asksFor = (question: number) => (request: ModelRequest) =>
  JSON.stringify(request.body).includes(`question ${question}`);

/** Bodies of the requests that were answered. */
const answered = (bed: Bed): string[] =>
  bed.api.requests.filter(({ status }) => status === 200).map(({ bodySha256 }) => bodySha256);

const lost = (result: RunResult) =>
  result.annotations.filter(({ title }) => title === 'Warm engine lost').map(({ message }) => message);

const failures = (result: RunResult): Record<string, string> =>
  Object.fromEntries(
    result.annotations.flatMap(({ level, title, message }) => {
      const [, name] = /^Eval (\S+) failed$/.exec(title ?? '') ?? [];
      return level === 'error' && name ? [[name, message.split('\n')[0] ?? '']] : [];
    }),
  );

const executions = (bed: Bed): string[] =>
  readFileSync(join(bed.directory, 'executions'), 'utf8').trim().split('\n');

onLinux.concurrent('evals side by side', () => {
  test('all of a set at once, and the lines of each stand together', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-talking');
    bed.api.holdWhen(asksFor(1));
    const { ended } = await startUntilHeld(bed, 4);
    expect(warm(mark).children).toHaveLength(4);
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);

    const groups = result.groups.filter(({ title }) => title.includes('warm-talk'));
    expect(groups.map(({ title }) => title.replace(/ done in \d.*/, '')).toSorted()).toEqual(
      groups.map(({ title }, index) => `[${index + 1}/4] ${/warm-talk-./.exec(title)?.[0]} …`),
    );
    expect(groups.map(({ title }) => /warm-talk-./.exec(title)?.[0]).toSorted()).toEqual(TALKING);
    for (const { title, lines } of groups) {
      const name = /warm-talk-./.exec(title)?.[0];
      const says = lines.filter((line) => line.includes(' says '));
      expect(says).toEqual([0, 1, 2].map((number) => `│ ${name}.dev.v0 says ${number}`));
    }
    const inGroups = groups.flatMap(({ lines }) => lines).filter((line) => line.startsWith('│'));
    expect(result.lines.filter((line) => line.startsWith('│'))).toEqual(inGroups);
  });

  test('the samples of all evals of test-basic are asked about at once', async (context) => {
    const { bed, mark } = await bedFor(context, 'test-basic');
    bed.api.holdAfter(0);
    // Four evals of three samples.
    const { ended } = await startUntilHeld(bed, 12);
    expect(warm(mark).children).toHaveLength(4);
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(bed.api.counts().received).toBe(12);
  });

  test.for(['warm', 'oaieval'])('an eval that has ended is no zombie, engine %s', async (engine, context) => {
    const { bed, mark } = await bedFor(context, 'warm-talking', { inputs: { engine } });
    bed.api.holdWhen((request) => JSON.stringify(request.body).includes('warm-talk-a'));
    const { main, ended } = await startUntilHeld(bed, 1);
    for (const name of TALKING.slice(1)) await main.untilLine(new RegExp(`${name} … done in`));
    expect(evalsOf(mark)).toHaveLength(1);
    const parents = [actionOf(mark), ...warm(mark).hosts].map(({ pid }) => pid);
    expect(parents).toHaveLength(engine === 'warm' ? 2 : 1);
    const zombies = () =>
      allProcesses().filter(({ state, parent }) => state === 'Z' && parents.includes(parent));
    expect(zombies()).toEqual([]);
    const last = [...parents, ...evalsOf(mark).map(({ pid }) => pid)];
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    await until('all are gone, waited for', () => !allProcesses().some(({ pid }) => last.includes(pid)));
  });

  test('with exit-on-error nothing starts after a failure, and what runs may end', async (context) => {
    const { bed } = await bedFor(context, 'warm-stopping', {
      inputs: { 'parallel-evals': '2', 'exit-on-error': 'true' },
    });
    bed.api.holdAfter(0);
    const { main, ended } = await startUntilHeld(bed, 1, {
      env: { EXECUTIONS: join(bed.directory, 'executions') },
    });
    await main.untilLine(/warm-raises … failed after/);
    bed.api.release();
    const result = await ended;
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs, logOf(result)).toMatchObject({
      complete: 'false',
      fresh: '1',
      failed: '1',
      pending: '2',
    });
    expect(executions(bed).toSorted()).toEqual(['warm-asks.dev.v0', 'warm-raises.dev.v0']);
    expect(result.orphans).toEqual([]);
  });

  test('what draws random numbers draws others in each eval', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-drawing');
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    expect(processesOf(mark)).toEqual([]);
    const [one, other] = bed.records().map(({ metrics }) => metrics);
    for (const source of ['numpy', 'random', 'default_rng']) {
      expect(one?.[source]).toEqual(expect.any(Number));
      expect(one?.[source]).not.toBe(other?.[source]);
    }
  });

  test('cancelled: all end, what was answered is kept, and no process is left', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-talking');
    bed.api.holdWhen(asksFor(1));
    const { main, ended } = await startUntilHeld(bed, 4);
    main.cancel();
    const result = await ended;
    expect(result.signal).toBeNull();
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs).toMatchObject({ complete: 'false', fresh: '0', pending: '4', failed: '0' });
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);

    bed.api.release();
    const again = await bed.run({ cache: false, runAttempt: 2 });
    expect(again.outputs, logOf(again)).toMatchObject({
      complete: 'true',
      'requests-replayed': '4',
      'requests-sent': '8',
    });
    expect(new Set(answered(bed)).size).toBe(answered(bed).length);
  });
});

onLinux.concurrent('processes that die', () => {
  test('the host, twice: evals run again, which is no attempt, and at last in processes of their own', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-talking');
    bed.api.holdWhen(asksFor(1));
    const { main, ended } = await startUntilHeld(bed, 4);
    const first = theHost(mark);
    const orphaned = new Set(warm(mark).children.map(({ pid }) => pid));
    kill(first.pid, 'SIGKILL');
    await main.untilLine(/::warning title=Warm engine lost::.*It is started again/);
    await until('no child outlives its host', () => !processesOf(mark).some(({ pid }) => orphaned.has(pid)));

    await until('the second host has forked all evals', () => warm(mark).children.length === 4);
    const second = theHost(mark);
    expect(second.pid).not.toBe(first.pid);
    kill(second.pid, 'SIGKILL');
    await main.untilLine(/::warning title=Warm engine lost::.*a process of its own/);
    const own = () => processesOf(mark).filter(({ command }) => command.includes('/leash.py '));
    await until('each eval has a process', () => own().length === 4);
    expect(warm(mark)).toEqual({ hosts: [], children: [] });

    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4', failed: '0' });
    expect(lost(result)).toEqual([
      expect.stringContaining('ended with SIGKILL. It is started again.'),
      expect.stringContaining('ended with SIGKILL. From here on'),
    ]);
    // One attempt is all that there was.
    expect(logOf(result)).not.toMatch(/attempt \d of/);
    expect(answered(bed)).toHaveLength(12);
    expect(new Set(answered(bed)).size).toBe(12);
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });

  test.for([
    ['fails when it was the only attempt', '1', { complete: 'false', fresh: '3', failed: '1' }],
    ['is tried again when it may be', '2', { complete: 'true', fresh: '4', failed: '0' }],
  ] as const)('an eval that is killed %s, and no other suffers', async ([, attempts, outputs], context) => {
    const { bed, mark } = await bedFor(context, 'warm-talking', { inputs: { attempts } });
    bed.api.holdWhen(asksFor(1));
    const { ended } = await startUntilHeld(bed, 4);
    const [victim] = warm(mark).children;
    expect(victim).toBeDefined();
    kill(victim?.pid ?? 0, 'SIGKILL');
    await until('its end is seen', () => !existsSync(`/proc/${victim?.pid}`));
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject(outputs);
    expect(Object.values(failures(result))).toEqual(
      attempts === '1' ? [expect.stringContaining('it was killed by SIGKILL')] : [],
    );
    if (attempts === '2') expect(result.lines).toContainEqual(expect.stringContaining('attempt 1 of 2'));
    expect(lost(result)).toEqual([]);
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });

  test.for(['warm', 'oaieval'])(
    'the action: nothing goes on without it, engine %s',
    async (engine, context) => {
      const { bed, mark } = await bedFor(context, 'warm-talking', { inputs: { engine } });
      bed.api.holdWhen(asksFor(1));
      const { main, ended } = await startUntilHeld(bed, 4, { phase: 'main', leaveOrphans: true });
      expect(evalsOf(mark)).toHaveLength(4);
      main.kill('SIGKILL');
      await untilNoneIsLeft(mark);
      expect((await ended).signal).toBe('SIGKILL');
    },
  );

  test.for([
    ['the action', 'oaieval'],
    ['the action', 'warm'],
    ['the action and the host', 'warm'],
  ] as const)('%s, while no thread of an eval gets a turn, engine %s', async ([who, engine], context) => {
    const { bed, mark } = await bedFor(context, 'warm-never-letting-go', { inputs: { engine } });
    const stuck = join(bed.directory, 'STUCK');
    const ended = bed.run({ cache: false, phase: 'main', leaveOrphans: true, env: { STUCK: stuck } });
    await until('the eval is stuck', () => existsSync(stuck), 60_000);
    expect(evalsOf(mark)).toHaveLength(1);
    const node = actionOf(mark);
    if (who === 'the action and the host') {
      kill(node.pid, 'SIGSTOP');
      kill(theHost(mark).pid, 'SIGKILL');
    }
    kill(node.pid, 'SIGKILL');
    await untilNoneIsLeft(mark);
    expect((await ended).signal).toBe('SIGKILL');
  });

  test('the action, while the host waits for an import that never ends', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-hanging');
    const hang = join(bed.directory, 'HANG');
    writeFileSync(hang, '');
    const node = () => processesOf(mark).find(({ command }) => command.includes('/dist/main/index.js'));
    const ended = bed.run({ cache: false, phase: 'main', leaveOrphans: true, env: { HANG: hang } });
    await until('the import hangs', () => existsSync(`${hang}.hangs`), 60_000);
    expect(warm(mark).hosts).toHaveLength(1);
    kill(node()?.pid ?? 0, 'SIGKILL');
    await untilNoneIsLeft(mark);
    expect((await ended).signal).toBe('SIGKILL');
  });

  test('cancelled while a new host waits for an import that never ends', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-hanging');
    const hang = join(bed.directory, 'HANG');
    bed.api.holdAfter(0);
    const { main, ended } = await startUntilHeld(bed, 1, { env: { HANG: hang } });
    writeFileSync(hang, '');
    kill(theHost(mark).pid, 'SIGKILL');
    await until('the import hangs', () => existsSync(`${hang}.hangs`), 60_000);
    main.cancel();
    const result = await ended;
    // It was not the runner's SIGKILL that ended it.
    expect(result.signal, logOf(result)).toBeNull();
    expect(result.outputs).toMatchObject({ complete: 'false', pending: '1', failed: '0' });
    expect(lost(result)).toEqual([expect.stringContaining('It is started again.')]);
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });

  test('a host whose modules started a process that keeps its output', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-with-process');
    const sleeping = () => processesOf(mark).filter(({ command }) => command.startsWith('sleep 1000'));
    bed.api.holdWhen(asksFor(1));
    const { main, ended } = await startUntilHeld(bed, 1);
    expect(sleeping()).toHaveLength(1);
    kill(theHost(mark).pid, 'SIGKILL');
    await main.untilLine(/::warning title=Warm engine lost::/);
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });

  test.for(['warm', 'oaieval'])(
    'a process that an eval leaves behind, engine %s',
    async (engine, context) => {
      const { bed, mark } = await bedFor(context, 'warm-starting', { inputs: { engine } });
      const sleeping = () => processesOf(mark).filter(({ command }) => command.startsWith('sleep 1000'));
      bed.api.holdAfter(0);
      const { ended } = await startUntilHeld(bed, 1);
      expect(sleeping()).toHaveLength(1);
      bed.api.release();
      const result = await ended;
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
      expect(result.orphans).toEqual([]);
      expect(processesOf(mark)).toEqual([]);
    },
  );
});

onLinux.concurrent('processes that leave their group', () => {
  test.for(['warm', 'oaieval'])('and hold all that their eval had, engine %s', async (engine, context) => {
    const { bed } = await bedFor(context, 'warm-starting-daemon', { inputs: { engine } });
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
    // That it could leave is not for the action to mend.
    expect(result.orphans).toHaveLength(1);
  });
});

onLinux.concurrent('evals that start other Pythons', () => {
  test.for(['warm', 'oaieval'])('with multiprocessing, engine %s', async (engine, context) => {
    const { bed, mark } = await bedFor(context, 'warm-starting-python', { inputs: { engine } });
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    expect(bed.records()[0]?.metrics).toMatchObject({ fork: 42, spawn: 42, forkserver: 42 });
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });
});

onLinux.concurrent('evals that end in their own way', () => {
  test('their end is told as by engine oaieval', async (context) => {
    const told = await Promise.all(
      ['warm', 'oaieval'].map(async (engine) => {
        const { bed, mark } = await bedFor(context, 'warm-endings', { inputs: { engine } });
        const result = await bed.run({ cache: false });
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', fresh: '1', failed: '5' });
        expect(lost(result)).toEqual([]);
        expect(result.orphans).toEqual([]);
        expect(processesOf(mark)).toEqual([]);
        return failures(result);
      }),
    );
    expect(told[0]).toEqual({
      'warm-raises': expect.stringMatching(/^it ended with \w+/),
      'warm-exits': expect.stringContaining('oaieval exited with code 3'),
      'warm-vanishes': expect.stringContaining('oaieval exited with code 3'),
      'warm-aborts': expect.stringContaining('it was killed by SIGABRT'),
      'warm-nameless-signal': expect.stringContaining('(attempts: 1)'),
    });
    const { 'warm-nameless-signal': _, ...named } = told[0] ?? {};
    expect(told[1]).toMatchObject(named);
  });

  test.for([
    ['raises when it is imported', 'warm-raising-at-import', 'this module is not for you'],
    ['ends Python when it is imported', 'warm-exiting-at-import', 'this module has had enough'],
    ['is not there', 'warm-no-module', 'no_such_module'],
  ] as const)('a class whose module %s is told as by engine oaieval', async ([, evalSet, why], context) => {
    const [one, other] = await Promise.all(
      ['warm', 'oaieval'].map(async (engine) => {
        const { bed, mark } = await bedFor(context, evalSet, { inputs: { engine } });
        const result = await bed.run({ cache: false });
        expect(result.exitCode, logOf(result)).toBe(1);
        expect(logOf(result)).toContain(why);
        expect(lost(result)).toEqual([]);
        expect(result.orphans).toEqual([]);
        expect(processesOf(mark)).toEqual([]);
        const errors = result.annotations.filter(({ level }) => level === 'error');
        return {
          outputs: result.outputs.failed,
          errors: errors.map(({ title, message }) => [title, message.split('\n')[0]]),
        };
      }),
    );
    expect(one?.errors.length).toBeGreaterThan(0);
    expect(one).toEqual(other);
  });

  test.for(['warm', 'oaieval'])(
    'a class that breaks after it was planned, engine %s',
    async (engine, context) => {
      const { bed } = await bedFor(context, 'warm-breaking', { inputs: { engine } });
      const broken = join(bed.directory, 'BROKEN');
      const first = await bed.run({ cache: false, env: { BROKEN: broken } });
      expect(first.outputs, logOf(first)).toMatchObject({ fresh: '1', failed: '1' });
      writeFileSync(broken, '');
      // The plan is recalled, so nobody imports the class before the host does.
      const result = await bed.run({ cache: false, env: { BROKEN: broken }, runAttempt: 2 });
      expect(result.outputs, logOf(result)).toMatchObject({ reused: '1', failed: '1' });
      expect(failures(result)).toEqual({
        'warm-breaks': expect.stringContaining('it ended with RuntimeError: broken since then'),
      });
      expect(result.lines).toContain('│ RuntimeError: broken since then');
      expect(lost(result)).toEqual([]);
    },
  );

  test('what an eval printed is there, however soon it ended', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-speaking');
    const ended = bed.run({ cache: false });
    const node = () => processesOf(mark).find(({ command }) => command.includes('/dist/main/index.js'));
    await until('the eval stopped the action', () => node()?.state === 'T', 60_000);
    await until('the eval has ended', () => warm(mark).children.length === 0);
    kill(node()?.pid ?? 0, 'SIGCONT');
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', failed: '1' });
    const group = result.groups.find(({ title }) => title.includes('warm-speaks … failed'));
    expect(group?.lines).toEqual(expect.arrayContaining(['│ the last words', '│ the last complaint']));
  });

  test('a fork that fails is a failure of its eval alone', async (context) => {
    const { bed } = await bedFor(context, 'warm-unforkable');
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'false', fresh: '1', failed: '1' });
    expect(Object.values(failures(result))).toEqual([
      expect.stringMatching(/could not be started: .*Resource temporarily unavailable/),
    ]);
    expect(lost(result)).toEqual([]);
  });

  test('a class whose import starts a thread: each eval has a Python of its own', async (context) => {
    const { bed, mark } = await bedFor(context, 'warm-threading');
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    expect(result.lines).toContainEqual(
      expect.stringMatching(/Each eval gets a Python process of its own.*\(wanderer\)/),
    );
    expect(result.annotations).toEqual([]);
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
  });

  test('output that is no text, has endless lines, or has no end', async (context) => {
    const { bed } = await bedFor(context, 'warm-printing');
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result).slice(-5_000)).toMatchObject({ complete: 'true', fresh: '3' });
    const group = (name: string) => result.groups.find(({ title }) => title.includes(name))?.lines ?? [];
    const bytes = group('warm-prints-bytes');
    expect(bytes).toContain('│ caf\ufffd after');
    expect(bytes).toContain('│ the last words: é');
    const long = group('warm-prints-long-lines');
    expect(long).toContain('│ the last words');
    expect(long.join('').length).toBeLessThan(1_500_000);
    const many = group('warm-prints-many-lines');
    expect(many).toContain('│ line 99999');
    expect(many).toContainEqual(expect.stringMatching(/^\(9\d,\d{3} earlier lines are left out\)$/));
    expect(many.length).toBeLessThan(2_010);
  });
});

onLinux.concurrent('what modules change when they are imported', () => {
  const OWN_PROCESS = /Each eval gets a Python process of its own.*?: (.*)\.$/;

  async function metricsOf(context: Context, evalSet: string, engine: string) {
    const { bed, mark } = await bedFor(context, evalSet, { inputs: { engine } });
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', failed: '0' });
    expect(result.annotations).toEqual([]);
    expect(result.orphans).toEqual([]);
    expect(processesOf(mark)).toEqual([]);
    const why = result.lines.flatMap((line) => OWN_PROCESS.exec(line)?.[1] ?? []);
    return { bed, why, metrics: Object.fromEntries(bed.records().map((each) => [each.eval, each.metrics])) };
  }

  test.for([
    ['the working directory', 'warm-changing-directory', 'the working directory'],
    ['the environment', 'warm-changing-environment', 'the environment variable SET_BY_A_MODULE'],
    ['signals', 'warm-changing-signals', 'the handler of SIGCHLD'],
    ['what random numbers are drawn', 'warm-seeding', 'the seed of random, the seed of numpy.random'],
  ] as const)('%s: each eval sees what it would by itself', async ([, evalSet, what], context) => {
    const [warm, plain] = await Promise.all([
      metricsOf(context, evalSet, 'warm'),
      metricsOf(context, evalSet, 'oaieval'),
    ]);
    expect(warm.metrics).toEqual(plain.metrics);
    expect(warm.why).toEqual([`modules of the set change what all evals would see (${what})`]);
  });

  test('also when the plan is recalled, and the host imports them by itself', async (context) => {
    const { bed } = await metricsOf(context, 'warm-seeding', 'warm');
    rmSync(bed.path('progress.txt'));
    const again = await bed.run({ cache: false, runAttempt: 2 });
    expect(again.outputs, logOf(again)).toMatchObject({ complete: 'true', reused: '0' });
    expect(again.lines).toContainEqual(expect.stringMatching(OWN_PROCESS));
  });

  test('a temporary directory is not removed by the first eval that ends', async (context) => {
    const { bed } = await bedFor(context, 'warm-temporary');
    bed.api.holdAfter(0);
    const { main, ended } = await startUntilHeld(bed, 1);
    await main.untilLine(/warm-ends-with-temporary … done in/);
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
    expect(bed.records().map(({ metrics }) => metrics.is_there)).toContain(true);
    expect(result.lines).toContainEqual(expect.stringMatching(OWN_PROCESS));
  });

  test('what libraries set for themselves, and numbers without a seed, are no change', async (context) => {
    const { why } = await metricsOf(context, 'warm-changing-nothing', 'warm');
    expect(why).toEqual([]);
  });

  test('the end of an eval is found though its signal is lost', async (context) => {
    const { why } = await metricsOf(context, 'warm-changing-signals-at-fork', 'warm');
    expect(why).toEqual([]);
  });
});

onLinux.concurrent('API clients', () => {
  test('no request to the gateway goes to a proxy', async (context) => {
    const proxy = await startProxy(context);
    const { bed } = await bedFor(context, 'warm-asking', {
      // What the gateway asks goes past the proxy as the user says; that evals reach the gateway is not for the user to say.
      env: { http_proxy: proxy.url, HTTP_PROXY: proxy.url, no_proxy: 'localhost', NO_PROXY: 'localhost' },
    });
    const result = await bed.run({
      cache: false,
      env: { OPENAI_BASE_URL: bed.api.url.replace('127.0.0.1', 'localhost') },
    });
    expect(proxy.seen).toEqual([]);
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
  });

  test.for([
    ['for module-level calls', 'warm-module-client', { has_the_key: true }],
    [
      'of another API, and of a class of its own',
      'warm-other-clients',
      { azure: 'https://ours.example.com/openai/' },
    ],
  ] as const)('a module that makes a client %s', async ([, evalSet, metrics], context) => {
    const found = await Promise.all(
      ['warm', 'oaieval'].map(async (engine) => {
        const { bed } = await bedFor(context, evalSet, { inputs: { engine } });
        const result = await bed.run({ cache: false });
        // Sent by way of the gateway.
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
        expect(result.annotations).toEqual([]);
        expect(logOf(result)).not.toContain('a Python process of its own');
        return bed.records()[0]?.metrics;
      }),
    );
    expect(found[0]).toMatchObject(metrics);
    expect(found[0]).toEqual(found[1]);
  });

  test.for([
    ['the key of the environment', {}, 0],
    ['a key of its own', { args: '--completion_args api_key=other' }, 1],
  ] as const)('%s: no client a request', async ([, inputs, made], context) => {
    const [warm, plain] = await Promise.all(
      ['warm', 'oaieval'].map(async (engine) => {
        const { bed } = await bedFor(context, 'warm-counting-clients', { inputs: { engine, ...inputs } });
        const result = await bed.run({ cache: false });
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '10' });
        expect(logOf(result)).not.toContain('a Python process of its own');
        return bed.records().map(({ metrics }) => metrics.clients);
      }),
    );
    // The first one is made before there are evals.
    expect(warm).toEqual([made, made]);
    expect(plain).toEqual([5, 5]);
  });

  test('a module whose client goes its own way: each eval has a Python of its own', async (context) => {
    const { bed } = await bedFor(context, 'warm-stubborn-client');
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', 'requests-sent': '1' });
    expect(result.annotations).toEqual([]);
    expect(result.lines).toContainEqual(
      expect.stringMatching(/Each eval gets a Python process of its own.*\(Stubborn\)/),
    );
  });

  /** A proxy that notes what it is asked, and lets nothing through. */
  async function startProxy({ onTestFinished }: Context) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(403).end();
    });
    server.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }
});

onLinux.concurrent('no temporary directory that can be used', () => {
  test('the directory of the runner serves', async (context) => {
    const { bed } = await bedFor(context, 'warm-talking', { env: { TMPDIR: '/proc/no-such-place' } });
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(logOf(result)).not.toContain('a Python process of its own');
    expect(result.annotations).toEqual([]);
  });

  test('nor a short one of the runner: each eval has a Python of its own', async (context) => {
    const { bed } = await bedFor(context, 'warm-talking', { env: { TMPDIR: '/proc/no-such-place' } });
    const long = join(bed.directory, 'x'.repeat(100));
    mkdirSync(long);
    const result = await bed.run({ cache: false, env: { RUNNER_TEMP: long } });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(result.lines.filter((line) => line.includes('a Python process of its own'))).toEqual([
      expect.stringMatching(/no place for the socket.*\/proc\/no-such-place.*too long/),
    ]);
    expect(result.annotations).toEqual([]);
    expect(readdirSync(long).filter((name) => name.startsWith('oaievalset-'))).toEqual([]);
  });
});

onLinux.concurrent('models', () => {
  test('each name that evals does not know goes where the model is served', async ({ onTestFinished }) => {
    const chat = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-5', 'o3', 'ft:gpt-4o-mini:org::id', 'org/model'];
    chat.push('gpt-3.5-turbo', 'gpt-4', 'ft:gpt-3.5-turbo:org::id', 'davinci-of-ours', 'my-ada');
    const text = ['davinci-002', 'babbage-002', 'gpt-3.5-turbo-instruct', 'ft:davinci-002:org::id'];
    text.push('text-davinci-003', 'gpt-3.5-turbo-instruct-0914', 'ada', 'code-cushman-001');
    const { bed } = await bedFor({ onTestFinished }, 'warm-asking');
    const script = `
import json, sys
import todays_models
todays_models.install()
from evals.registry import Registry
registry = Registry()
json.dump({name: type(registry.make_completion_fn(name)).__name__ for name in sys.argv[1:]}, sys.stdout)
`;
    const { stdout } = await promisify(execFile)(python, ['-c', script, ...chat, ...text], {
      env: {
        ...process.env,
        PYTHONPATH: join(import.meta.dirname, '../../src/python'),
        PYTHONDONTWRITEBYTECODE: '1',
        OPENAI_API_KEY: 'x',
        OPENAI_BASE_URL: bed.api.url,
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      ...Object.fromEntries(chat.map((name) => [name, 'OpenAIChatCompletionFn'])),
      ...Object.fromEntries(text.map((name) => [name, 'OpenAICompletionFn'])),
    });
    expect(bed.api.requests).toEqual([]);
  });

  test.for([
    ['gpt-5', 'gpt-5', '/v1/chat/completions'],
    ['ft:davinci-002:org::id', 'ft:davinci-002:org::id', '/v1/completions'],
    ['named-chat', 'gpt-4o-mini', '/v1/chat/completions'],
    ['named-text', 'davinci-002', '/v1/completions'],
    ['davinci-003-of-ours', 'o3', '/v1/chat/completions'],
    ['babbage-002', 'gpt-5', '/v1/chat/completions'],
  ] as const)('%s asks %s at %s, and asks nobody what it is', async ([name, model, path], context) => {
    const { bed } = await bedFor(context, 'warm-asking', { model: name });
    const result = await bed.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '1' });
    const asked = bed.api.requests.map((request) => [request.method, request.path, request.model]);
    expect(asked).toEqual([['POST', path, model]]);
  });
});

onLinux.concurrent('context lengths', () => {
  test.for([
    ['of today, which evals does not know', 'agent-of-today', { solver: 128_000, registry: null }],
    ['of yesterday', 'agent-of-yesterday', { solver: 8192, registry: 8192 }],
  ] as const)('of a model %s, for a solver that needs one', async ([, model, lengths], context) => {
    const each = ['warm-saying-context', 'warm-saying-context-threading'].map(async (evalSet) => {
      const { bed } = await bedFor(context, evalSet, { model });
      const result = await bed.run({ cache: false });
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true' });
      expect(logOf(result).includes('a Python process of its own')).toBe(evalSet.endsWith('threading'));
      const record = bed.records().find((one) => one.eval.startsWith('warm-says-context'));
      expect(record?.metrics).toMatchObject(lengths);
    });
    await Promise.all(each);
  });
});

onLinux.concurrent('threads of an eval', () => {
  const threads = (result: RunResult) =>
    Object.fromEntries(
      result.groups.flatMap(({ title, lines }) => {
        const name = /test-\S+/.exec(title)?.[0];
        const [, count] = /threaded mode with (\d+) threads/.exec(lines.join('\n')) ?? [];
        return name ? [[name, count]] : [];
      }),
    );

  test.for([
    // The samples of test-match are in its code, so their number is not known.
    ['one a sample, where samples are known', {}, {}, '3', '32'],
    ['no more than requests may be in flight', { 'max-requests-in-flight': '2' }, {}, '2', '2'],
    ['what the user says', { 'max-requests-in-flight': '2' }, { EVALS_THREADS: '7' }, '7', '7'],
    ['as many as samples are asked for', { args: '--max_samples 1' }, {}, '1', '32'],
  ] as const)('%s', async ([, inputs, env, known, unknown], context) => {
    const { bed } = await bedFor(context, 'test-basic', { model: 'dummy', inputs });
    const result = await bed.run({ cache: false, env });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    expect(threads(result)).toEqual({
      'test-match': unknown,
      'test-fuzzy-match': known,
      'test-includes': known,
      'test-includes-ignore-case': known,
    });
  });
});

onLinux.concurrent('samples of which --max_samples leaves few', () => {
  const run = async (context: Context, evalSet: string, engine: string) => {
    const inputs = { engine, args: '--max_samples 2' };
    const { bed } = await bedFor(context, evalSet, { model: 'dummy', inputs });
    const result = await bed.run({ cache: false, env: { EVALS_THREADS: '1' } });
    const metrics = Object.fromEntries(
      bed.records().map(({ eval: key, metrics }) => [/samples-(\w+)/.exec(key)?.[1] ?? key, metrics]),
    );
    return { result, metrics };
  };

  test('are the same, and alone are held, where it can be seen that no others are used', async (context) => {
    const warm = await run(context, 'warm-samples', 'warm');
    const plain = await run(context, 'warm-samples', 'oaieval');
    for (const { result } of [warm, plain])
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '6' });
    const held = (metrics: typeof warm.metrics) =>
      Object.fromEntries(Object.entries(metrics).map(([name, each]) => [name, each.held]));
    const others = { looks: 9, sorts: 9, adds: 18, evaluates: 9, decorated: 18 };
    expect(held(plain.metrics)).toEqual({ ...others, takes: 9 });
    expect(held(warm.metrics)).toEqual({ ...others, takes: 2 });
    for (const each of Object.values(plain.metrics)) expect(each.sum).toBeGreaterThan(0);
    const results = ({ metrics }: typeof warm) =>
      Object.entries(metrics).map(([name, { held: _, ...rest }]) => [name, rest]);
    expect(new Map(results(warm) as [string, object][])).toEqual(
      new Map(results(plain) as [string, object][]),
    );
  });

  test('do not hide a line that is no JSON', async (context) => {
    const warm = await run(context, 'warm-samples-bad', 'warm');
    const plain = await run(context, 'warm-samples-bad', 'oaieval');
    const said = /Error parsing JSON on line 9: Expecting ',' delimiter/;
    for (const { result } of [warm, plain]) {
      expect(result.outputs, logOf(result)).toMatchObject({ failed: '1', fresh: '0' });
      expect(logOf(result)).toMatch(said);
    }
  });
});

onLinux('memory', () => {
  test('four evals and what they are forked from take less than two processes of oaieval', async (context) => {
    const plainBed = await bedFor(context, 'warm-talking', {
      inputs: { engine: 'oaieval', 'parallel-evals': '1' },
    });
    const one = await taken(plainBed, 1, () =>
      processesOf(plainBed.mark).filter(({ command }) => command.includes('/leash.py ')),
    );
    const warmBed = await bedFor(context, 'warm-talking');
    const five = await taken(warmBed, 4, () => {
      const { hosts, children } = warm(warmBed.mark);
      return [...hosts, ...children];
    });
    expect([one.processes, five.processes]).toEqual([1, 5]);
    expect(one.kilobytes).toBeGreaterThan(20_000);
    expect(five.kilobytes).toBeLessThan(2 * one.kilobytes);
  });

  /** What some processes take while so many answers are held. */
  async function taken({ bed }: MarkedBed, held: number, processes: () => Process[]) {
    bed.api.holdWhen(asksFor(1));
    const { ended } = await startUntilHeld(bed, held);
    const all = processes().map(({ pid }) => memoryOf(pid));
    bed.api.release();
    const result = await ended;
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '4' });
    const own = all.reduce((sum, { own }) => sum + own, 0);
    return { processes: all.length, kilobytes: own + Math.max(...all.map(({ files }) => files)) };
  }
});

/**
 * In kB: a process's proportional share in memory that only forks share, and what it has of files. Files are mapped by
 * every Python of this machine, and what a share in them is worth depends on how many run: so they count once, and whole.
 */
function memoryOf(pid: number): { readonly own: number; readonly files: number } {
  const rollup = proc(pid, 'smaps_rollup');
  const of = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? Number.NaN);
  return { own: of('Pss_Anon'), files: of('Rss') - of('Anonymous') };
}
