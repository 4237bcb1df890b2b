/** What the gateway says of the API, so that no further evals start while it is rate limited or down. */
import { expect, test } from 'vitest';
import { answer, askOf, CHAT, contentOf, startRig, startStandInApi } from '../../helpers/gateway-rig.ts';
import { until } from '../../helpers/waiting.ts';

/** A lane to an API that responds like this to each request whose text is `fails`. */
async function rigWithFailure(status: number, headers: object) {
  const api = await startStandInApi((arrival, response) =>
    contentOf(arrival) === 'fails' ? answer(response, '{}', headers, status) : answer(response, CHAT),
  );
  const gateway = await startRig({ openai: api.origin });
  return { gateway, lane: gateway.openLane('a', undefined) };
}

test('API load: an API that is down is in trouble until it responds again', async () => {
  const { gateway, lane } = await rigWithFailure(503, {});
  await askOf(lane, 'works');
  expect(gateway.apiLoad()).toEqual({ allowed: 32, isTroubled: false });
  await askOf(lane, 'fails');
  expect(gateway.apiLoad().isTroubled).toBe(true);
  await askOf(lane, 'works');
  expect(gateway.apiLoad().isTroubled).toBe(false);
});

test('API load: an API that asks for a pause is in trouble, and is allowed fewer requests', async () => {
  const { gateway, lane } = await rigWithFailure(429, { 'retry-after': '30' });
  await askOf(lane, 'works');
  askOf(lane, 'fails').catch(() => {});
  await until('the pause has begun', () => gateway.apiLoad().isTroubled);
  expect(gateway.apiLoad().allowed).toBe(1);
  expect(lane.openCount()).toBe(1);
});
