/** What may go wrong at the model API. */
import { type Answer, errorBody, json } from './http-answer.ts';
import type { ModelRequest } from './model-request.ts';

/** What goes wrong with one request instead of a plain answer. */
export type Fault =
  /** Answer this. An object body is sent as JSON. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** Close the connection without a word. */
  | { readonly destroy: true }
  /** Send this many bytes of the right answer's body, then close the connection. */
  | { readonly destroyAfterBytes: number }
  /** Answer rightly, but this much later than others. */
  | { readonly stallMs: number };

export type Faults = (request: ModelRequest, n: number) => Fault | undefined;

/** Error answers as the real API words them, for use in `faults`. */
export const apiFaults = {
  rateLimited: (retryAfterSeconds = 1): Fault => ({
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: errorBody('Rate limit reached for requests', 'requests', null, 'rate_limit_exceeded'),
  }),
  insufficientQuota: (): Fault => ({
    status: 429,
    body: errorBody(
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      null,
      'insufficient_quota',
    ),
  }),
  invalidKey: (): Fault => ({
    status: 401,
    body: errorBody('Incorrect API key provided.', 'invalid_request_error', null, 'invalid_api_key'),
  }),
  unknownModel: (model: string): Fault => ({
    status: 404,
    body: errorBody(
      `The model \`${model}\` does not exist or you do not have access to it.`,
      'invalid_request_error',
      null,
      'model_not_found',
    ),
  }),
  unsupportedParameter: (parameter: string, instead: string): Fault => ({
    status: 400,
    body: errorBody(
      `Unsupported parameter: '${parameter}' is not supported with this model. Use '${instead}' instead.`,
      'invalid_request_error',
      parameter,
      'unsupported_parameter',
    ),
  }),
  badRequest: (message = 'Invalid request'): Fault => ({
    status: 400,
    body: errorBody(message, 'invalid_request_error', null, null),
  }),
  serverError: (status = 500): Fault => ({
    status,
    body: errorBody('The server had an error while processing your request.', 'server_error', null, null),
  }),
};

/** The answer that a fault asks for. */
export function fromFault(fault: {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}): Answer {
  if (typeof fault.body === 'string') {
    return { status: fault.status, headers: { ...fault.headers }, body: Buffer.from(fault.body) };
  }
  return json(fault.status, fault.body ?? {}, fault.headers);
}
