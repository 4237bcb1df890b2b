import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A stand-in for GitHub's Actions cache service: an HTTP server on the loopback interface that GitHub's own client
 * (@actions/cache) takes for the real one. It is not that service; what it imitates, and nothing more:
 *
 * - v2 (github.com): the Twirp calls of `github.actions.results.api.v1.CacheService` as JSON with proto field names,
 *   int64 as strings, and archives as Azure block blobs (Put Blob, Put Block, Put Block List, Get Blob with ranges).
 * - v1 (GitHub Enterprise Server): `_apis/artifactcache`.
 * - Entries are immutable. A look-up takes the first key with an exact match, or else the newest entry that begins with
 *   it, among the finished entries of the same version. Every call needs the runtime token, every blob its signature.
 *
 * - What the service does of its own accord (eviction, expired signatures, a clock that is off, refusals of all kinds) it
 *   does when a test says so.
 *
 * Not imitated: scopes (branches), and the service's own limits.
 */

/** What a request is for, the same in both protocols. */
export type CacheStep = 'create' | 'upload' | 'finalize' | 'lookup' | 'download';

export interface CacheRequest {
  readonly method: string;
  /** Without the query, which holds signatures. */
  readonly path: string;
  readonly step: CacheStep;
  /** How many requests of this step came before. */
  readonly nth: number;
}

export type CacheFault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Closes the connection without an answer. */
  | { readonly destroy: true }
  /** Answers later, but properly. */
  | { readonly delayMs: number }
  /** Announces the whole answer, and closes the connection after so many bytes of it. */
  | { readonly truncateAfter: number }
  /** Closes the connection after so many bytes of the request's body. */
  | { readonly cutRequestAfter: number }
  /** Answers as the storage does for an address whose signature has expired, or is not valid yet. */
  | { readonly expired: true };

export interface CacheServiceOptions {
  /** Called for each request; what it returns happens instead of, or to, the answer. */
  readonly faults?: (request: CacheRequest) => CacheFault | undefined;
  readonly token?: string;
  /** Keeps the entries in this directory, where another start finds them; in memory when left out. */
  readonly directory?: string;
  /**
   * Hands out blob addresses under `blob.core.windows.net`, which makes the client download with the Azure SDK as on
   * github.com. The server then also acts as the HTTP proxy through which that name leads back to it.
   */
  readonly azureHost?: boolean;
  /** How far the clock of the service is ahead, as its Date headers tell. */
  readonly clockAheadMs?: number;
}

export interface CacheEntry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly archive: Buffer;
}

export interface LoggedRequest extends CacheRequest {
  /** Undefined while it is being answered, and when it was left without an answer. */
  status?: number;
}

export interface CacheService {
  readonly url: string;
  /** What a job needs to use it as the v2 service of github.com. */
  readonly env: Record<string, string>;
  /** The same as the v1 service of GitHub Enterprise Server. */
  readonly envV1: Record<string, string>;
  readonly token: string;
  readonly requests: readonly LoggedRequest[];
  /** The finished entries, oldest first. */
  entries(): CacheEntry[];
  /** What an address of the entry's archive has to be signed with. */
  planDigest(key: string): string;
  /** Removes all finished entries, as the service does with old ones when a repository is over its quota. */
  evict(): void;
  /** Replaces the archive of a finished entry. */
  tamper(key: string, change: (archive: Buffer) => Buffer): void;
  close(): Promise<void>;
}

interface StoredEntry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly signature: string;
  readonly blocks: Map<string, Buffer>;
  archive: Buffer;
  finished: boolean;
}

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

const TWIRP = '/twirp/github.actions.results.api.v1.CacheService/';
const V1 = '/_apis/artifactcache/';
const BLOBS = '/devstoreaccount1/cache/';
const AZURE_ORIGIN = 'http://standin.blob.core.windows.net';

export async function startCacheService(options: CacheServiceOptions = {}): Promise<CacheService> {
  const token = options.token ?? `standin.${randomUUID()}`;
  const shelf = new Shelf(options.directory);
  const requests: LoggedRequest[] = [];
  const counts = new Map<CacheStep, number>();
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new Protocol(shelf, token, url, options.azureHost ? AZURE_ORIGIN : url);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request through a proxy names the whole address; any other one only its path.
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
    planDigest: (key) => shelf.finished().find((it) => it.key === key)?.signature ?? '',
    evict: () => shelf.evict(),
    entries: () => shelf.finished().map(({ id, key, version, archive }) => ({ id, key, version, archive })),
    tamper(key, change) {
      const entry = shelf.finished().find((it) => it.key === key);
      if (!entry) throw new Error(`No finished entry has the key ${key}.`);
      entry.archive = change(entry.archive);
      shelf.keep(entry);
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The entries, in the order in which they were reserved. */
class Shelf {
  #entries: StoredEntry[] = [];
  readonly #directory: string | undefined;

  constructor(directory: string | undefined) {
    this.#directory = directory;
    if (!directory) return;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).filter((it) => it.endsWith('.json'))) {
      const { id, key, version } = JSON.parse(readFileSync(join(directory, name), 'utf8')) as CacheEntry;
      const archive = readFileSync(join(directory, `${id}.archive`));
      this.#entries.push({
        id,
        key,
        version,
        signature: newSignature(),
        blocks: new Map(),
        archive,
        finished: true,
      });
    }
    this.#entries.sort((a, b) => a.id - b.id);
  }

  /** Undefined when the key is taken, be it by an entry that was never finished. */
  reserve(key: string, version: string): StoredEntry | undefined {
    if (this.#entries.some((it) => it.key === key && it.version === version)) return undefined;
    const id = (this.#entries.at(-1)?.id ?? 0) + 1;
    const entry = {
      id,
      key,
      version,
      signature: newSignature(),
      blocks: new Map(),
      archive: Buffer.alloc(0),
      finished: false,
    };
    this.#entries.push(entry);
    return entry;
  }

  reserved(key: string, version: string): StoredEntry | undefined {
    return this.#entries.find((it) => it.key === key && it.version === version);
  }

  byId(id: number): StoredEntry | undefined {
    return this.#entries.find((it) => it.id === id);
  }

  finish(entry: StoredEntry): void {
    entry.finished = true;
    this.keep(entry);
  }

  keep({ id, key, version, archive }: StoredEntry): void {
    if (!this.#directory) return;
    writeFileSync(join(this.#directory, `${id}.archive`), archive);
    writeFileSync(join(this.#directory, `${id}.json`), JSON.stringify({ id, key, version }));
  }

  finished(): StoredEntry[] {
    return this.#entries.filter((it) => it.finished);
  }

  evict(): void {
    for (const { id } of this.#directory ? this.finished() : []) {
      for (const end of ['archive', 'json']) rmSync(join(this.#directory ?? '', `${id}.${end}`));
    }
    this.#entries = this.#entries.filter((it) => !it.finished);
  }

  find(keys: readonly string[], version: string): StoredEntry | undefined {
    const newestFirst = this.finished()
      .filter((it) => it.version === version)
      .reverse();
    for (const key of keys) {
      const match =
        newestFirst.find((it) => it.key === key) ?? newestFirst.find((it) => it.key.startsWith(key));
      if (match) return match;
    }
    return undefined;
  }
}

class Protocol {
  readonly #shelf: Shelf;
  readonly #token: string;
  readonly #origin: string;
  readonly #blobOrigin: string;

  constructor(shelf: Shelf, token: string, origin: string, blobOrigin: string) {
    this.#shelf = shelf;
    this.#token = token;
    this.#origin = origin;
    this.#blobOrigin = blobOrigin;
  }

  answer(call: Call): Reply {
    const { pathname } = call.url;
    if (pathname.startsWith(BLOBS)) return this.#blob(call);
    if (call.request.headers.authorization !== `Bearer ${this.#token}`) {
      return json(401, { code: 'unauthenticated', msg: 'invalid token', message: 'invalid token' });
    }
    if (pathname.startsWith(TWIRP)) return this.#twirp(pathname.slice(TWIRP.length), call.body);
    return this.#v1(call, pathname.slice(V1.length));
  }

  #twirp(name: string, body: Buffer): Reply {
    const { key, version, restore_keys = [], size_bytes } = JSON.parse(body.toString()) as TwirpRequest;
    if (name === 'CreateCacheEntry') {
      const entry = this.#shelf.reserve(key, version);
      if (!entry) {
        return json(409, {
          code: 'already_exists',
          msg: 'cache entry with the same key, version, and scope already exists',
        });
      }
      return json(200, { ok: true, signed_upload_url: this.#blobUrl(entry) });
    }
    if (name === 'FinalizeCacheEntryUpload') {
      const entry = this.#shelf.reserved(key, version);
      if (!entry) return json(404, { code: 'not_found', msg: 'cache entry not found' });
      if (String(entry.archive.length) !== size_bytes)
        return json(200, { ok: false, message: 'size does not match' });
      this.#shelf.finish(entry);
      return json(200, { ok: true, entry_id: String(entry.id) });
    }
    const found = this.#shelf.find([key, ...restore_keys], version);
    if (!found) return json(200, { ok: false });
    return json(200, { ok: true, signed_download_url: this.#blobUrl(found), matched_key: found.key });
  }

  #v1({ request, url, body }: Call, path: string): Reply {
    const version = url.searchParams.get('version') ?? '';
    if (path === 'cache') {
      const found = this.#shelf.find((url.searchParams.get('keys') ?? '').split(','), version);
      if (!found) return { status: 204 };
      const archiveLocation = `${this.#origin}${BLOBS}${found.id}?sig=${found.signature}`;
      return json(200, { cacheKey: found.key, archiveLocation, scope: 'refs/heads/main' });
    }
    if (path === 'caches' && request.method === 'POST') {
      const reservation = JSON.parse(body.toString()) as TwirpRequest;
      const entry = this.#shelf.reserve(reservation.key, reservation.version);
      return entry ? json(201, { cacheId: entry.id }) : json(409, { message: 'Cache already exists.' });
    }
    if (path === 'caches') return json(200, { totalCount: 0, artifactCaches: [] });
    const entry = this.#shelf.byId(Number(path.split('/')[1]));
    if (!entry) return json(404, { message: 'no such cache' });
    if (request.method === 'PATCH') {
      const start = /^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? '0';
      entry.blocks.set(start, body);
      return { status: 204 };
    }
    const chunks = [...entry.blocks].sort(([a], [b]) => Number(a) - Number(b)).map(([, chunk]) => chunk);
    entry.archive = Buffer.concat(chunks);
    if (entry.archive.length !== (JSON.parse(body.toString()) as { size: number }).size) {
      return json(400, { message: 'size does not match' });
    }
    this.#shelf.finish(entry);
    return { status: 204 };
  }

  #blob({ request, url, body }: Call): Reply {
    const entry = this.#shelf.byId(Number(url.pathname.slice(BLOBS.length)));
    if (!entry) return azureError(404, 'BlobNotFound', 'The specified blob does not exist.');
    if (url.searchParams.get('sig') !== entry.signature) {
      return azureError(403, 'AuthenticationFailed', 'Server failed to authenticate the request.');
    }
    if (request.method === 'PUT') return put(entry, url.searchParams, body);
    return get(entry, request);
  }

  #blobUrl(entry: StoredEntry): string {
    return `${this.#blobOrigin}${BLOBS}${entry.id}?sig=${entry.signature}`;
  }
}

interface TwirpRequest {
  readonly key: string;
  readonly version: string;
  readonly restore_keys?: readonly string[];
  readonly size_bytes?: string;
}

function put(entry: StoredEntry, query: URLSearchParams, body: Buffer): Reply {
  if (query.get('comp') === 'block') {
    entry.blocks.set(query.get('blockid') ?? '', body);
  } else if (query.get('comp') === 'blocklist') {
    const names = [...body.toString().matchAll(/<(?:Latest|Uncommitted)>(.*?)</g)].map(
      (match) => match[1] ?? '',
    );
    const blocks = names.map((name) => entry.blocks.get(name));
    if (blocks.includes(undefined))
      return azureError(400, 'InvalidBlockList', 'The specified block list is invalid.');
    entry.archive = Buffer.concat(blocks.filter((block) => block !== undefined));
  } else {
    entry.archive = body;
  }
  return { status: 201, headers: azureHeaders() };
}

function get({ archive }: StoredEntry, request: IncomingMessage): Reply {
  const range = /^bytes=(\d+)-(\d*)$/.exec(
    String(request.headers['x-ms-range'] ?? request.headers.range ?? ''),
  );
  const headers = { ...azureHeaders(), 'x-ms-blob-type': 'BlockBlob', 'accept-ranges': 'bytes' };
  if (!range) return { status: 200, headers, body: archive };
  const start = Number(range[1]);
  const end = Math.min(range[2] ? Number(range[2]) : archive.length - 1, archive.length - 1);
  const contentRange = `bytes ${start}-${end}/${archive.length}`;
  return {
    status: 206,
    headers: { ...headers, 'content-range': contentRange },
    body: archive.subarray(start, end + 1),
  };
}

function stepOf(method: string, path: string): CacheStep | undefined {
  if (path === `${TWIRP}CreateCacheEntry`) return 'create';
  if (path === `${TWIRP}FinalizeCacheEntryUpload`) return 'finalize';
  if (path === `${TWIRP}GetCacheEntryDownloadURL`) return 'lookup';
  if (path.startsWith(BLOBS)) return method === 'PUT' ? 'upload' : 'download';
  if (!path.startsWith(V1)) return undefined;
  if (method === 'GET') return 'lookup';
  if (method === 'PATCH') return 'upload';
  return path === `${V1}caches` ? 'create' : 'finalize';
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

function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function azureError(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: { ...azureHeaders(), 'content-type': 'application/xml', 'x-ms-error-code': code },
    body,
  };
}

const EXPIRED = azureError(
  403,
  'AuthenticationFailed',
  'Server failed to authenticate the request. Signature not valid in the specified time frame.',
);

function azureHeaders(): Record<string, string> {
  return {
    etag: `"0x${randomBytes(8).toString('hex')}"`,
    'last-modified': new Date().toUTCString(),
    'x-ms-request-id': randomUUID(),
    'x-ms-version': '2025-01-05',
    'x-ms-request-server-encrypted': 'true',
  };
}

function newSignature(): string {
  return randomBytes(16).toString('hex');
}
