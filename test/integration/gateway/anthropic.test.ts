import { describe, expect, test } from 'vitest';
import { answer, openJournal, post, startRig, startStandInApi } from '../../helpers/gateway-rig.ts';

describe('gateway: Anthropic', () => {
  const headers = { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2023-06-01' };
  const asked = (more: object = {}) =>
    JSON.stringify({ model: 'claude-3', max_tokens: 9, messages: [{ role: 'user', content: 'x' }], ...more });
  const message = JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 11, output_tokens: 5 },
  });
  const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const started = { type: 'message_start', message: { usage: { input_tokens: 11, output_tokens: 1 } } };
  const stream = [
    event(started),
    event({ type: 'ping' }),
    event({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hello' } } as { type: string }),
    event({ type: 'message_delta', usage: { output_tokens: 5 } } as { type: string }),
    event({ type: 'message_stop' }),
  ].join('');

  test.each([
    ['whole', {}, message, 'application/json'],
    ['streamed', { stream: true }, stream, 'text/event-stream; charset=utf-8'],
  ])('a %s response is requested with path and key, counted, and replayed', async (_, more, text, type) => {
    const api = await startStandInApi((_, response) => answer(response, text, { 'content-type': type }));
    const openai = await startStandInApi((_, response) => answer(response));
    const gateway = await startRig({ openai: openai.origin, anthropic: api.origin });
    const journal = openJournal();
    const lane = gateway.openLane('a', journal);
    const ask = () => post(`${lane.env.ANTHROPIC_BASE_URL}/v1/messages?beta=true`, asked(more), headers);
    expect((await ask()).body.toString()).toBe(text);
    expect(api.arrivals).toHaveLength(1);
    expect(api.arrivals[0]).toMatchObject({ method: 'POST', path: '/v1/messages?beta=true', headers });
    expect(api.arrivals[0]?.body.toString()).toBe(asked(more));
    expect(journal.size).toBe(1);
    lane.restart();
    const again = await ask();
    expect(again.body.toString()).toBe(text);
    expect(again.headers['content-type']).toBe(type);
    expect(api.arrivals).toHaveLength(1);
    expect(openai.arrivals).toEqual([]);
    const tokens = { prompt: 11, completion: 5, cached: 0, reasoning: 0 };
    expect(lane.traffic()).toMatchObject({
      sent: 1,
      replayed: 1,
      tokensSent: tokens,
      tokensReplayed: tokens,
    });
  });

  test('a 529 (overloaded) is retried', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const api = await startStandInApi(({ n }, response) =>
      n === 1 ? answer(response, JSON.stringify(overloaded), {}, 529) : answer(response, message),
    );
    const gateway = await startRig({ anthropic: api.origin });
    const lane = gateway.openLane('a', openJournal());
    const { status } = await post(`${lane.env.ANTHROPIC_BASE_URL}/v1/messages`, asked(), headers);
    expect(status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
  });
});
