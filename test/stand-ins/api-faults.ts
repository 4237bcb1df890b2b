/** Faults of the model API. */
import { type Answer, errorBody, json } from './http-answer.ts';
import type { ModelRequest } from './model-request.ts';

/** What the API does with one request instead of answering it normally. */
export type Fault =
  /** Sends this response. An object is sent as JSON. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** Closes the connection without a response. */
  | { readonly destroy: true }
  /** Sends this many bytes of the body of the normal response, and then closes the connection. */
  | { readonly destroyAfterBytes: number }
  /** Sends the normal response, but this much later. */
  | { readonly stallMs: number };

export type Faults = (request: ModelRequest, n: number) => Fault | undefined;

/** Error responses as the real API words them, for use in `faults`. */
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
  /** A model that accepts only one value of a parameter. */
  unsupportedValue: (parameter: string, message: string): Fault => ({
    status: 400,
    body: errorBody(message, 'invalid_request_error', parameter, 'unsupported_value'),
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

/** The response that a fault describes. */
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
