import { describe, expect, test } from 'vitest';
import { isWhole, usageOf } from '../../../../src/gateway/response/usage.ts';

const JSON_TYPE = 'application/json';
const STREAM = 'text/event-stream; charset=utf-8';
const none = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
const data = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const named = (...events: { type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

describe('usageOf a whole response', () => {
  test.each<[string, unknown, object]>([
    [
      'completions',
      { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
      { prompt: 5, completion: 7 },
    ],
    [
      'chat completions, with details',
      {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 256, accepted_prediction_tokens: 0 },
      },
      { prompt: 2006, completion: 300, cached: 1920, reasoning: 256 },
    ],
    [
      'responses',
      {
        input_tokens: 328,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens: 52,
        output_tokens_details: { reasoning_tokens: 32 },
        total_tokens: 380,
      },
      { prompt: 328, completion: 52, cached: 64, reasoning: 32 },
    ],
    ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, { prompt: 8 }],
    ['Anthropic messages', { input_tokens: 11, output_tokens: 5 }, { prompt: 11, completion: 5 }],
    [
      'Anthropic messages with a cache, which the input does not include',
      { input_tokens: 21, cache_creation_input_tokens: 100, cache_read_input_tokens: 1800, output_tokens: 5 },
      { prompt: 1921, completion: 5, cached: 1800 },
    ],
    [
      'vLLM, whose details are null',
      { prompt_tokens: 5, completion_tokens: 7, prompt_tokens_details: null },
      { prompt: 5, completion: 7 },
    ],
    ['usage: null', null, {}],
    ['usage that is a text', 'many', {}],
    ['invalid numbers', { prompt_tokens: '5', completion_tokens: -1 }, {}],
    ['numbers that are too large or not whole', { prompt_tokens: 1e300, completion_tokens: 1.5 }, {}],
  ])('%s', (_, usage, expected) => {
    const body = Buffer.from(JSON.stringify({ id: 'x', usage }));
    expect(usageOf(JSON_TYPE, body)).toEqual({ ...none, ...expected });
    expect(usageOf('application/vnd.api+json', body)).toEqual({ ...none, ...expected });
  });

  test.each([
    ['a response without usage', JSON_TYPE, '{"id":"x"}'],
    ['the word usage inside a text', JSON_TYPE, '{"text":"the \\"usage\\" of words"}'],
    ['truncated JSON', JSON_TYPE, '{"usage": {"prompt_tokens": 5'],
    ['another content type', 'text/plain', '{"usage": {"prompt_tokens": 5}}'],
    ['no content type', '', '{"usage": {"prompt_tokens": 5}}'],
  ])('%s counts as 0', (_, type, text) => {
    expect(usageOf(type, Buffer.from(text))).toEqual(none);
  });

  test('ignores a byte order mark', () => {
    expect(usageOf(JSON_TYPE, Buffer.from('\ufeff{"usage": {"prompt_tokens": 5}}')).prompt).toBe(5);
  });
});

describe('usageOf a stream', () => {
  const chunk = (content: string) => ({ choices: [{ delta: { content } }], usage: null });

  test.each([
    [
      'chat completions with include_usage: in the last chunk',
      `${data(chunk('a'), chunk('b'), {
        choices: [],
        usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
      })}data: [DONE]\n\n`,
      { prompt: 9, completion: 2, cached: 4 },
    ],
    [
      'events with carriage returns, and without a space after the colon',
      'data:{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\r\n\r\ndata:[DONE]\r\n\r\n',
      { prompt: 9, completion: 2 },
    ],
    [
      'vLLM with continuous_usage_stats: the last, not the sum',
      data(
        { choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } },
        { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } },
      ),
      { prompt: 9, completion: 2 },
    ],
    [
      'Anthropic: the input first, the output at the end',
      named(
        {
          type: 'message_start',
          message: { usage: { input_tokens: 25, cache_read_input_tokens: 75, output_tokens: 1 } },
        } as { type: string },
        { type: 'message_delta', usage: { output_tokens: 15 } } as { type: string },
        { type: 'message_stop' },
      ),
      { prompt: 100, completion: 15, cached: 75 },
    ],
    [
      'responses: within the last event',
      named(
        { type: 'response.created', response: { usage: null } } as { type: string },
        {
          type: 'response.completed',
          response: {
            usage: { input_tokens: 7, output_tokens: 3, output_tokens_details: { reasoning_tokens: 2 } },
          },
        } as { type: string },
      ),
      { prompt: 7, completion: 3, reasoning: 2 },
    ],
    ['no usage', `${data({ choices: [{ delta: { content: 'a' } }] })}data: [DONE]\n\n`, {}],
    [
      'the word usage in the streamed text',
      data({ choices: [{ delta: { content: '"usage": {"prompt_tokens": 9}' } }] }),
      {},
    ],
    ['a truncated line', 'data: {"usage": {"prompt_tokens": 9}', {}],
  ])('%s', (_, text, expected) => {
    expect(usageOf(STREAM, Buffer.from(text))).toEqual({ ...none, ...expected });
  });
});

describe('isWhole', () => {
  const completed = {
    type: 'response.completed',
    response: { output: [{ text: 'x'.repeat(100_000) }], usage: null },
  };
  const incomplete = {
    type: 'response.incomplete',
    response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  };
  const failed = { type: 'response.failed', response: { error: { code: 'server_error' } } };

  test.each([
    ['JSON', JSON_TYPE, '{"a": 1}', true],
    ['JSON with a newline after it', 'application/json; charset=utf-8', '{"a": 1}\n', true],
    ['JSON with a byte order mark', JSON_TYPE, '\ufeff{"a": 1}', true],
    ['a JSON list', JSON_TYPE, '[1, 2]', true],
    ['a text in JSON', JSON_TYPE, '"text"', true],
    ['JSON of a subtype', 'application/problem+json', '{"a": 1}', true],
    ['JSON cut inside a text', JSON_TYPE, '{"content": "Hello wor', false],
    ['JSON cut after a text', JSON_TYPE, '{"content": "Hello"', false],
    ['JSON cut after an inner brace', JSON_TYPE, '{"choices": [{"index": 0}', false],
    ['JSON cut after a comma', JSON_TYPE, '{"a": 1,', false],
    ['empty JSON', JSON_TYPE, '', false],
    ['JSON Lines', 'application/jsonl', '{"a": 1}\n{"a": 2}\n', true],
    ['plain text', 'text/plain', 'Hello wor', true],
    ['audio', 'audio/mpeg', '\u0000\u0001', true],
    ['no content type', '', 'Hello', true],
    ['a stream with [DONE]', STREAM, `${data({ a: 1 })}data: [DONE]\n\n`, true],
    ['a stream with [DONE], without the last newlines', STREAM, `${data({ a: 1 })}data:[DONE]`, true],
    ['a stream without [DONE]', STREAM, data({ a: 1 }), false],
    ['a stream with [DONE] inside a text', STREAM, data({ a: '\ndata: [DONE]\n' }), false],
    ['an empty stream', STREAM, '', false],
    ['Anthropic: stopped', STREAM, named({ type: 'message_start' }, { type: 'message_stop' }), true],
    [
      'Anthropic: not stopped',
      STREAM,
      named({ type: 'message_start' }, { type: 'content_block_stop' }),
      false,
    ],
    [
      'Anthropic: an error in the middle',
      STREAM,
      `${named({ type: 'message_start' })}event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`,
      false,
    ],
    ['responses: completed, with a long answer in the last event', STREAM, named(completed), true],
    ['responses: incomplete because of max_output_tokens', STREAM, named(incomplete), true],
    ['responses: failed', STREAM, named(failed), false],
    ['responses: failed, then [DONE]', STREAM, `${named(failed)}data: [DONE]\n\n`, false],
    ['responses: in progress', STREAM, named({ type: 'response.in_progress' }), false],
    [
      'vLLM: an error, then [DONE]',
      STREAM,
      `${data({ a: 1 })}data: {"error": {"message": "EngineCore encountered an issue.", "code": 500}}\n\ndata: [DONE]\n\n`,
      false,
    ],
    [
      'older vLLM: an error, then [DONE]',
      STREAM,
      'data: {"object": "error", "message": "Already borrowed", "code": 400}\n\ndata: [DONE]\n\n',
      false,
    ],
    ['an error that is null', STREAM, `${data({ error: null, a: 1 })}data: [DONE]\n\n`, true],
  ])('%s', (_, type, text, whole) => {
    expect(isWhole(type, Buffer.from(text))).toBe(whole);
  });
});
