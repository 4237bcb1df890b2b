/**
 * Sends one HTTP request to the model API with undici, and does all that the eval's own client would do: Python's clients
 * use the machine's trust store, proxies, and the user name and password of a base URL, and follow redirects.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ProviderUrls } from '../providers.ts';
import { basicAuthorization } from './basic-authorization.ts';
import type { Connections } from './connections.ts';
import { proxiesOf } from './proxies.ts';
import { followRedirects } from './redirects.ts';
import type { Send, UpstreamTimeouts } from './upstream-types.ts';

export { decoded } from './content-encoding.ts';

export type { UpstreamRequest, UpstreamResponse, UpstreamTimeouts } from './upstream-types.ts';

/** A request that we time out is billed and then sent again, so wait as long as OpenAI's client does: 10 minutes. */
export const defaultTimeouts: UpstreamTimeouts = { connectMs: 10_000, idleMs: 10 * 60_000 };

export interface UpstreamOptions {
  /** Base URLs, for messages about redirects. */
  readonly urls?: ProviderUrls;
  /** Called with a sentence about each setting of the environment that cannot be used. */
  readonly notice?: (message: string) => void;
}

export interface Upstream {
  /** @throws errors that `transportFailure` explains */
  readonly send: Send;
  close(): Promise<void>;
}

export function openUpstream(
  env: NodeJS.ProcessEnv,
  timeouts: UpstreamTimeouts = defaultTimeouts,
  { urls, notice = () => {} }: UpstreamOptions = {},
): Upstream {
  const options = { env, timeouts, notice, proxyFor: proxiesOf(env) };
  let connections: Promise<Connections> | undefined;
  // Loading undici takes longer than anything else in a run that has nothing to do, and such a run sends nothing.
  const connected = () =>
    (connections ??= import('./connections.ts').then((module) => new module.Connections(options)));
  const transport: Send = async ({ method, url, headers, body }) => {
    const {
      statusCode,
      headers: responseHeaders,
      body: stream,
    } = await (await connected()).to(url).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body.length > 0 ? body : null,
      // Set per request, because the agents for proxies would otherwise use their own.
      headersTimeout: timeouts.idleMs,
      bodyTimeout: timeouts.idleMs,
    });
    return { status: statusCode, headers: responseHeaders as IncomingHttpHeaders, body: stream };
  };
  return {
    send: withBasicAuthorization(followRedirects(transport, urls)),
    // Aborts requests in flight: their evals have ended.
    close: async () => (await connections)?.close(),
  };
}

/** As in httpx, the user name and password of the URL replace any authorization that the client set. */
function withBasicAuthorization(send: Send): Send {
  return async (request) => {
    const authorization = basicAuthorization(request.url);
    if (authorization === undefined) return send(request);
    const url = new URL(request.url);
    url.username = '';
    url.password = '';
    return send({ ...request, url, headers: { ...request.headers, authorization } });
  };
}
