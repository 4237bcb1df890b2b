import { describe, expect, test } from 'vitest';
import { isWhole, usageOf } from '../../../../src/gateway/response/usage.ts';

const JSON_TYPE = 'application/json';
const STREAM = 'text/event-stream; charset=utf-8';
const none = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
const data = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const named = (...events: { type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

describe('usage of a whole answer', () => {
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
      'Anthropic messages with a cache, which is counted beside the input',
      { input_tokens: 21, cache_creation_input_tokens: 100, cache_read_input_tokens: 1800, output_tokens: 5 },
      { prompt: 1921, completion: 5, cached: 1800 },
    ],
    [
      'vLLM, whose details are null',
      { prompt_tokens: 5, completion_tokens: 7, prompt_tokens_details: null },
      { prompt: 5, completion: 7 },
    ],
    ['null', null, {}],
    ['a text', 'many', {}],
    ['numbers that are none', { prompt_tokens: '5', completion_tokens: -1 }, {}],
    ['numbers beyond all counting', { prompt_tokens: 1e300, completion_tokens: 1.5 }, {}],
  ])('%s', (_, usage, expected) => {
    const body = Buffer.from(JSON.stringify({ id: 'x', usage }));
    expect(usageOf(JSON_TYPE, body)).toEqual({ ...none, ...expected });
    expect(usageOf('application/vnd.api+json', body)).toEqual({ ...none, ...expected });
  });

  test.each([
    ['an answer without it', JSON_TYPE, '{"id":"x"}'],
    ['the word inside a text', JSON_TYPE, '{"text":"the \\"usage\\" of words"}'],
    ['no JSON', JSON_TYPE, '{"usage": {"prompt_tokens": 5'],
    ['another type', 'text/plain', '{"usage": {"prompt_tokens": 5}}'],
    ['no type', '', '{"usage": {"prompt_tokens": 5}}'],
  ])('%s counts as nothing', (_, type, text) => {
    expect(usageOf(type, Buffer.from(text))).toEqual(none);
  });

  test('a byte order mark does not hide it', () => {
    expect(usageOf(JSON_TYPE, Buffer.from('\ufeff{"usage": {"prompt_tokens": 5}}')).prompt).toBe(5);
  });
});

describe('usage of a stream', () => {
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
      'with carriage returns, and no space behind the colon',
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
    ['none', `${data({ choices: [{ delta: { content: 'a' } }] })}data: [DONE]\n\n`, {}],
    [
      'the word in what is streamed',
      data({ choices: [{ delta: { content: '"usage": {"prompt_tokens": 9}' } }] }),
      {},
    ],
    ['a line that is cut', 'data: {"usage": {"prompt_tokens": 9}', {}],
  ])('%s', (_, text, expected) => {
    expect(usageOf(STREAM, Buffer.from(text))).toEqual({ ...none, ...expected });
  });
});

describe('whether an answer is whole', () => {
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
    ['JSON with a newline behind it', 'application/json; charset=utf-8', '{"a": 1}\n', true],
    ['JSON with a byte order mark', JSON_TYPE, '\ufeff{"a": 1}', true],
    ['a list', JSON_TYPE, '[1, 2]', true],
    ['a text in JSON', JSON_TYPE, '"text"', true],
    ['JSON of a subtype', 'application/problem+json', '{"a": 1}', true],
    ['JSON cut in a word', JSON_TYPE, '{"content": "Hello wor', false],
    ['JSON cut behind a text', JSON_TYPE, '{"content": "Hello"', false],
    ['JSON cut behind an inner brace', JSON_TYPE, '{"choices": [{"index": 0}', false],
    ['JSON cut behind a comma', JSON_TYPE, '{"a": 1,', false],
    ['JSON that is empty', JSON_TYPE, '', false],
    ['JSON Lines', 'application/jsonl', '{"a": 1}\n{"a": 2}\n', true],
    ['plain text', 'text/plain', 'Hello wor', true],
    ['audio', 'audio/mpeg', '\u0000\u0001', true],
    ['no type', '', 'Hello', true],
    ['a stream that is done', STREAM, `${data({ a: 1 })}data: [DONE]\n\n`, true],
    ['a stream that is done, without the last newlines', STREAM, `${data({ a: 1 })}data:[DONE]`, true],
    ['a stream that is not done', STREAM, data({ a: 1 }), false],
    ['a stream in which a text says that it is done', STREAM, data({ a: '\ndata: [DONE]\n' }), false],
    ['an empty stream', STREAM, '', false],
    ['Anthropic: stopped', STREAM, named({ type: 'message_start' }, { type: 'message_stop' }), true],
    [
      'Anthropic: not stopped',
      STREAM,
      named({ type: 'message_start' }, { type: 'content_block_stop' }),
      false,
    ],
    [
      'Anthropic: an error on the way',
      STREAM,
      `${named({ type: 'message_start' })}event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`,
      false,
    ],
    ['responses: completed, with a long answer in the last event', STREAM, named(completed), true],
    ['responses: as long as max_output_tokens allows', STREAM, named(incomplete), true],
    ['responses: failed', STREAM, named(failed), false],
    ['responses: failed, and then done', STREAM, `${named(failed)}data: [DONE]\n\n`, false],
    ['responses: under way', STREAM, named({ type: 'response.in_progress' }), false],
    [
      'vLLM: an error, and then done',
      STREAM,
      `${data({ a: 1 })}data: {"error": {"message": "EngineCore encountered an issue.", "code": 500}}\n\ndata: [DONE]\n\n`,
      false,
    ],
    [
      'older vLLM: an error, and then done',
      STREAM,
      'data: {"object": "error", "message": "Already borrowed", "code": 400}\n\ndata: [DONE]\n\n',
      false,
    ],
    ['an error that is null', STREAM, `${data({ error: null, a: 1 })}data: [DONE]\n\n`, true],
  ])('%s', (_, type, text, whole) => {
    expect(isWhole(type, Buffer.from(text))).toBe(whole);
  });
});
