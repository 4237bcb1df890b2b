import { describe, expect, test } from 'vitest';
import { refusalKind } from '../../../../src/gateway/refusal/refusal-kinds.ts';
import {
  describeProviderError,
  isTransient,
  readProviderError,
} from '../../../../src/gateway/response/provider-error.ts';

type Fate = 'refusal' | 'transient' | 'final';

/** What the gateway does: end the job, retry the request, or pass the error on. */
function fateOf(status: number, body: string): Fate {
  const error = readProviderError(status, Buffer.from(body));
  if (refusalKind(error) !== undefined) return 'refusal';
  return isTransient(status) ? 'transient' : 'final';
}

describe('provider error of', () => {
  test.each<[string, number, object | string, Fate, string]>([
    [
      'OpenAI: no quota',
      429,
      {
        error: {
          message:
            'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
          type: 'insufficient_quota',
          param: null,
          code: 'insufficient_quota',
        },
      },
      'refusal',
      '429 insufficient_quota: You exceeded your current quota',
    ],
    [
      'OpenAI: account not active',
      429,
      {
        error: {
          message: 'Your account is not active, please check your billing details on our website.',
          type: 'billing_not_active',
          param: null,
          code: 'billing_not_active',
        },
      },
      'refusal',
      '429 billing_not_active: Your account is not active',
    ],
    [
      'OpenAI: hard limit of billing',
      400,
      {
        error: {
          code: 'billing_hard_limit_reached',
          message: 'Billing hard limit has been reached',
          param: null,
          type: 'invalid_request_error',
        },
      },
      'refusal',
      '400 billing_hard_limit_reached: Billing hard limit has been reached',
    ],
    [
      'OpenAI: rate limit',
      429,
      {
        error: {
          message:
            'Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000, Used 9500, Requested 900. Please try again in 2.4s.',
          type: 'tokens',
          param: null,
          code: 'rate_limit_exceeded',
        },
      },
      'transient',
      '429 rate_limit_exceeded: Rate limit reached for gpt-4',
    ],
    [
      'OpenAI: wrong key',
      401,
      {
        error: {
          message:
            'Incorrect API key provided: sk-test. You can find your API key at https://platform.openai.com.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_api_key',
        },
      },
      'refusal',
      '401 invalid_api_key: Incorrect API key provided',
    ],
    [
      'OpenAI: country',
      403,
      {
        error: {
          code: 'unsupported_country_region_territory',
          message: 'Country, region, or territory not supported',
          param: null,
          type: 'request_forbidden',
        },
      },
      'refusal',
      '403 unsupported_country_region_territory: Country',
    ],
    [
      'OpenAI: unknown model',
      404,
      {
        error: {
          message: 'The model `gpt-5x` does not exist or you do not have access to it.',
          type: 'invalid_request_error',
          param: null,
          code: 'model_not_found',
        },
      },
      'refusal',
      '404 model_not_found: The model `gpt-5x` does not exist',
    ],
    [
      'OpenAI: unknown path',
      404,
      {
        error: {
          message: 'Invalid URL (POST /v1/complete)',
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
      'refusal',
      '404 invalid_request_error: Invalid URL',
    ],
    [
      'OpenAI: too long',
      400,
      {
        error: {
          message:
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
          type: 'invalid_request_error',
          param: 'messages',
          code: 'context_length_exceeded',
        },
      },
      'final',
      '400 context_length_exceeded: This model',
    ],
    [
      'OpenAI: their fault',
      500,
      {
        error: {
          message: 'The server had an error while processing your request. Sorry about that!',
          type: 'server_error',
          param: null,
          code: null,
        },
      },
      'transient',
      '500 server_error: The server had an error',
    ],
    [
      'OpenAI: overloaded',
      503,
      {
        error: {
          message: 'The engine is currently overloaded, please try again later',
          type: 'server_error',
        },
      },
      'transient',
      '503 server_error: The engine is currently overloaded',
    ],
    [
      'Anthropic: credit',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message:
            'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
        },
      },
      'refusal',
      '400 invalid_request_error: Your credit balance is too low',
    ],
    [
      'Anthropic: wrong key',
      401,
      { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
      'refusal',
      '401 authentication_error: invalid x-api-key',
    ],
    [
      'Anthropic: unknown model',
      404,
      { type: 'error', error: { type: 'not_found_error', message: 'model: claude-9' } },
      'refusal',
      '404 not_found_error: model: claude-9',
    ],
    [
      'Anthropic: rate limit',
      429,
      {
        type: 'error',
        error: {
          type: 'rate_limit_error',
          message:
            "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
        },
      },
      'transient',
      '429 rate_limit_error: This request would exceed',
    ],
    [
      'Anthropic: overloaded',
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'transient',
      '529 overloaded_error: Overloaded',
    ],
    [
      'Anthropic: too large',
      413,
      { type: 'error', error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
      'final',
      '413 request_too_large: Request exceeds',
    ],
    [
      'Azure: unknown deployment',
      404,
      {
        error: {
          code: 'DeploymentNotFound',
          message:
            'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
        },
      },
      'refusal',
      '404 DeploymentNotFound: The API deployment',
    ],
    [
      'Azure: wrong key',
      401,
      {
        error: {
          code: '401',
          message:
            'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
        },
      },
      'refusal',
      '401: Access denied',
    ],
    [
      'Azure: rate limit',
      429,
      {
        error: {
          code: '429',
          message:
            'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.',
        },
      },
      'transient',
      '429: Requests to the ChatCompletions_Create',
    ],
    [
      'Azure: content filter',
      400,
      {
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
        },
      },
      'final',
      '400 content_filter: The response was filtered',
    ],
    [
      'vLLM: unknown model',
      404,
      {
        error: { message: 'The model `x` does not exist.', type: 'NotFoundError', param: 'model', code: 404 },
      },
      'refusal',
      '404 NotFoundError: The model `x` does not exist.',
    ],
    [
      'older vLLM, without an inner object',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      'final',
      '400 BadRequestError: This model',
    ],
    ['vLLM: no key', 401, { error: 'Unauthorized' }, 'refusal', '401: Unauthorized'],
    ['FastAPI', 404, { detail: 'Not Found' }, 'refusal', '404: Not Found'],
    [
      'OpenRouter: no credits',
      402,
      { error: { message: 'Insufficient credits', code: 402 } },
      'refusal',
      '402: Insufficient credits',
    ],
    [
      'a load balancer',
      502,
      '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n',
      'transient',
      '502: a web page instead of an API response: 502 Bad Gateway',
    ],
    ['a server: timeout', 408, '', 'transient', '408'],
    ['a server: too early', 425, '', 'transient', '425'],
    ['a server: conflict', 409, { error: { message: 'Conflict' } }, 'final', '409: Conflict'],
    ['a server: no body', 504, '', 'transient', '504'],
    ['a server: JSON that is not an object', 500, '[1]', 'transient', '500: [1]'],
    ['a server: null', 500, 'null', 'transient', '500: null'],
  ])('%s', (_, status, body, fate, words) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(fateOf(status, text)).toBe(fate);
    expect(describeProviderError(readProviderError(status, Buffer.from(text)))).toContain(words);
  });
});

test('provider error: the message is one short line without control characters', () => {
  const message = `a\r\n::error::b\u001b[31m\u0000c ${'x'.repeat(2000)}`;
  const { message: read } = readProviderError(400, Buffer.from(JSON.stringify({ error: { message } })));
  expect(read).toMatch(/^a ::error::b\\u0000c x+ … \(shortened, [\d,]+ bytes\) … x+$/);
  expect(Buffer.byteLength(read)).toBeLessThanOrEqual(500);
});

test('provider error: code and type are short lines without invisible characters', () => {
  const name = `rate\u202elimit\n${'x'.repeat(2000)}`;
  const { code, type } = readProviderError(
    429,
    Buffer.from(JSON.stringify({ error: { code: name, type: name } })),
  );
  for (const read of [code, type]) {
    expect(read).toMatch(/^rate\\u202elimit x/);
    expect(Buffer.byteLength(read)).toBeLessThanOrEqual(100);
  }
});

test('provider error: fields of unexpected types are ignored', () => {
  const error = { message: 'no', type: 'a', param: 'b', code: 'c' };
  const read = (value: unknown) => readProviderError(400, Buffer.from(JSON.stringify(value)));
  expect(read({ error })).toMatchObject({ status: 400, ...error });
  expect(read({ error: { ...error, code: 400, param: null, type: ['x'] } })).toMatchObject({
    status: 400,
    message: 'no',
    type: '',
    param: '',
    code: '',
  });
});

test('provider error: a body that is not UTF-8 is read', () => {
  const { message } = readProviderError(500, Buffer.from([0xff, 0xfe, 0x00, 0x41]));
  expect(message).toContain('A');
});
