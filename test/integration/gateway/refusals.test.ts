import { describe, expect, test } from 'vitest';
import {
  answer,
  askOf,
  contentOf,
  type Script,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

describe('unansweredCount', () => {
  test.each([
    ['counts a request whose retries are exhausted', 500, { message: 'The server had an error' }, 424, 1],
    [
      'counts a request that the API refuses',
      401,
      { message: 'Incorrect API key provided.', code: 'invalid_api_key' },
      401,
      1,
    ],
    [
      'does not count an invalid request, which is the matter of the eval',
      400,
      { message: 'Invalid request' },
      400,
      0,
    ],
  ])('%s', async (_, status, error, passed, unanswered) => {
    const api = await startStandInApi((arrival, response) =>
      contentOf(arrival) === 'x' ? answer(response, JSON.stringify({ error }), {}, status) : answer(response),
    );
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', undefined);
    expect((await askOf(lane, 'y')).status).toBe(200);
    expect((await askOf(lane, 'x')).status).toBe(passed);
    expect(lane.unansweredCount()).toBe(unanswered);
    lane.restart();
    expect(lane.unansweredCount()).toBe(0);
  });

  test('no longer counts a request that succeeds later', async () => {
    let broken = false;
    const api = await startStandInApi((_, response) =>
      broken ? answer(response, '{"error":{"message":"no"}}', {}, 500) : answer(response),
    );
    const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
    expect((await askOf(lane, 'y')).status).toBe(200);
    broken = true;
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(lane.unansweredCount()).toBe(1);
    broken = false;
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(lane.unansweredCount()).toBe(0);
  });

  test('refusal: a key that the provider repeats is hidden', async () => {
    const api = await startStandInApi(({ headers }, response) =>
      answer(
        response,
        JSON.stringify({ error: { message: `Invalid key: ${headers.authorization}, really` } }),
        {},
        401,
      ),
    );
    const gateway = await startRig({ openai: api.origin });
    await askOf(gateway.openLane('a', undefined), 'x');
    expect(String(gateway.unusable.reason.message)).toBe(
      'the API refused: 401: Invalid key: Bearer ***, really',
    );
  });
});

describe('look-up of a model', () => {
  test.each<[string, Script, number]>([
    ['an error of the server', (_, response) => answer(response, '{}', {}, 500), 500],
    ['a rate limit', (_, response) => answer(response, '{}', { 'retry-after': '60' }, 429), 429],
    ['a lack of permission', (_, response) => answer(response, '{}', {}, 403), 403],
    ['a connection reset', (_, response) => response.socket?.resetAndDestroy(), 502],
  ])('that fails with %s is not retried, and does not end the job', async (_, fault, status) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.method === 'GET' ? fault(arrival, response) : answer(response),
    );
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', undefined);
    expect((await fetch(`${lane.env.OPENAI_BASE_URL}/models`)).status).toBe(status);
    expect(api.arrivals).toHaveLength(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, failed: 1 });
    expect(gateway.unusable.aborted).toBe(false);
    expect(lane.unansweredCount(), 'no eval needs it').toBe(0);
    expect((await askOf(lane, 'x')).status).toBe(200);
  });
});

test('adaptation: a model that accepts neither name of a parameter fails the request', async () => {
  const api = await startStandInApi(({ body }, response) => {
    const [old, other] = body.includes('"max_tokens"')
      ? ['max_tokens', 'max_completion_tokens']
      : ['max_completion_tokens', 'max_tokens'];
    const message = `Unsupported parameter: '${old}' is not supported with this model. Use '${other}' instead.`;
    answer(
      response,
      JSON.stringify({ error: { message, param: old, code: 'unsupported_parameter' } }),
      {},
      400,
    );
  });
  const lane = (await startRig({ openai: api.origin })).openLane('a', undefined);
  const { status, body } = await askOf(lane, 'x', { max_tokens: 5 });
  expect(status).toBe(424);
  expect(body.toString()).toContain('is not supported with this model');
  expect(api.arrivals.length).toBeLessThan(20);
});
