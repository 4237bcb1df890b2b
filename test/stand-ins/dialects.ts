/**
 * The dialects of servers that speak OpenAI's or Anthropic's protocol: where they serve it, what they add to a response or
 * leave out, and how they word an error. Each is taken from the documentation or the source of the server.
 */
import type { Fault } from './api-faults.ts';
import { type Answer, errorBody, json } from './http-answer.ts';
import { field } from './json-fields.ts';
import type { Knowledge } from './knowledge.ts';
import { answerTo, sha256 } from './model-answers.ts';
import type { ModelRequest } from './model-request.ts';

export interface Dialect {
  /** The path of its base URL. */
  readonly basePath: string;
  /** The path of its requests, below the base URL. */
  readonly endpoint: string;
  readonly respond: (request: ModelRequest, knowledge: Knowledge, rightShare: number) => Answer;
  /** Tells the client to send the request again later. */
  readonly busy: Fault;
  readonly unknownModel: (model: string) => Fault & { readonly body: unknown };
  /** The words of `unknownModel` that a user must see. */
  readonly unknownWords: (model: string) => string;
}

type Fields = Readonly<Record<string, unknown>>;

interface OpenAiDialect {
  readonly basePath: string;
  /** Changes OpenAI's response, or one event of it, into the response of this server. */
  readonly change?: (value: Fields) => Fields;
  /** What the server sends before the body of a response, or before the first event. */
  readonly prefix?: { readonly whole: string; readonly streamed: string };
  readonly busy: Fault;
  readonly unknown: (model: string) => Unknown;
}

interface Unknown {
  readonly status: number;
  readonly body: unknown;
  readonly words: string;
}

function openAi({ basePath, change = (value) => value, prefix, busy, unknown }: OpenAiDialect): Dialect {
  return {
    basePath,
    endpoint: '/chat/completions',
    busy,
    unknownModel: (model) => unknown(model),
    unknownWords: (model) => unknown(model).words,
    respond(request, knowledge, rightShare) {
      const path = request.path.replace(basePath, '/v1');
      const answer = answerTo({ ...request, path }, { knowledge, rightShare, catalog: {} });
      if (answer.status !== 200 || request.method !== 'POST') return answer;
      const streams = field(request.body, 'stream') === true;
      const text = answer.body.toString('utf8');
      const changed = streams ? text.replaceAll(/\{.*\}/g, edit) : edit(text);
      const before = (streams ? prefix?.streamed : prefix?.whole) ?? '';
      return { ...answer, body: Buffer.from(before + changed) };
    },
  };

  function edit(text: string): string {
    return JSON.stringify(change(JSON.parse(text) as Fields));
  }
}

function eachChoice(value: Fields, more: Fields): readonly unknown[] {
  return (value.choices as readonly Fields[]).map((choice) => ({ ...choice, ...more }));
}

const rateLimited = (body: unknown, headers: Record<string, string> = {}): Fault => ({
  status: 429,
  headers: { 'retry-after': '0', ...headers },
  body,
});

/** Token usage as OpenAI details it today. */
function detailed(value: Fields): Fields {
  if (!value.usage) return value;
  const details = {
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  return { ...value, usage: { ...(value.usage as Fields), ...details } };
}

/** https://platform.openai.com/docs/guides/error-codes */
const openai = openAi({
  basePath: '/v1',
  change: (value) => ({ ...detailed(value), service_tier: 'default' }),
  busy: rateLimited(errorBody('Rate limit reached for requests', 'requests', null, 'rate_limit_exceeded')),
  unknown(model) {
    const words = `The model \`${model}\` does not exist or you do not have access to it.`;
    return { status: 404, words, body: errorBody(words, 'invalid_request_error', null, 'model_not_found') };
  },
});

/** https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the path without an API version. */
const azure = openAi({
  basePath: '/openai/v1',
  change: (value) => ({
    ...detailed(value),
    choices: eachChoice(value, { content_filter_results: { hate: { filtered: false, severity: 'safe' } } }),
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  }),
  busy: rateLimited({
    error: {
      code: '429',
      message: 'Requests to the ChatCompletions_Create Operation have exceeded the token rate limit.',
    },
  }),
  unknown() {
    const words = 'The API deployment for this resource does not exist.';
    return { status: 404, words, body: { error: { code: 'DeploymentNotFound', message: words } } };
  },
});

/** https://ai.google.dev/gemini-api/docs/openai. Its errors are lists. */
const gemini = openAi({
  basePath: '/v1beta/openai',
  change: ({ system_fingerprint: _, ...value }) => value,
  busy: {
    status: 429,
    body: [
      {
        error: {
          code: 429,
          message: 'Resource has been exhausted (e.g. check quota).',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0s' }],
        },
      },
    ],
  },
  unknown(model) {
    const words = `models/${model} is not found for API version v1main, or is not supported for generateContent.`;
    return {
      status: 404,
      words: `models/${model} is not found`,
      body: [{ error: { code: 404, message: words, status: 'NOT_FOUND' } }],
    };
  },
});

/** https://openrouter.ai/docs/api/reference/errors-and-debugging. Errors of a provider come with status 200. */
const openRouter = openAi({
  basePath: '/api/v1',
  change: (value) => ({
    ...detailed(value),
    provider: 'Stand-in',
    choices: eachChoice(value, { native_finish_reason: 'stop' }),
  }),
  prefix: { whole: '\n         \n', streamed: ': OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n' },
  busy: {
    status: 200,
    body: {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: { raw: '{"error":{"code":429,"message":"Resource exhausted"}}', provider_name: 'Stand-in' },
      },
      user_id: 'user_1',
    },
  },
  unknown(model) {
    const words = `No endpoints found for ${model}.`;
    return { status: 404, words, body: { error: { message: words, code: 404 }, user_id: 'user_1' } };
  },
});

/** vllm/entrypoints/openai/protocol.py. It limits no rates; a proxy in front of a busy server sends a text. */
const vllm = openAi({
  basePath: '/v1',
  change: (value) => ({
    ...value,
    prompt_logprobs: null,
    kv_transfer_params: null,
    choices: eachChoice(value, { stop_reason: null }),
  }),
  busy: { status: 503, headers: { 'retry-after': '0' }, body: 'no healthy upstream' },
  unknown(model) {
    const words = `The model \`${model}\` does not exist.`;
    const error = { message: words, type: 'NotFoundError', param: 'model', code: 404 };
    return { status: 404, words, body: { error } };
  },
});

/** ollama/ollama, openai/openai.go and server/sched.go */
const ollama = openAi({
  basePath: '/v1',
  change: (value) => ({ ...value, system_fingerprint: 'fp_ollama' }),
  busy: {
    status: 503,
    headers: { 'retry-after': '0' },
    body: errorBody(
      'server busy, please try again.  maximum pending requests exceeded',
      'api_error',
      null,
      null,
    ),
  },
  unknown(model) {
    const words = `model "${model}" not found, try pulling it first`;
    return { status: 404, words, body: errorBody(words, 'not_found_error', null, null) };
  },
});

/** A server that counts no tokens, and reports errors as FastAPI does. */
const withoutUsage = openAi({
  basePath: '/v1',
  change: ({ usage: _, system_fingerprint: __, ...value }) => value,
  busy: { status: 503, headers: { 'retry-after': '0' }, body: { detail: 'The server is overloaded' } },
  unknown(model) {
    const words = `Model ${model} is not loaded`;
    return { status: 404, words, body: { detail: words } };
  },
});

/** https://docs.claude.com/en/api/errors */
const anthropic: Dialect = {
  basePath: '',
  endpoint: '/v1/messages',
  busy: {
    status: 529,
    headers: { 'retry-after': '0' },
    body: anthropicError('overloaded_error', 'Overloaded'),
  },
  unknownModel: (model) => ({ status: 404, body: anthropicError('not_found_error', `model: ${model}`) }),
  unknownWords: (model) => `model: ${model}`,
  respond({ headers, path, model, bodySha256 }) {
    // Clients before version 2 send the first, later ones the second.
    if (headers['x-api-key'] === undefined && headers.authorization === undefined)
      return json(401, anthropicError('authentication_error', 'x-api-key header is required'));
    if (path !== '/v1/messages') return json(404, anthropicError('not_found_error', 'Not found'));
    return json(200, {
      id: `msg_${sha256(bodySha256).slice(0, 24)}`,
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: `answer ${bodySha256.slice(0, 8)}` }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 20,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 5,
      },
    });
  },
};

function anthropicError(type: string, message: string): unknown {
  return { type: 'error', error: { type, message }, request_id: 'req_1' };
}

export const dialects = { openai, azure, gemini, openRouter, vllm, ollama, withoutUsage, anthropic } as const;
