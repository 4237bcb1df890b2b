/** Connections to the model API: directly or through a proxy, with the CAs that Python's clients trust. */
import { Agent, type buildConnector, type Dispatcher, Pool, ProxyAgent, Socks5ProxyAgent } from 'undici';
import { basic } from './basic-authorization.ts';
import { trustedBy } from './certificates.ts';
import { type ProxyServer, proxiesOf } from './proxies.ts';
import type { UpstreamTimeouts } from './upstream-types.ts';

/** Headers of an answer as large as h11 takes them, which Python's clients read HTTP with. */
const LARGEST_HEADERS = 100 * 1024;

/** Milliseconds for each address of a host while there are others: of a distant one 250, as Node.js has it, are too few. */
const ADDRESS_ATTEMPT = 1000;

/** How much longer a proxy may take for a connection of its own than this client for one. */
const PROXY_PATIENCE = 6;

/** The pools of connections, one for each way to the API, made when they are needed. */
export class Connections {
  readonly #env: NodeJS.ProcessEnv;
  readonly #timeouts: UpstreamTimeouts;
  readonly #notice: (message: string) => void;
  readonly #proxyFor: (url: URL) => ProxyServer | undefined;
  readonly #ways = new Map<string, Dispatcher>();
  #trust: ReturnType<typeof trustedBy> | undefined;

  constructor(env: NodeJS.ProcessEnv, timeouts: UpstreamTimeouts, notice: (message: string) => void) {
    this.#env = env;
    this.#timeouts = timeouts;
    this.#notice = notice;
    this.#proxyFor = proxiesOf(env);
  }

  to(url: URL): Dispatcher {
    const proxy = this.#proxyFor(url);
    const tls = [url, proxy?.url].some((hop) => hop?.protocol === 'https:');
    const way = `${tls ? 'tls' : 'plain'} ${proxy?.url.href ?? 'direct'}`;
    const known = this.#ways.get(way);
    if (known) return known;
    const made = this.#open(proxy, this.#connecting(tls));
    this.#ways.set(way, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map((way) => way.destroy()));
  }

  #connecting(tls: boolean): buildConnector.BuildOptions {
    if (tls) this.#trust ??= trustedBy(this.#env, this.#notice);
    return {
      timeout: this.#timeouts.connect,
      // What Python's clients speak.
      allowH2: false,
      autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT,
      ...(tls && { secureContext: this.#trust }),
    };
  }

  #open(proxy: ProxyServer | undefined, connect: buildConnector.BuildOptions): Dispatcher {
    const limits = { maxHeaderSize: LARGEST_HEADERS };
    if (!proxy) return new Agent({ ...limits, connect });
    const { kind, url, username, password } = proxy;
    if (kind === 'socks5') {
      const uri = url.href.replace(/^socks5h/, 'socks5');
      return new Socks5ProxyAgent(uri, {
        username,
        password,
        connectTimeout: this.#timeouts.connect,
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
        new Pool(origin, { ...own, headersTimeout: PROXY_PATIENCE * this.#timeouts.connect }),
    });
  }
}
