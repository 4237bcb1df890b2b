import { describe, expect, test } from 'vitest';
import {
  answer,
  askOf,
  contentOf,
  type Script,
  startRig,
  startStandInApi,
} from '../../helpers/gateway-rig.ts';

describe('questions that the API does not answer are known', () => {
  test.each([
    ['given up', 500, { message: 'The server had an error' }, 424, 1],
    ['refused for good', 401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }, 401, 1],
    ['wrong, which is for the eval to say', 400, { message: 'Invalid request' }, 400, 0],
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

  test('until it answers them after all', async () => {
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

  test('a provider that repeats the key: nobody else does', async () => {
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

describe('looking a model up', () => {
  test.each<[string, Script, number]>([
    ['an error of the server', (_, response) => answer(response, '{}', {}, 500), 500],
    ['a limit', (_, response) => answer(response, '{}', { 'retry-after': '60' }, 429), 429],
    ['a key that may not', (_, response) => answer(response, '{}', {}, 403), 403],
    ['a reset', (_, response) => response.socket?.resetAndDestroy(), 502],
  ])('%s is passed on at once, and holds up nothing else', async (_, fault, status) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.method === 'GET' ? fault(arrival, response) : answer(response),
    );
    const gateway = await startRig({ openai: api.origin });
    const lane = gateway.openLane('a', undefined);
    expect((await fetch(`${lane.env.OPENAI_BASE_URL}/models`)).status).toBe(status);
    expect(api.arrivals).toHaveLength(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, failed: 1 });
    expect(gateway.unusable.aborted).toBe(false);
    expect(lane.unansweredCount(), 'no eval lacks it').toBe(0);
    expect((await askOf(lane, 'x')).status).toBe(200);
  });
});

test('a model that takes neither name of a parameter is given up', async () => {
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
