/**
 * Whether a response with a 2xx status is a success. Routers and proxies send failures with status 200: an `error` in the
 * body or in a stream, `choices` that are null or empty, `finish_reason: error`, a web page.
 */
import { type Fields, isObject, listOf, parseJson } from '../json.ts';
import type { Endpoint } from '../request/replayable.ts';
import { eventData, isEventStream } from './event-stream.ts';
import { type ProviderError, readProviderError, statusNamedIn } from './provider-error.ts';
import { isWhole } from './usage.ts';

/** The status of a failure that names none. */
const BAD_GATEWAY = 502;

/**
 * The failure that a response with a 2xx status reports, with the status that it names; undefined when it is a success.
 * @param body decoded
 * @param secrets text that the provider may repeat and that must not be shown
 */
export function failureIn(
  endpoint: Endpoint,
  type: string,
  body: Buffer,
  secrets: readonly string[] = [],
): ProviderError | undefined {
  if (isEventStream(type)) return failureInStream(type, body, secrets);
  const value = parsePythonJson(body);
  if (value === undefined) return unreadable(body, secrets);
  const fields = isObject(value) ? value : {};
  const failed = errorOf(fields);
  if (failed !== undefined) return namedFailure(failed, secrets);
  if (hasAnswer(endpoint, fields)) return undefined;
  const error = readProviderError(BAD_GATEWAY, body, secrets);
  return { ...error, message: `an invalid response: ${error.message}`, namesStatus: false };
}

/** A web page, or the beginning of a body whose connection ended early. */
function unreadable(body: Buffer, secrets: readonly string[]): ProviderError {
  const error = readProviderError(BAD_GATEWAY, body, secrets);
  if (error.webPage) return error;
  if (body.length === 0) return { ...error, message: 'an empty response', namesStatus: false };
  return { ...error, message: `a response that is not complete JSON: ${error.message.slice(0, 200)}` };
}

/** The failure that the first event of a stream reports, or `none`; undefined while that event is not complete. */
export function failureInFirstEvent(
  text: string,
  secrets: readonly string[] = [],
): ProviderError | 'none' | undefined {
  const end = /\r?\n\r?\n/.exec(text.replace(/^(?::[^\n]*\r?\n|\r?\n)+/, ''));
  if (!end) return undefined;
  const [data] = eventData(text);
  if (data === undefined) return /^event:/m.test(text) ? 'none' : undefined;
  return failureOfEvent(data, secrets) ?? 'none';
}

function failureInStream(type: string, body: Buffer, secrets: readonly string[]): ProviderError | undefined {
  const events = eventData(body.toString('utf8'));
  const whole = isWhole(type, body);
  for (const data of events) {
    // In a complete stream, only an event that may report an error is worth parsing.
    const failure = !whole || data.includes('"error"') ? failureOfEvent(data, secrets) : undefined;
    if (failure) return failure;
  }
  return whole ? undefined : plainFailure('a stream that ended early');
}

function failureOfEvent(data: string, secrets: readonly string[]): ProviderError | undefined {
  const event = parsePythonJson(Buffer.from(data));
  if (!isObject(event)) return undefined;
  const error = errorOf(event) ?? (isObject(event.response) ? errorOf(event.response) : undefined);
  return error === undefined ? undefined : namedFailure(error, secrets);
}

/** The part of a body that reports a failure. */
function errorOf(fields: Fields): unknown {
  if (isSet(fields.error)) return { error: fields.error };
  // Older vLLM, Anthropic.
  if (fields.object === 'error' || fields.type === 'error') return fields;
  if (fields.success === false || isSet(fields.errors)) return fields;
  if (fields.status === 'failed' || fields.status === 'cancelled') return fields;
  for (const choice of listOf(fields.choices)) {
    if (!isObject(choice)) continue;
    if (isSet(choice.error)) return { error: choice.error };
    if (choice.finish_reason === 'error') return { error: { message: 'finish_reason: error' } };
  }
  return undefined;
}

function hasAnswer(endpoint: Endpoint, fields: Fields): boolean {
  const every = (list: unknown, test: (item: Fields) => boolean) =>
    Array.isArray(list) && list.length > 0 && list.every((item) => isObject(item) && test(item));
  switch (endpoint) {
    case 'chat/completions':
      return every(fields.choices, ({ message }) => isObject(message));
    case 'completions':
      return every(fields.choices, ({ text }) => typeof text === 'string');
    case 'embeddings':
      return every(fields.data, ({ embedding }) => isSet(embedding));
    case 'moderations':
      return every(fields.results, () => true);
    case 'responses':
      return (
        Array.isArray(fields.output) &&
        ['completed', 'incomplete', undefined].includes(fields.status as string)
      );
    case 'messages':
      return Array.isArray(fields.content);
  }
}

function namedFailure(value: unknown, secrets: readonly string[]): ProviderError {
  const body = Buffer.from(JSON.stringify(value));
  const status = statusNamedIn(body);
  const error = readProviderError(status ?? BAD_GATEWAY, body, secrets);
  return { ...error, namesStatus: status !== undefined };
}

function plainFailure(message: string): ProviderError {
  return namedFailure({ error: { message } }, []);
}

/** Parses JSON as Python's `json` writes it, with `NaN` and `Infinity`. */
function parsePythonJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  const value = parseJson(text);
  if (value !== undefined) return value;
  return parseJson(
    text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : 'null')),
  );
}

/** `error: {}`, `error: ""`, `error: false` and `error: 0` mean that there is no error. */
function isSet(value: unknown): boolean {
  if (isObject(value) || Array.isArray(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== false && value !== 0;
}
