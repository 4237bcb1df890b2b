import { expect, test } from 'vitest';
import { readProviderError } from '../../../../src/gateway/response/provider-error.ts';
import { failureIn } from '../../../../src/gateway/response/response-check.ts';
import { causeOfError, causeOfTransport } from '../../../../src/gateway/trouble/trouble-cause.ts';
import { transportFailure } from '../../../../src/gateway/upstream/transport-failure.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['ECONNREFUSED', 'refused-connection'],
  ['ECONNRESET', 'closed-connection'],
  ['UND_ERR_SOCKET', 'closed-connection'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['CERT_HAS_EXPIRED', 'unreachable'],
  ['UND_ERR_PRX_CONN', 'unreachable'],
  ['constructor', 'unreachable'],
])('cause of trouble: the transport error %s is %s', (code, kind) => {
  const cause = causeOfTransport(transportFailure(withCode(code), true));
  expect(cause.kind).toBe(kind);
  expect(cause.detail).toContain(code);
});

test.each([
  [429, 'rate-limit'],
  [500, 'server-error'],
  [529, 'server-error'],
  [408, 'server-error'],
])('cause of trouble: status %i is %s, in the words of the API', (status, kind) => {
  const error = readProviderError(status, Buffer.from('{"error":{"message":"Slow down","code":"slow"}}'));
  expect(causeOfError(error, false)).toEqual({ kind, detail: `${status} slow: Slow down` });
});

test.each([
  ['{"choices":[]}', 'invalid-response', 'an invalid response: {"choices":[]}'],
  ['', 'invalid-response', 'an empty response'],
  [
    '<!doctype html><title>Sign in</title>',
    'invalid-response',
    'a web page instead of an API response: Sign in',
  ],
  ['{"error":{"message":"Too many","code":429}}', 'rate-limit', '429: Too many'],
])('cause of trouble: a response with status 200 and the body %j is %s', (body, kind, detail) => {
  const error = failureIn('chat/completions', 'application/json', Buffer.from(body));
  expect(error && causeOfError(error, true)).toEqual({ kind, detail });
});
