import { expect, test } from 'vitest';
import { deferred, type RunningEval } from '../../../src/engine/engine.ts';
import type { Exit } from '../../../src/process/group.ts';

function runningEval(): RunningEval & { readonly signals: string[]; end(exit: Exit): void } {
  const { promise: exit, resolve: end } = Promise.withResolvers<Exit>();
  const signals: string[] = [];
  return { exit, end, signals, signal: (signal) => signals.push(signal) };
}

test('signalled before its engine is there, it has ended, and never starts', async () => {
  const { promise: ready, resolve } = Promise.withResolvers<() => RunningEval>();
  let started = 0;
  const running = deferred(() => ready);
  running.signal('SIGINT');
  await expect(running.exit).resolves.toEqual({ code: null, signal: 'SIGINT' });
  resolve(() => {
    started += 1;
    return runningEval();
  });
  await ready;
  await Promise.resolve();
  expect(started).toBe(0);
});

test('signals reach it once it runs, and its end is told', async () => {
  const inner = runningEval();
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const running = deferred(async () => () => {
    resolve();
    return inner;
  });
  await started;
  running.signal('SIGINT');
  expect(inner.signals).toEqual(['SIGINT']);
  inner.end({ code: 3, signal: null });
  await expect(running.exit).resolves.toEqual({ code: 3, signal: null });
});

test('an engine that cannot be had is told', async () => {
  const running = deferred(() => Promise.reject(new Error('no Python')));
  await expect(running.exit).rejects.toThrow('no Python');
});
