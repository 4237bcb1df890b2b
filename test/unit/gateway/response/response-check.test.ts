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

describe('a 2xx that is an answer', () => {
  test.each<[string, Endpoint, unknown]>([
    ['chat', 'chat/completions', { choices: [choice()] }],
    [
      'chat, with an error that is none',
      'chat/completions',
      { error: null, choices: [choice({ error: {} })] },
    ],
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
      'a text that speaks of errors',
      'chat/completions',
      { choices: [choice({ message: { content: '{"error": 1}' } })] },
    ],
    [
      'cut at max_tokens',
      'chat/completions',
      { choices: [choice({ finish_reason: 'length', message: { content: '' } })] },
    ],
    [
      'filtered by the provider',
      'chat/completions',
      { choices: [choice({ finish_reason: 'content_filter' })] },
    ],
    [
      'numbers that only Python writes',
      'chat/completions',
      '{"choices":[{"message":{"content":"x"},"logprobs":[-Infinity,NaN]}]}',
    ],
    ['with a byte order mark', 'chat/completions', `\ufeff${JSON.stringify({ choices: [choice()] })}`],
    ['completions, with an empty text', 'completions', { choices: [{ text: '' }] }],
    ['embeddings', 'embeddings', { data: [{ embedding: [0.1] }] }],
    ['embeddings in Base64', 'embeddings', { data: [{ embedding: 'AAAA' }] }],
    ['moderations', 'moderations', { results: [{ flagged: false }] }],
    ['responses', 'responses', { status: 'completed', output: [], error: null }],
    ['responses, cut', 'responses', { status: 'incomplete', output: [] }],
    ['Anthropic', 'messages', { type: 'message', content: [] }],
  ])('%s', (_, endpoint, body) => {
    expect(check(endpoint, body)).toBeUndefined();
  });

  test.each([
    ['JSON that is not called so', 'text/plain', { choices: [choice()] }],
    ['JSON that is called a web page', 'text/html', { choices: [choice()] }],
    ['a stream', STREAM, `${event(delta())}${event('[DONE]')}`],
    [
      'a stream with the type of a stream and more',
      `${STREAM}; charset=utf-8`,
      `${event(delta())}${event('[DONE]')}`,
    ],
  ])('%s', (_, type, body) => {
    expect(check('chat/completions', body, type)).toBeUndefined();
  });
});

describe('a 2xx that is a failure, with the status that it names', () => {
  test.each<[string, unknown, number]>([
    // UKGovernmentBEIS/inspect_ai#1534
    [
      'OpenRouter: choices null, a code',
      { choices: null, error: { message: 'Provider returned error', code: 429 } },
      429,
    ],
    ['a code as text', { error: { message: 'busy', code: '503' } }, 503],
    ['no credit', { error: { message: 'Insufficient credits', code: 402 } }, 402],
    ['a code in words', { error: { message: 'x', code: 'rate_limit_exceeded' } }, 429],
    ['a type in words', { error: { message: 'x', type: 'overloaded_error' } }, 503],
    ['a status in words', { error: { message: 'x', status: 'RESOURCE_EXHAUSTED' } }, 429],
    ['an invalid key', { error: { message: 'Incorrect key', code: 'invalid_api_key' } }, 401],
    ['a bad request', { error: { message: 'x', type: 'invalid_request_error' } }, 400],
    ['a text alone', { error: 'model is overloaded, try again' }, 503],
    ['no cause', { error: { message: 'Something went wrong' } }, 502],
    ['a list', [{ error: { code: 429, message: 'x' } }], 502],
    // genkit-ai/genkit#6259: the upstream was lost after the 200.
    [
      'an error in a choice',
      { choices: [choice({ finish_reason: 'error', error: { code: 429, message: 'x' } })] },
      429,
    ],
    ['finish_reason: error', { choices: [choice({ finish_reason: 'error' })] }, 502],
    ['choices null', { choices: null }, 502],
    // affaan-m/ECC#1976: Gemini, PROHIBITED_CONTENT.
    ['choices empty', { choices: [] }, 502],
    ['a choice without a message', { choices: [choice({ message: null })] }, 502],
    ['no choices', { object: 'chat.completion' }, 502],
    ['older vLLM', { object: 'error', message: 'Already borrowed', code: 400 }, 400],
    ['Cloudflare', { success: false, errors: [{ code: 7003, message: 'No route' }] }, 502],
    ['another type', 'true', 502],
    ['truncated', '{"choices":[{"message":{"content":"x', 502],
    ['empty', '', 502],
    ['a web page', '<!doctype html><html><title>Sign in</title></html>', 502],
    ['words', 'upstream connect error', 502],
  ])('chat: %s', (_, body, status) => {
    expect(check('chat/completions', body)?.status).toBe(status);
  });

  test.each<[string, Endpoint, unknown, number]>([
    ['completions without a text', 'completions', { choices: [{}] }, 502],
    ['embeddings that are missing', 'embeddings', { data: [] }, 502],
    ['moderations that are missing', 'moderations', { results: null }, 502],
    [
      'a response that failed',
      'responses',
      { status: 'failed', output: [], error: { code: 'rate_limit_exceeded' } },
      429,
    ],
    ['a response that was cancelled', 'responses', { status: 'cancelled', output: [] }, 502],
    ['a response that is not done', 'responses', { status: 'in_progress', output: [] }, 502],
    ['Anthropic: overloaded', 'messages', { type: 'error', error: { type: 'overloaded_error' } }, 503],
  ])('%s', (_, endpoint, body, status) => {
    expect(check(endpoint, body)?.status).toBe(status);
  });

  test.each<[string, string, number]>([
    ['an error at once', event({ error: { code: 429, message: 'x' } }), 429],
    [
      'an error in its middle',
      `${event(delta())}${event({ error: { code: 500, message: 'x' } })}${event('[DONE]')}`,
      500,
    ],
    ['finish_reason: error', `${event(delta({ finish_reason: 'error' }))}${event('[DONE]')}`, 502],
    ['no end', event(delta()), 502],
    ['an error whose words hold a line separator', event({ error: { code: 429, message: 'a\u2028b' } }), 429],
    ['nothing', '', 502],
    [
      'a response that failed',
      `event: response.failed\n${event({ type: 'response.failed', response: { status: 'failed', error: { code: 'rate_limit_exceeded' } } })}`,
      429,
    ],
  ])('a stream with %s', (_, text, status) => {
    expect(check('chat/completions', text, STREAM)?.status).toBe(status);
  });

  test('it says what came, without keys', () => {
    const body = Buffer.from('<html><title>Sign in to sk-1234</title></html>');
    const error = failureIn('chat/completions', 'text/html', body, ['sk-1234']);
    expect(error && describeProviderError(error)).toBe(
      '502: a web page instead of an API response: Sign in to ***',
    );
    expect(error?.webPage).toBe(true);
  });
});

describe('the first event of a stream', () => {
  test.each([
    ['an error', event({ error: { code: 429, message: 'x' } }), 429],
    [
      'an error behind comments (OpenRouter)',
      `: PROCESSING\n\n${event({ error: { code: 429, message: 'x' } })}`,
      429,
    ],
    ['content', event(delta()), 'none'],
    ['content behind comments', `: PROCESSING\n\n${event(delta())}`, 'none'],
    ['the end', event('[DONE]'), 'none'],
    ['comments alone', ': PROCESSING\n\n', undefined],
    ['half of it', 'data: {"error', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, expected) => {
    const found = failureInFirstEvent(text);
    expect(typeof found === 'object' ? found.status : found).toBe(expected);
  });
});
