/** Errors that say that the money is used up, or that a rate limit is reached for a while. */
import { expect, test } from 'vitest';
import { type RefusalKind, refusalKind } from '../../../../src/gateway/refusal/refusal-kinds.ts';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';
import { CHECK_PLAN, gemini, openai, quota } from './error-bodies.ts';

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
])('refusalKind of %s (%i)', (_, status, body, expected) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(refusalKind(readProviderError(status, Buffer.from(text)))).toBe(expected);
});
