/** One HTTP request to the model API, by undici: keep-alive, HTTP(S)_PROXY and NO_PROXY, the CAs that Node and evals read. */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { getCACertificates } from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

export { decoded } from './content-encoding.ts';

export interface UpstreamRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Ends with an error when the answer is cut short. */
  readonly body: AsyncIterable<Buffer>;
}

export interface UpstreamTimeouts {
  /** Milliseconds until a connection is there. */
  readonly connect: number;
  /** Milliseconds without any byte of an answer. Reasoning models think for minutes before the first one. */
  readonly idle: number;
}

/** Who is cut off pays twice: no less patient than OpenAI's own client, which waits 10 minutes. */
export const defaultTimeouts: UpstreamTimeouts = { connect: 10_000, idle: 10 * 60_000 };

export interface Upstream {
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

export function openUpstream(env: NodeJS.ProcessEnv, timeouts = defaultTimeouts): Upstream {
  const ca = certificates(env);
  const agent = new EnvHttpProxyAgent({
    headersTimeout: timeouts.idle,
    bodyTimeout: timeouts.idle,
    connect: { timeout: timeouts.connect, ...ca },
    requestTls: { ...ca },
    proxyTls: { ...ca },
    // Where one is left out, undici looks into the environment of this process itself.
    httpProxy: proxyUrl(env.http_proxy ?? env.HTTP_PROXY),
    httpsProxy: proxyUrl(env.https_proxy ?? env.HTTPS_PROXY),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  } as EnvHttpProxyAgent.Options);
  return {
    async send({ method, url, headers, body }) {
      const response = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body.length > 0 ? body : null,
      });
      return {
        status: response.statusCode,
        headers: response.headers as IncomingHttpHeaders,
        body: response.body,
      };
    },
    // Ends what is under way: it belongs to evals that are gone.
    close: () => agent.destroy(),
  };
}

/** As Python's clients read it, which evals worked with before: what has no scheme is a proxy that speaks http. */
function proxyUrl(given = ''): string {
  return given === '' || given.includes('://') ? given : `http://${given}`;
}

/** Node reads NODE_EXTRA_CA_CERTS by itself; Python's clients read SSL_CERT_FILE, and evals worked with it before. */
function certificates(env: NodeJS.ProcessEnv): { ca?: string[] } {
  const file = env.SSL_CERT_FILE;
  if (!file) return {};
  try {
    return { ca: [...getCACertificates('default'), readFileSync(file, 'utf8')] };
  } catch {
    // Python would fail on it as well, with words of its own.
    return {};
  }
}
