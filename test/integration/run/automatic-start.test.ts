/** The scheduler with `parallel-evals: auto`, on a machine and with a clock that the test controls. */
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Machine } from '../../../src/run/machine.ts';
import { describeOutcomes, LARGE, MIDDLE, SMALL, scheduledRun, toRun } from '../../helpers/scheduled-run.ts';

/** Only the ticks of the scheduler are under control: the gateway is real. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

class TestedMachine implements Machine {
  cores = 8;
  available = 2 ** 33;
  clockMs = 0;

  now(): number {
    return this.clockMs;
  }

  cpuTimes(): [] {
    return [];
  }

  availableBytes(): number {
    return this.available;
  }

  bytesOf(): undefined {
    return undefined;
  }

  /** Time passes, and the scheduler looks at the machine once more. */
  pass(durationMs: number): void {
    this.clockMs += durationMs;
    vi.advanceTimersByTime(20);
  }
}

describe('automatic start', () => {
  test('automatic start: an eval that is expected to fill the limit runs alone, the next one starts at its end', async () => {
    const machine = new TestedMachine();
    const { engine, events, outcomes } = await scheduledRun('auto', {
      machine,
      threads: 50,
      maxRequestsInFlight: 50,
    });
    await engine.until(() => engine.started.length === 1);
    machine.pass(100);
    expect(engine.started).toEqual(['large']);
    engine.fail('large');
    await engine.until(() => engine.started.length === 3);
    expect(engine.started).toEqual(['large', 'middle', 'small']);
    engine.fail('middle');
    engine.fail('small');
    await outcomes;
    expect(events.at(-1)).toEqual({ kind: 'parallelism', most: 2, limit: 'requests' });
  });

  test('automatic start: all evals start at once when they do not fill the limit', async () => {
    const machine = new TestedMachine();
    const { engine, events, outcomes } = await scheduledRun('auto', {
      machine,
      threads: 50,
      maxRequestsInFlight: 58,
    });
    await engine.until(() => engine.started.length === 3);
    for (const name of engine.started) engine.fail(name);
    await outcomes;
    expect(events.at(-1)).toEqual({ kind: 'parallelism', most: 3, limit: undefined });
  });

  test('automatic start: an eval that sends no request makes room after a while, without any event', async () => {
    const machine = new TestedMachine();
    const { engine, outcomes } = await scheduledRun('auto', { machine, maxRequestsInFlight: 10 });
    await engine.until(() => engine.started.length === 1);
    machine.pass(0);
    machine.pass(4_900);
    expect(engine.started).toEqual(['large']);
    machine.pass(200);
    await engine.until(() => engine.started.length === 3);
    for (const name of engine.started) engine.fail(name);
    await outcomes;
  });

  test('automatic start: no more evals than the cores can compute', async () => {
    const machine = new TestedMachine();
    machine.cores = 1;
    const { engine, events, outcomes } = await scheduledRun('auto', { machine, maxRequestsInFlight: 1000 });
    await engine.until(() => engine.started.length === 2);
    machine.pass(100);
    machine.pass(60_000);
    expect(engine.started).toEqual(['large', 'middle']);
    engine.fail('middle');
    await engine.until(() => engine.started.length === 3);
    engine.fail('large');
    engine.fail('small');
    await outcomes;
    expect(events.at(-1)).toEqual({ kind: 'parallelism', most: 2, limit: 'cores' });
  });

  test('automatic start: further evals wait until there is memory for them', async () => {
    const machine = new TestedMachine();
    machine.available = 2 ** 20;
    const { engine, outcomes } = await scheduledRun('auto', { machine, maxRequestsInFlight: 1000 });
    await engine.until(() => engine.started.length === 1);
    machine.pass(1000);
    expect(engine.started).toEqual(['large']);
    machine.available = 2 ** 33;
    machine.pass(1000);
    await engine.until(() => engine.started.length === 3);
    for (const name of engine.started) engine.fail(name);
    await outcomes;
  });

  test('automatic start: evals that wait are skipped when the run is stopped', async () => {
    const machine = new TestedMachine();
    const stopping = new AbortController();
    const options = { machine, maxRequestsInFlight: 1, stopped: stopping.signal };
    const { engine, outcomes } = await scheduledRun('auto', options);
    await engine.until(() => engine.started.length === 1);
    stopping.abort(new Error('the job was cancelled'));
    expect(await describeOutcomes(outcomes)).toEqual([
      'small pending: the job was cancelled',
      'large pending: the job was cancelled',
      'middle pending: the job was cancelled',
    ]);
    expect(engine.started).toEqual(['large']);
  });

  test('automatic start: exit-on-error starts no eval after the first failure', async () => {
    const machine = new TestedMachine();
    const { engine, outcomes } = await scheduledRun('auto', {
      machine,
      maxRequestsInFlight: 1,
      exitOnError: true,
      decisions: [toRun(LARGE), toRun(MIDDLE), toRun(SMALL)],
    });
    await engine.until(() => engine.started.length === 1);
    engine.fail('large');
    expect(await describeOutcomes(outcomes)).toEqual([
      'large failed: it exited with code 1; it printed nothing',
      'middle pending: exit-on-error stopped the run when large failed',
      'small pending: exit-on-error stopped the run when large failed',
    ]);
  });
});
