import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXPIRED, type Reply } from './blob-storage.ts';
import { CacheEntries, type CacheEntry } from './cache-entries.ts';
import { CacheProtocol, type CacheStep, stepOf } from './cache-protocol.ts';

/**
 * A stand-in for GitHub's Actions cache service: an HTTP server on the loopback interface that GitHub's own client
 * (@actions/cache) cannot tell from the real one. It imitates only this:
 *
 * - v2 (github.com): the Twirp calls of `github.actions.results.api.v1.CacheService` as JSON with proto field names,
 *   int64 as strings, and archives as Azure block blobs (Put Blob, Put Block, Put Block List, Get Blob with ranges).
 * - v1 (GitHub Enterprise Server): `_apis/artifactcache`.
 * - Entries are immutable. For each key in turn, a look-up finds the entry with exactly this key, or the newest one whose
 *   key begins with it, among the finished entries of the same version. Every call needs the runtime token, and every blob
 *   its signature.
 * - Eviction, expired signatures, a wrong clock and refusals happen only when a test asks for them.
 *
 * It has no scopes (branches), and none of the limits of the service.
 */

export interface CacheRequest {
  readonly method: string;
  /** Without the query, which contains signatures. */
  readonly path: string;
  readonly step: CacheStep;
  /** The number of earlier requests of this step. */
  readonly nth: number;
}

export type CacheFault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Closes the connection without a response. */
  | { readonly destroy: true }
  /** Sends the normal response, but this much later. */
  | { readonly delayMs: number }
  /** Announces the length of the whole response, and closes the connection after this many bytes. */
  | { readonly truncateAfter: number }
  /** Closes the connection after this many bytes of the request's body. */
  | { readonly cutRequestAfter: number }
  /** Responds like the storage to an address whose signature has expired, or is not valid yet. */
  | { readonly expired: true };

export interface CacheServiceOptions {
  /** Called for each request. The fault that it returns changes or replaces the response. */
  readonly faults?: (request: CacheRequest) => CacheFault | undefined;
  readonly token?: string;
  /** Stores the entries in this directory, where a later start finds them. The default is to store them in memory. */
  readonly directory?: string;
  /**
   * Gives blobs addresses below `blob.core.windows.net`, so that the client downloads with the Azure SDK, as on github.com.
   * The server then also is the HTTP proxy through which requests to that host reach it.
   */
  readonly azureHost?: boolean;
  /** How far the clock of the service is ahead, according to its Date headers. */
  readonly clockAheadMs?: number;
}

export interface LoggedRequest extends CacheRequest {
  /** Undefined until the response is sent, and if there is none. */
  status?: number;
}

export interface CacheService {
  readonly url: string;
  /** The variables with which a job uses it as the v2 service of github.com. */
  readonly env: Record<string, string>;
  /** The variables with which a job uses it as the v1 service of GitHub Enterprise Server. */
  readonly envV1: Record<string, string>;
  readonly token: string;
  readonly requests: readonly LoggedRequest[];
  /** The finished entries, oldest first. */
  entries(): CacheEntry[];
  /** The signature in the address of an entry's archive. */
  signatureOf(key: string): string;
  /** Removes all finished entries. The service removes old entries when a repository exceeds its quota. */
  evict(): void;
  /** Replaces the archive of a finished entry. */
  tamper(key: string, change: (archive: Buffer) => Buffer): void;
  close(): Promise<void>;
}

const AZURE_ORIGIN = 'http://standin.blob.core.windows.net';

export async function startCacheService(options: CacheServiceOptions = {}): Promise<CacheService> {
  const token = options.token ?? `standin.${randomUUID()}`;
  const stored = new CacheEntries(options.directory);
  const requests: LoggedRequest[] = [];
  const counts = new Map<CacheStep, number>();
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new CacheProtocol(stored, token, url, options.azureHost ? AZURE_ORIGIN : url);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request through a proxy contains the whole address, all others only the path.
    const at = new URL(request.url ?? '/', url);
    const method = request.method ?? 'GET';
    const step = stepOf(method, at.pathname);
    if (!step) return send(response, { status: 404, body: `no such call: ${method} ${at.pathname}` });
    const nth = counts.get(step) ?? 0;
    counts.set(step, nth + 1);
    const logged: LoggedRequest = { method, path: at.pathname, step, nth };
    requests.push(logged);
    const fault = options.faults?.(logged);
    if (fault && 'cutRequestAfter' in fault) return cutOff(request, fault.cutRequestAfter);
    const body = await bodyOf(request);
    if (fault && 'destroy' in fault) return void request.socket.destroy();
    if (fault && 'delayMs' in fault) await sleep(fault.delayMs, undefined, { ref: false });
    if (options.clockAheadMs) {
      response.setHeader('date', new Date(Date.now() + options.clockAheadMs).toUTCString());
    }
    if (fault && 'expired' in fault) {
      logged.status = 403;
      return send(response, EXPIRED);
    }
    if (fault && 'status' in fault) {
      logged.status = fault.status;
      return send(response, fault);
    }
    const reply = service.answer({ request, url: at, body });
    logged.status = reply.status;
    send(response, reply, fault && 'truncateAfter' in fault ? fault.truncateAfter : undefined);
  }

  const shared = { ACTIONS_RUNTIME_TOKEN: token, GITHUB_SERVER_URL: 'https://github.com' };
  const proxy = options.azureHost
    ? { http_proxy: url, HTTP_PROXY: url, no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' }
    : {};
  return {
    url,
    token,
    requests,
    env: { ...shared, ...proxy, ACTIONS_RESULTS_URL: `${url}/`, ACTIONS_CACHE_SERVICE_V2: 'true' },
    envV1: { ...shared, GITHUB_SERVER_URL: 'https://ghes.example', ACTIONS_CACHE_URL: `${url}/` },
    signatureOf: (key) => stored.finished().find((it) => it.key === key)?.signature ?? '',
    evict: () => stored.evict(),
    entries: () => stored.finished().map(({ id, key, version, archive }) => ({ id, key, version, archive })),
    tamper(key, change) {
      const entry = stored.finished().find((it) => it.key === key);
      if (!entry) throw new Error(`No finished entry has the key ${key}.`);
      entry.archive = change(entry.archive);
      stored.keep(entry);
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply, truncateAfter?: number): void {
  const body = Buffer.from(reply.body ?? '');
  const length = reply.status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(reply.status, { ...length, ...reply.headers });
  if (truncateAfter === undefined) response.end(body);
  else response.write(body.subarray(0, truncateAfter), () => response.socket?.destroy());
}

async function cutOff(request: IncomingMessage, bytes: number): Promise<void> {
  let received = 0;
  for await (const chunk of request) {
    received += (chunk as Buffer).length;
    if (received >= bytes) break;
  }
  request.socket.destroy();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
