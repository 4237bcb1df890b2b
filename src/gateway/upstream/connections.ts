/** Connections to the model API, direct or through a proxy, with the CAs that Python's clients trust. */
import { Agent, type buildConnector, type Dispatcher, Pool, ProxyAgent, Socks5ProxyAgent } from 'undici';
import { basic } from './basic-authorization.ts';
import { trustedBy } from './certificates.ts';
import type { ProxyServer } from './proxies.ts';
import type { UpstreamTimeouts } from './upstream-types.ts';

/** The limit of h11, with which Python's clients read HTTP. */
const MAX_HEADER_BYTES = 100 * 1024;

/**
 * The time for each address of a host while there are others. The default of Node.js, 250 ms, is too short for a distant
 * host.
 */
const ADDRESS_TIMEOUT_MS = 1000;

/** How many times longer than this client a proxy may take to connect. */
const PROXY_TIMEOUT_FACTOR = 6;

export interface ConnectionOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timeouts: UpstreamTimeouts;
  readonly proxyFor: (url: URL) => ProxyServer | undefined;
  /** Called with a sentence about each certificate setting that cannot be used. */
  readonly notice: (message: string) => void;
}

/** The pools of connections, one for each route to the API, opened when they are needed. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #routes = new Map<string, Dispatcher>();
  #trust: ReturnType<typeof trustedBy> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  to(url: URL): Dispatcher {
    const proxy = this.#options.proxyFor(url);
    const tls = [url, proxy?.url].some((hop) => hop?.protocol === 'https:');
    const route = `${tls ? 'tls' : 'plain'} ${proxy?.url.href ?? 'direct'}`;
    const known = this.#routes.get(route);
    if (known) return known;
    const opened = this.#open(proxy, this.#connecting(tls));
    this.#routes.set(route, opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#routes.values()].map((route) => route.destroy()));
  }

  #connecting(tls: boolean): buildConnector.BuildOptions {
    if (tls) this.#trust ??= trustedBy(this.#options.env, this.#options.notice);
    return {
      timeout: this.#options.timeouts.connectMs,
      // Python's clients use HTTP/1.1.
      allowH2: false,
      autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
      ...(tls && { secureContext: this.#trust }),
    };
  }

  #open(proxy: ProxyServer | undefined, connect: buildConnector.BuildOptions): Dispatcher {
    const limits = { maxHeaderSize: MAX_HEADER_BYTES };
    if (!proxy) return new Agent({ ...limits, connect });
    const { kind, url, username, password } = proxy;
    if (kind === 'socks5') {
      const uri = url.href.replace(/^socks5h/, 'socks5');
      return new Socks5ProxyAgent(uri, {
        username,
        password,
        connectTimeout: this.#options.timeouts.connectMs,
        requestTls: connect,
      });
    }
    return new ProxyAgent({
      uri: url.href,
      ...(username || password ? { token: basic(username, password) } : {}),
      requestTls: connect,
      proxyTls: connect,
      factory: (origin, own) => new Pool(origin, { ...own, ...limits }),
      clientFactory: (origin, own) =>
        new Pool(origin, { ...own, headersTimeout: PROXY_TIMEOUT_FACTOR * this.#options.timeouts.connectMs }),
    });
  }
}
