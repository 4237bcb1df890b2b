import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  type ErrorContext,
  type ErrorJudgement,
  judgeError,
} from '../../../../src/gateway/call/judge-error.ts';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';

const POST: ErrorContext = { headers: {}, method: 'POST', disguised: false, apiHasSucceeded: true };

function judge(
  status: number,
  body: object | string,
  context: Partial<ErrorContext> & { namesStatus?: boolean } = {},
): ErrorJudgement {
  const { namesStatus = true, ...rest } = context;
  const text = typeof body === 'string' ? body : JSON.stringify({ error: body });
  return judgeError({ ...readProviderError(status, Buffer.from(text)), namesStatus }, { ...POST, ...rest });
}

const OVERLOADED = { message: 'The server had an error' };
const LIMITED = { message: 'Rate limit reached for gpt-4', code: 'rate_limit_exceeded' };
const NO_MONEY = { message: 'You exceeded your current quota', code: 'insufficient_quota' };
const BAD_KEY = { message: 'Incorrect API key provided', code: 'invalid_api_key' };
const PAGE = '<!doctype html><title>Sign in</title>';

describe('judgeError retries', () => {
  test.each<[string, number, object, IncomingHttpHeaders, object]>([
    ['a 500', 500, OVERLOADED, {}, { throttled: false, retryAfterMs: undefined }],
    ['a 503 after the time of Retry-After', 503, OVERLOADED, { 'retry-after': '2' }, { retryAfterMs: 2000 }],
    ['a 429 as a rate limit', 429, LIMITED, {}, { throttled: true, retryAfterMs: undefined }],
    [
      'a 429 after the reset of the rate limit',
      429,
      LIMITED,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '3s' },
      { throttled: true, retryAfterMs: 3000 },
    ],
    [
      'a 500 without waiting for the reset of a rate limit',
      500,
      OVERLOADED,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '3s' },
      { throttled: false, retryAfterMs: undefined },
    ],
  ])('%s', (_, status, body, headers, expected) => {
    expect(judge(status, body, { headers })).toMatchObject({
      kind: 'retry',
      requestSpecific: false,
      ...expected,
    });
  });

  test('a 2xx that names no status as an error that may be due to the request', () => {
    expect(judge(502, {}, { disguised: true, namesStatus: false })).toMatchObject({
      kind: 'retry',
      requestSpecific: true,
    });
  });

  test('a web page with a 2xx once the API has succeeded', () => {
    expect(judge(502, PAGE, { disguised: true })).toMatchObject({ kind: 'retry' });
  });
});

describe('judgeError is final for', () => {
  test.each<[string, number, object | string, Partial<ErrorContext>, object]>([
    ['a 400, with its own status', 400, { message: 'Too long' }, {}, { status: 400, refusal: undefined }],
    ['a 401, as a refusal with its own status', 401, BAD_KEY, {}, { status: 401, refusal: 'key' }],
    [
      'a 429 without money, with a status that oaieval does not retry',
      429,
      NO_MONEY,
      {},
      { status: 424, refusal: 'money' },
    ],
    [
      'a web page with a 2xx before any success, as a wrong base URL',
      502,
      PAGE,
      { disguised: true, apiHasSucceeded: false },
      { status: 424, refusal: 'address' },
    ],
    [
      'a 401 to a GET, which refuses nothing',
      401,
      BAD_KEY,
      { method: 'GET' },
      { status: 401, refusal: undefined },
    ],
    ['a 500 to a GET', 500, OVERLOADED, { method: 'GET' }, { status: 500, refusal: undefined }],
  ])('%s', (_, status, body, context, expected) => {
    expect(judge(status, body, context)).toEqual({ kind: 'final', ...expected });
  });
});
