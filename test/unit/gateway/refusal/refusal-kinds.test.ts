/** Errors that name a key, a model, an address or a request. */
import { expect, test } from 'vitest';
import { type RefusalKind, refusalKind } from '../../../../src/gateway/refusal/refusal-kinds.ts';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';
import { gemini, openai, reason } from './error-bodies.ts';

test.each<[string, number, unknown, RefusalKind | undefined]>([
  // The key.
  [
    'Gemini: 400',
    400,
    gemini(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      reason('API_KEY_INVALID'),
    ]),
    'key',
  ],
  [
    'Gemini: leaked',
    403,
    gemini(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
    'key',
  ],
  [
    'Gemini: none',
    403,
    gemini(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers."),
    'key',
  ],
  ['OpenAI', 401, openai('Incorrect API key provided: ***.', { code: 'invalid_api_key' }), 'key'],
  [
    'Azure',
    401,
    {
      error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' },
    },
    'key',
  ],
  [
    'xAI',
    400,
    {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.',
    },
    'key',
  ],
  ['a proxy without words', 401, '', 'key'],
  ['FastAPI', 401, { detail: 'Not authenticated' }, 'key'],

  // What one request holds.
  [
    'OpenRouter: moderation',
    403,
    {
      error: {
        code: 403,
        message:
          'Your chosen model requires moderation and your input was flagged for "violence". No credits were charged.',
        metadata: { reasons: ['violence'], flagged_input: 'x' },
      },
    },
    'content',
  ],
  ['a firewall', 403, '<html><head><title>403 Forbidden</title></head></html>', 'content'],
  ['a guardrail', 403, { error: { message: 'Request blocked by guardrail' } }, 'content'],
  [
    'Azure: content filter',
    400,
    openai('The response was filtered', { code: 'content_filter', param: 'prompt' }),
    undefined,
  ],
  [
    'OpenAI: policy',
    400,
    openai('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
      code: 'invalid_prompt',
    }),
    undefined,
  ],

  // The model.
  [
    'OpenAI: retired',
    404,
    openai('The model `gpt-4-32k` has been deprecated', { code: 'model_not_found' }),
    'model',
  ],
  [
    'OpenAI: a project without it',
    403,
    openai('Project `p` does not have access to model `gpt-x`', { code: 'model_not_found' }),
    'model',
  ],
  [
    'Groq: decommissioned',
    400,
    {
      error: {
        message: 'The model `x` has been decommissioned and is no longer supported.',
        code: 'model_decommissioned',
      },
    },
    'model',
  ],
  [
    'Mistral: retired',
    400,
    { object: 'error', message: 'Invalid model: open-mixtral-8x7b', type: 'invalid_model', code: '1500' },
    'model',
  ],
  [
    'Cohere: retired',
    404,
    {
      message:
        "model 'command-r' was removed on September 15, 2025. See the documentation for available models.",
    },
    'model',
  ],
  [
    'Gemini: retired',
    404,
    gemini(
      404,
      'NOT_FOUND',
      'This model models/x-preview is no longer available. Please update your code to use a newer model.',
    ),
    'model',
  ],
  ['OpenRouter: retired', 404, { error: { message: 'No endpoints found for x/y.', code: 404 } }, 'model'],
  ['OpenRouter', 400, { error: { message: 'x/y is not a valid model ID', code: 400 } }, 'model'],
  [
    'LiteLLM',
    400,
    {
      error: {
        message:
          '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models.',
        type: 'invalid_request_error',
        param: 'None',
        code: '400',
      },
    },
    'model',
  ],
  [
    'Ollama',
    404,
    { error: { message: 'model "x" not found, try pulling it first', type: 'api_error' } },
    'model',
  ],
  [
    'Anthropic',
    404,
    { type: 'error', error: { type: 'not_found_error', message: 'model: claude-9' } },
    'model',
  ],
  ['Gemini', 404, gemini(404, 'NOT_FOUND', 'models/x is not found for API version v1main'), 'model'],
  [
    'Azure',
    404,
    {
      error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
    },
    'model',
  ],
  [
    'vLLM',
    404,
    { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
    'model',
  ],
  ['shut down', 410, openai('This model was shut down on 2026-10-23.'), 'model'],

  // Where it was sent to.
  ['a path without /v1', 404, { detail: 'Not Found' }, 'address'],
  ['a web server', 404, '<!doctype html><title>404</title>', 'address'],
  ['a web server that takes no POST', 405, '', 'address'],

  // What the key may do.
  [
    'OpenAI: country',
    403,
    openai('Country, region, or territory not supported', {
      code: 'unsupported_country_region_territory',
      type: 'request_forbidden',
    }),
    'access',
  ],
  ['no words', 403, '', 'access'],

  // The request's own.
  [
    'too long',
    400,
    openai("This model's maximum context length is 8192 tokens.", {
      code: 'context_length_exceeded',
      param: 'messages',
    }),
    undefined,
  ],
  [
    'a parameter',
    400,
    openai("Unsupported parameter: 'stop' is not supported with this model.", { param: 'stop' }),
    undefined,
  ],
  [
    'structured output',
    400,
    openai("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
    undefined,
  ],
  ['too large', 413, '', undefined],
  ['the server', 500, openai('The server had an error'), undefined],
])('refusalKind of %s (%i)', (_, status, body, expected) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(refusalKind(readProviderError(status, Buffer.from(text)))).toBe(expected);
});
