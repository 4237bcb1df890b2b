/** What kind of trouble of the API a failed request shows. Pure. */
import type { TroubleCause, TroubleKind } from '../../model/api-trouble.ts';
import { describeProviderError, type ProviderError } from '../response/provider-error.ts';
import type { TransportFailure } from '../upstream/transport-failure.ts';

/** By the `code` of an error of Node.js or undici. All others mean that the API cannot be reached. */
const BY_CODE: Readonly<Record<string, TroubleKind>> = {
  ECONNREFUSED: 'refused-connection',
  ECONNRESET: 'closed-connection',
  EPIPE: 'closed-connection',
  UND_ERR_SOCKET: 'closed-connection',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'invalid-response',
};

export function causeOfTransport({ why, code = '' }: TransportFailure): TroubleCause {
  return { kind: (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? 'unreachable', detail: why };
}

/** @param disguised whether the error came in a response with a 2xx status */
export function causeOfError(error: ProviderError, disguised: boolean): TroubleCause {
  // The gateway chose the status, so it would not help a reader.
  if (disguised && (!error.namesStatus || error.webPage))
    return { kind: 'invalid-response', detail: error.message };
  const kind = error.status === 429 ? 'rate-limit' : 'server-error';
  return { kind, detail: describeProviderError(error) };
}

export const BROKEN_OFF: TroubleCause = { kind: 'closed-connection', detail: 'a response broke off' };
