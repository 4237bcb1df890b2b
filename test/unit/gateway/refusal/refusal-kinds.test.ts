/** Error bodies as the providers send them, from their documentation and from public bug reports. */
import { expect, test } from 'vitest';
import { type RefusalKind, refusalKind } from '../../../../src/gateway/refusal/refusal-kinds.ts';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';

const gemini = (code: number, status: string, message: string, details: object[] = []) => [
  { error: { code, message, status, details } },
];
const quota = (...ids: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: ids.map((quotaId) => ({ quotaId })),
});
const reason = (name: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: name });
const openai = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
});
const CHECK_PLAN = 'You exceeded your current quota, please check your plan and billing details.';

test.each<[string, number, unknown, RefusalKind | undefined]>([
  // No more money.
  ['OpenAI: quota', 429, openai(CHECK_PLAN, { code: 'insufficient_quota' }), 'money'],
  [
    'LiteLLM: budget, 429',
    429,
    {
      error: {
        message: 'Budget has been exceeded! Current cost: 10.51',
        type: 'budget_exceeded',
        code: '429',
      },
    },
    'money',
  ],
  [
    'LiteLLM: budget, 400',
    400,
    { error: { message: 'ExceededBudget: User=x over budget', type: 'budget_exceeded', code: '400' } },
    'money',
  ],
  [
    'LiteLLM: budget of a key, 401',
    401,
    {
      error: {
        message:
          'Authentication Error, ExceededTokenBudget: Current spend for token: 16.2; Max Budget for Token: 10',
        type: 'auth_error',
        code: 401,
      },
    },
    'money',
  ],
  [
    'OpenRouter: credits',
    402,
    { error: { message: 'This request requires more credits, or fewer max_tokens.', code: 402 } },
    'money',
  ],
  [
    'OpenRouter: free models a day',
    429,
    {
      error: {
        message:
          'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
        code: 429,
      },
    },
    'money',
  ],
  [
    'Gemini: a day',
    429,
    gemini(429, 'RESOURCE_EXHAUSTED', CHECK_PLAN, [
      quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
    ]),
    'money',
  ],
  [
    'Gemini: a minute and a day',
    429,
    gemini(429, 'RESOURCE_EXHAUSTED', `${CHECK_PLAN} Please retry in 45.5s.`, [
      quota(
        'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
        'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      ),
    ]),
    'money',
  ],
  [
    'Anthropic: credit',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    },
    'money',
  ],
  [
    'DeepSeek',
    402,
    { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
    'money',
  ],
  [
    'Moonshot',
    429,
    {
      error: {
        message: 'Your account is suspended, please check your plan and billing details',
        type: 'exceeded_current_quota_error',
      },
    },
    'money',
  ],
  [
    'xAI',
    403,
    {
      code: 'The caller does not have permission',
      error: 'Your team has either used all available credits or reached its monthly spending limit.',
    },
    'money',
  ],
  [
    'Azure: call volume',
    403,
    { error: { code: '403', message: 'Out of call volume quota. Quota will be replenished in 12 days.' } },
    'money',
  ],
  [
    'Cohere: a trial key',
    429,
    { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' },
    'money',
  ],
  [
    'Fireworks',
    412,
    { error: { message: 'Account acme is suspended, possibly due to reaching the monthly spending limit' } },
    'money',
  ],
  [
    'Hugging Face',
    402,
    { error: 'You have exceeded your monthly included credits for Inference Providers.' },
    'money',
  ],

  // A rate limit that passes.
  [
    'OpenAI: rate limit that names billing',
    429,
    openai(
      'Rate limit reached for gpt-4 on tokens per min. You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing.',
      { code: 'rate_limit_exceeded' },
    ),
    undefined,
  ],
  [
    'Groq: tokens a day, with a time',
    429,
    {
      error: {
        message:
          'Rate limit reached for model `x` on tokens per day (TPD): Limit 100000. Please try again in 7m12s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    undefined,
  ],
  [
    'Gemini: a minute',
    429,
    gemini(429, 'RESOURCE_EXHAUSTED', `${CHECK_PLAN} Please retry in 33s.`, [
      quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
    ]),
    undefined,
  ],
  [
    'Gemini: no details',
    429,
    gemini(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    undefined,
  ],
  [
    'OpenRouter: free models a minute',
    429,
    { error: { message: 'Rate limit exceeded: free-models-per-min.', code: 429 } },
    undefined,
  ],
  [
    'Azure: calls',
    429,
    {
      error: {
        code: '429',
        message:
          'Requests have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 2 seconds.',
      },
    },
    undefined,
  ],
  ['Mistral: capacity', 429, { message: 'Service tier capacity exceeded for this model.' }, undefined],

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
