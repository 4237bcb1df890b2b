/**
 * One HTTP request to the model API, by undici: as good a client as the one that the eval has. Python's clients read
 * the trust store of the machine, proxies, and the user name and password of a base URL, and follow redirects.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ProviderUrls } from '../providers.ts';
import { basicAuthorization } from './basic-authorization.ts';
import { Connections } from './connections.ts';
import { followRedirects } from './redirects.ts';
import type { Send, UpstreamTimeouts } from './upstream-types.ts';

export { decoded } from './content-encoding.ts';

export type { UpstreamRequest, UpstreamResponse, UpstreamTimeouts } from './upstream-types.ts';

/** A request that this client gives up is billed, and then sent again: wait as long as OpenAI's client, 10 minutes. */
export const defaultTimeouts: UpstreamTimeouts = { connect: 10_000, idle: 10 * 60_000 };

export interface UpstreamOptions {
  /** Base URLs, which messages about redirects name. */
  readonly urls?: ProviderUrls;
  /** Called with a sentence about each setting of the environment that cannot be used. */
  readonly notice?: (message: string) => void;
}

export interface Upstream {
  /** @throws what `transportFailure` explains */
  readonly send: Send;
  close(): Promise<void>;
}

export function openUpstream(
  env: NodeJS.ProcessEnv,
  timeouts: UpstreamTimeouts = defaultTimeouts,
  { urls, notice = () => {} }: UpstreamOptions = {},
): Upstream {
  const connections = new Connections(env, timeouts, notice);
  const transport: Send = async ({ method, url, headers, body }) => {
    const {
      statusCode,
      headers: answered,
      body: stream,
    } = await connections.to(url).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body.length > 0 ? body : null,
      // Here, since what stands between (a proxy) has timeouts of its own otherwise.
      headersTimeout: timeouts.idle,
      bodyTimeout: timeouts.idle,
    });
    return { status: statusCode, headers: answered as IncomingHttpHeaders, body: stream };
  };
  return {
    send: withBasicAuthorization(followRedirects(transport, urls)),
    // Ends what is in flight: it belongs to evals that are gone.
    close: () => connections.close(),
  };
}

/** As in httpx, user name and password of the URL take the place of any authorization that the client set. */
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
