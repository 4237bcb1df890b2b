import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ModelMap } from '../../model/model-map.ts';
import { endToEnd } from '../http.ts';
import type { ModelNames } from '../models/model-advice.ts';
import type { Provider } from '../providers.ts';
import { natureOf, type RequestNature } from '../request/replayable.ts';
import { requestedModel } from '../request/requested-model.ts';

/** A request of an eval, as the gateway received it, but with the model that the model map names. */
export interface LaneRequest {
  readonly provider: Provider;
  /** Path and query behind the base URL. */
  readonly rest: string;
  readonly method: string;
  /** Without the headers of the connection between the eval and the gateway. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly nature: RequestNature;
  /** Both names are empty when the request names none. */
  readonly model: ModelNames;
  /** Identical requests have the same key. */
  readonly key: string;
}

export function laneRequest(
  provider: Provider,
  received: { readonly rest: string; readonly body: Buffer },
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  modelMap: ModelMap,
): LaneRequest {
  const { rest, body, asked, sent } = requestedModel(method, received.rest, received.body, modelMap);
  return {
    provider,
    rest,
    method,
    headers: endToEnd(headers),
    body,
    nature: natureOf(method, rest, body),
    model: { asked, sent },
    key: keyOf(method, `${provider}${rest}`, body),
  };
}

/** SHA-256 (hex) of method, path and the whole body. Headers are not part of it: they do not change the response. */
function keyOf(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}
