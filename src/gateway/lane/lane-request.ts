import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { endToEnd } from '../http.ts';
import type { Provider } from '../providers.ts';
import { natureOf, type RequestNature } from '../request/replayable.ts';

/** A request of an eval, as the gateway received it. */
export interface LaneRequest {
  readonly provider: Provider;
  /** Path and query behind the base URL. */
  readonly rest: string;
  readonly method: string;
  /** Without the headers of the connection between the eval and the gateway. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly nature: RequestNature;
  /** Identical requests have the same key. */
  readonly key: string;
}

export function laneRequest(
  provider: Provider,
  rest: string,
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  body: Buffer,
): LaneRequest {
  return {
    provider,
    rest,
    method,
    headers: endToEnd(headers),
    body,
    nature: natureOf(method, rest, body),
    key: keyOf(method, `${provider}${rest}`, body),
  };
}

/** SHA-256 (hex) of method, path and the whole body. Headers are not part of it: they do not change the response. */
function keyOf(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}
