import { expect, test } from 'vitest';
import { EvalDemand } from '../../../src/run/eval-demand.ts';

/** The demand at these moments: milliseconds, open requests, responses so far. */
function demands(samples: number | null, moments: readonly [now: number, open: number, responses: number][]) {
  const demand = new EvalDemand(32, samples);
  return moments.map(([now, openRequests, responses]) =>
    demand.requests({ hasProcess: true, openRequests, responses }, now),
  );
}

test('EvalDemand: until an eval has sent requests, it is as many as its samples, or its threads', () => {
  expect(demands(1000, [[0, 0, 0]])).toEqual([32]);
  expect(demands(5, [[0, 0, 0]])).toEqual([5]);
  expect(demands(null, [[0, 0, 0]])).toEqual([32]);
});

test('EvalDemand: while an eval sends its first requests, the expected ones count', () => {
  expect(
    demands(1000, [
      [3000, 1, 0],
      [3900, 20, 0],
    ]),
  ).toEqual([32, 32]);
});

test('EvalDemand: after its first second, what an eval has open counts', () => {
  expect(
    demands(1000, [
      [3000, 1, 0],
      [4100, 2, 70],
      [5200, 3, 90],
    ]),
  ).toEqual([32, 2, 3]);
});

test('EvalDemand: a round of responses that arrive together leaves no room for another eval', () => {
  expect(
    demands(1000, [
      [0, 1, 0],
      [2000, 32, 64],
      [2020, 0, 96],
      [2900, 10, 96],
      [3500, 10, 96],
    ]),
  ).toEqual([32, 32, 32, 32, 10]);
});

test('EvalDemand: it is never more than the samples that are left, while each sends one request', () => {
  expect(
    demands(40, [
      [0, 32, 0],
      [900, 10, 30],
      [950, 0, 40],
    ]),
  ).toEqual([32, 10, 0]);
});

test('EvalDemand: an eval with several requests a sample has as many as are open', () => {
  expect(
    demands(5, [
      [0, 5, 0],
      [2000, 5, 5],
    ]),
  ).toEqual([5, 5]);
});

test('EvalDemand: an eval that waits for its process is still expected to send requests', () => {
  const demand = new EvalDemand(32, 1000);
  const none = { openRequests: 0, responses: 0 };
  const at = (now: number, hasProcess: boolean) => demand.requests({ hasProcess, ...none }, now);
  expect([at(60_000, false), at(61_000, true), at(65_900, true), at(66_100, true)]).toEqual([32, 32, 32, 0]);
});

test('EvalDemand: an eval that sends nothing for five seconds needs nothing of the API', () => {
  expect(
    demands(1000, [
      [0, 0, 0],
      [4900, 0, 0],
      [5100, 0, 0],
    ]),
  ).toEqual([32, 32, 0]);
});
