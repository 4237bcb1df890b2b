import { expect, test } from 'vitest';
import { deferred, type RunningEval } from '../../../src/engine/engine.ts';
import type { Exit } from '../../../src/process/group.ts';

function runningEval(): RunningEval & { readonly signals: string[]; end(exit: Exit): void } {
  const { promise: exit, resolve: end } = Promise.withResolvers<Exit>();
  const signals: string[] = [];
  return { exit, end, signals, signal: (signal) => signals.push(signal) };
}

test('deferred: an eval that is signalled before its engine is ready ends, and never starts', async () => {
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

test('deferred: an eval that runs receives signals, and its exit is passed on', async () => {
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

test('deferred: exit rejects when the engine cannot become ready', async () => {
  const running = deferred(() => Promise.reject(new Error('no Python')));
  await expect(running.exit).rejects.toThrow('no Python');
});
