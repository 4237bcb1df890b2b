import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../../src/gateway/request/replayable.ts';
import { describeProviderError } from '../../../../src/gateway/response/provider-error.ts';
import { failureIn, failureInFirstEvent } from '../../../../src/gateway/response/response-check.ts';

const JSON_TYPE = 'application/json';
const STREAM = 'text/event-stream';
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
const check = (endpoint: Endpoint, body: unknown, type = JSON_TYPE) =>
  failureIn(endpoint, type, Buffer.from(textOf(body)));

const choice = (more: object = {}) => ({
  index: 0,
  message: { role: 'assistant', content: 'x' },
  finish_reason: 'stop',
  ...more,
});
const event = (data: unknown) => `data: ${textOf(data)}\n\n`;
const delta = (more: object = {}) => ({ choices: [{ delta: { content: 'x' }, ...more }] });

describe('failureIn: success is', () => {
  test.each<[string, Endpoint, unknown]>([
    ['a chat', 'chat/completions', { choices: [choice()] }],
    ['a chat with an empty error', 'chat/completions', { error: null, choices: [choice({ error: {} })] }],
    [
      'a refusal of the model',
      'chat/completions',
      { choices: [choice({ message: { content: null, refusal: 'no' } })] },
    ],
    [
      'a tool call',
      'chat/completions',
      { choices: [choice({ message: { content: null, tool_calls: [{}] } })] },
    ],
    [
      'a text about errors',
      'chat/completions',
      { choices: [choice({ message: { content: '{"error": 1}' } })] },
    ],
    [
      'an answer cut at max_tokens',
      'chat/completions',
      { choices: [choice({ finish_reason: 'length', message: { content: '' } })] },
    ],
    [
      'an answer that the provider filtered',
      'chat/completions',
      { choices: [choice({ finish_reason: 'content_filter' })] },
    ],
    [
      'JSON with NaN and Infinity, as Python writes it',
      'chat/completions',
      '{"choices":[{"message":{"content":"x"},"logprobs":[-Infinity,NaN]}]}',
    ],
    ['JSON with a byte order mark', 'chat/completions', `\ufeff${JSON.stringify({ choices: [choice()] })}`],
    ['a completion with an empty text', 'completions', { choices: [{ text: '' }] }],
    ['embeddings', 'embeddings', { data: [{ embedding: [0.1] }] }],
    ['embeddings in Base64', 'embeddings', { data: [{ embedding: 'AAAA' }] }],
    ['moderations', 'moderations', { results: [{ flagged: false }] }],
    ['a completed response', 'responses', { status: 'completed', output: [], error: null }],
    ['an incomplete response', 'responses', { status: 'incomplete', output: [] }],
    ['a message (Anthropic)', 'messages', { type: 'message', content: [] }],
  ])('%s', (_, endpoint, body) => {
    expect(check(endpoint, body)).toBeUndefined();
  });

  test.each([
    ['JSON with the type text/plain', 'text/plain', { choices: [choice()] }],
    ['JSON with the type text/html', 'text/html', { choices: [choice()] }],
    ['a stream', STREAM, `${event(delta())}${event('[DONE]')}`],
    ['a stream whose type has a charset', `${STREAM}; charset=utf-8`, `${event(delta())}${event('[DONE]')}`],
  ])('%s', (_, type, body) => {
    expect(check('chat/completions', body, type)).toBeUndefined();
  });
});

describe('failureIn: failure is', () => {
  test.each<[string, unknown, number]>([
    // UKGovernmentBEIS/inspect_ai#1534
    [
      'OpenRouter: choices null, a code',
      { choices: null, error: { message: 'Provider returned error', code: 429 } },
      429,
    ],
    ['a code as a text', { error: { message: 'busy', code: '503' } }, 503],
    ['a lack of credit', { error: { message: 'Insufficient credits', code: 402 } }, 402],
    ['a code in words', { error: { message: 'x', code: 'rate_limit_exceeded' } }, 429],
    ['a type in words', { error: { message: 'x', type: 'overloaded_error' } }, 503],
    ['a status in words', { error: { message: 'x', status: 'RESOURCE_EXHAUSTED' } }, 429],
    ['an invalid key', { error: { message: 'Incorrect key', code: 'invalid_api_key' } }, 401],
    ['a bad request', { error: { message: 'x', type: 'invalid_request_error' } }, 400],
    ['an error that is a text', { error: 'model is overloaded, try again' }, 503],
    ['an error without a code', { error: { message: 'Something went wrong' } }, 502],
    ['a list', [{ error: { code: 429, message: 'x' } }], 502],
    // genkit-ai/genkit#6259: the upstream was lost after the 200.
    [
      'an error in a choice',
      { choices: [choice({ finish_reason: 'error', error: { code: 429, message: 'x' } })] },
      429,
    ],
    ['finish_reason: error', { choices: [choice({ finish_reason: 'error' })] }, 502],
    ['choices that are null', { choices: null }, 502],
    // affaan-m/ECC#1976: Gemini, PROHIBITED_CONTENT.
    ['choices that are empty', { choices: [] }, 502],
    ['a choice without a message', { choices: [choice({ message: null })] }, 502],
    ['a chat without choices', { object: 'chat.completion' }, 502],
    ['an error of older vLLM', { object: 'error', message: 'Already borrowed', code: 400 }, 400],
    ['an error of Cloudflare', { success: false, errors: [{ code: 7003, message: 'No route' }] }, 502],
    ['JSON of another type', 'true', 502],
    ['truncated JSON', '{"choices":[{"message":{"content":"x', 502],
    ['an empty body', '', 502],
    ['a web page', '<!doctype html><html><title>Sign in</title></html>', 502],
    ['plain text', 'upstream connect error', 502],
  ])('in a chat, %s', (_, body, status) => {
    expect(check('chat/completions', body)?.status).toBe(status);
  });

  test.each<[string, Endpoint, unknown, number]>([
    ['a completion without a text', 'completions', { choices: [{}] }, 502],
    ['a lack of embeddings', 'embeddings', { data: [] }, 502],
    ['a lack of moderations', 'moderations', { results: null }, 502],
    [
      'a failed response',
      'responses',
      { status: 'failed', output: [], error: { code: 'rate_limit_exceeded' } },
      429,
    ],
    ['a cancelled response', 'responses', { status: 'cancelled', output: [] }, 502],
    ['a response in progress', 'responses', { status: 'in_progress', output: [] }, 502],
    ['an overload of Anthropic', 'messages', { type: 'error', error: { type: 'overloaded_error' } }, 503],
  ])('%s', (_, endpoint, body, status) => {
    expect(check(endpoint, body)?.status).toBe(status);
  });

  test.each<[string, string, number]>([
    ['an error at its beginning', event({ error: { code: 429, message: 'x' } }), 429],
    [
      'an error in its middle',
      `${event(delta())}${event({ error: { code: 500, message: 'x' } })}${event('[DONE]')}`,
      500,
    ],
    ['finish_reason: error', `${event(delta({ finish_reason: 'error' }))}${event('[DONE]')}`, 502],
    ['no end', event(delta()), 502],
    [
      'an error whose message contains a line separator',
      event({ error: { code: 429, message: 'a\u2028b' } }),
      429,
    ],
    ['no event', '', 502],
    [
      'a failed response',
      `event: response.failed\n${event({ type: 'response.failed', response: { status: 'failed', error: { code: 'rate_limit_exceeded' } } })}`,
      429,
    ],
  ])('a stream with %s', (_, text, status) => {
    expect(check('chat/completions', text, STREAM)?.status).toBe(status);
  });

  test('a web page, described without keys', () => {
    const body = Buffer.from('<html><title>Sign in to sk-1234</title></html>');
    const error = failureIn('chat/completions', 'text/html', body, ['sk-1234']);
    expect(error && describeProviderError(error)).toBe(
      '502: a web page instead of an API response: Sign in to ***',
    );
    expect(error?.webPage).toBe(true);
  });
});

describe('failureInFirstEvent: the first event of a stream is', () => {
  test.each([
    ['an error', event({ error: { code: 429, message: 'x' } }), 429],
    [
      'an error after comments (OpenRouter)',
      `: PROCESSING\n\n${event({ error: { code: 429, message: 'x' } })}`,
      429,
    ],
    ['content', event(delta()), 'none'],
    ['content after comments', `: PROCESSING\n\n${event(delta())}`, 'none'],
    ['the end', event('[DONE]'), 'none'],
    ['missing after comments', ': PROCESSING\n\n', undefined],
    ['incomplete', 'data: {"error', undefined],
    ['missing', '', undefined],
  ])('%s', (_, text, expected) => {
    const found = failureInFirstEvent(text);
    expect(typeof found === 'object' ? found.status : found).toBe(expected);
  });
});
