/** What the gateway says of an API that fails most requests, and how a budget of tokens holds requests back. */
import { expect, test } from 'vitest';
import { defaultRetryPolicy } from '../../../src/gateway/call/retry-policy.ts';
import { defaultTroublePolicy, type TroubleReport } from '../../../src/gateway/trouble/trouble-tracker.ts';
import { tokenMeasure } from '../../../src/run/spending-measure.ts';
import { SpendingReserve } from '../../../src/run/spending-reserve.ts';
import {
  answer,
  askOf,
  contentOf,
  leaving,
  openJournal,
  type Script,
  startRig,
  startStandInApi,
  untilAtGateway,
} from '../../helpers/gateway-rig.ts';
import { until } from '../../helpers/waiting.ts';

/** A gateway that reports trouble after a moment. Its API follows the script. */
async function rigOf(script: Script) {
  const api = await startStandInApi(script);
  const reports: TroubleReport[] = [];
  const gateway = await startRig({
    openai: api.origin,
    onTrouble: (report) => reports.push(report),
    // It never gives up.
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 10, maxDelayMs: 20, maxAttempts: 1e6 },
    troublePolicy: { ...defaultTroublePolicy, afterMs: 50, calmMs: 50, forgetMs: 20 },
  });
  return { api, gateway, lane: gateway.openLane('a', openJournal()), reports };
}

const isLimited = (content: string) => content.startsWith('limited');

/** Responds to each request but those that are to be limited: these have to come back in a minute. */
const limiting: Script = (arrival, response) =>
  isLimited(contentOf(arrival))
    ? answer(response, '{"error":{"message":"Slow down"}}', { 'retry-after': '60' }, 429)
    : answer(response);

test('gateway: an API that fails is reported with its cause, and again when it responds', async () => {
  let isDown = true;
  const { gateway, lane, reports } = await rigOf((_, response) =>
    isDown ? answer(response, '{"error":{"message":"Overloaded"}}', {}, 503) : answer(response),
  );
  const waiting = askOf(lane, 'x');
  await until('the trouble is reported', () => reports.length > 0);
  expect(reports).toEqual([
    {
      change: 'began',
      trouble: {
        cause: { kind: 'server-error', detail: '503: Overloaded' },
        since: expect.any(Number),
        until: expect.any(Number),
        isLasting: true,
        failed: expect.any(Number),
        succeeded: 0,
      },
    },
  ]);
  expect(reports[0]?.trouble.failed).toBeGreaterThanOrEqual(1);
  expect(gateway.currentTrouble()).toMatchObject({ cause: { kind: 'server-error' } });
  isDown = false;
  expect((await waiting).status).toBe(200);
  // Failures of the last seconds count until more requests have succeeded.
  while (gateway.currentTrouble()) expect((await askOf(lane, 'y')).status).toBe(200);
  await until('the end is reported', () => reports.at(-1)?.change === 'ended');
  expect(gateway.currentTrouble()).toBeUndefined();
  expect(gateway.worstTrouble()).toEqual(reports.at(-1)?.trouble);
});

test('gateway: a pause that a rate limit asks for is reported, and lasts until the run stops', async () => {
  const { gateway, lane, reports } = await rigOf(limiting);
  askOf(lane, 'limited').catch(() => {});
  await until('the pause is reported', () => reports.length > 0);
  expect(reports[0]).toMatchObject({
    change: 'began',
    trouble: { cause: { kind: 'rate-limit', detail: '429: Slow down' }, failed: 1, succeeded: 0 },
  });
  gateway.stop();
  const atStop = gateway.worstTrouble();
  expect(atStop).toMatchObject({ cause: { kind: 'rate-limit' }, isLasting: true });
  await gateway.close();
  expect(gateway.worstTrouble()).toEqual(atStop);
  expect(reports).toHaveLength(1);
});

test('gateway: replayed responses do not count as successes of an API that fails', async () => {
  const { lane, reports } = await rigOf(limiting);
  const contents = ['1', '2', '3', '4'];
  for (const content of contents) await askOf(lane, content);
  lane.restart();
  expect(lane.receivedCount()).toBe(4);
  for (const content of ['limited 1', 'limited 2', 'limited 3', 'limited 4', 'limited 5'])
    askOf(lane, content).catch(() => {});
  await until('all are in the gateway', () => lane.openCount() === 5);
  for (const content of contents) await askOf(lane, content);
  await until('the pause is reported', () => reports.length > 0);
  expect(reports[0]?.trouble.succeeded).toBe(0);
  expect(lane.traffic()).toMatchObject({ replayed: 4 });
  expect(lane.receivedCount()).toBe(4);
});

test('gateway: a request that only looks something up shows no trouble', async () => {
  const { gateway, lane } = await rigOf((_, response) => answer(response, '{}', {}, 503));
  await fetch(`${lane.env.OPENAI_BASE_URL}/models/x`);
  expect(gateway.worstTrouble()).toBeUndefined();
  expect(lane.receivedCount()).toBe(0);
});

/** A gateway whose API bills 12 tokens for each response, and holds the first one back until `letGo`. */
async function budgetedRig(tokens: number) {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const api = await startStandInApi(async (_, response) => {
    await held;
    answer(response);
  });
  const reasons: string[] = [];
  const reserve = new SpendingReserve({
    limit: tokens,
    measure: tokenMeasure,
    records: [],
    evals: [],
    onExhausted(why) {
      reasons.push(why);
      gateway.stop();
    },
  });
  const gateway = await startRig({
    openai: api.origin,
    budget: reserve,
    onResponse: (usage, request) => reserve.spend(usage, request),
  });
  return { api, letGo, reasons, reserve, lane: gateway.openLane('a', openJournal()) };
}

test('gateway: requests wait for the first response, and then as many are sent as fit into the budget', async () => {
  const { api, letGo, reasons, reserve, lane } = await budgetedRig(60);
  const queued = untilAtGateway(lane, 9);
  const clients = Array.from({ length: 9 }, (_, n) => leaving(lane, `${n}`));
  await queued;
  expect(lane.openCount()).toBe(9);
  expect(api.arrivals).toHaveLength(1);
  letGo();
  await until('the budget is used up', () => reasons.length > 0);
  expect(api.arrivals).toHaveLength(5);
  expect(reserve.spent).toBe(60);
  // What was held back is abandoned with its clients.
  for (const client of clients.slice(5)) await client.leave();
  await until('no request is open', () => lane.openCount() === 0);
  expect(lane.unansweredCount()).toBe(4);
  expect(api.arrivals).toHaveLength(5);
});

test('gateway: a client that leaves a request in flight does not free its part of the budget', async () => {
  const { api, letGo, reasons, lane } = await budgetedRig(24);
  const first = leaving(lane, 'first');
  await api.untilArrived(1);
  await first.leave();
  const queued = untilAtGateway(lane, 1);
  const second = askOf(lane, 'second');
  await queued;
  expect(api.arrivals).toHaveLength(1);
  letGo();
  expect((await second).status).toBe(200);
  expect(reasons).toEqual(['the token-budget of 24 is used up']);
});
