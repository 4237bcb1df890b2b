/** The protocols of GitHub's cache service, v1 and v2. */
import type { IncomingMessage } from 'node:http';
import { azureError, get, put, type Reply } from './blob-storage.ts';
import type { CacheEntries, StoredEntry } from './cache-entries.ts';

/** The purpose of a request. Both protocols have the same ones. */
export type CacheStep = 'create' | 'upload' | 'finalize' | 'lookup' | 'download';

interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

const TWIRP = '/twirp/github.actions.results.api.v1.CacheService/';
const V1 = '/_apis/artifactcache/';
const BLOBS = '/devstoreaccount1/cache/';
export class CacheProtocol {
  readonly #entries: CacheEntries;
  readonly #token: string;
  readonly #origin: string;
  readonly #blobOrigin: string;

  constructor(entries: CacheEntries, token: string, origin: string, blobOrigin: string) {
    this.#entries = entries;
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
      const entry = this.#entries.reserve(key, version);
      if (!entry) {
        return json(409, {
          code: 'already_exists',
          msg: 'cache entry with the same key, version, and scope already exists',
        });
      }
      return json(200, { ok: true, signed_upload_url: this.#blobUrl(entry) });
    }
    if (name === 'FinalizeCacheEntryUpload') {
      const entry = this.#entries.reserved(key, version);
      if (!entry) return json(404, { code: 'not_found', msg: 'cache entry not found' });
      if (String(entry.archive.length) !== size_bytes)
        return json(200, { ok: false, message: 'size does not match' });
      this.#entries.finish(entry);
      return json(200, { ok: true, entry_id: String(entry.id) });
    }
    const found = this.#entries.find([key, ...restore_keys], version);
    if (!found) return json(200, { ok: false });
    return json(200, { ok: true, signed_download_url: this.#blobUrl(found), matched_key: found.key });
  }

  #v1({ request, url, body }: Call, path: string): Reply {
    const version = url.searchParams.get('version') ?? '';
    if (path === 'cache') {
      const found = this.#entries.find((url.searchParams.get('keys') ?? '').split(','), version);
      if (!found) return { status: 204 };
      const archiveLocation = `${this.#origin}${BLOBS}${found.id}?sig=${found.signature}`;
      return json(200, { cacheKey: found.key, archiveLocation, scope: 'refs/heads/main' });
    }
    if (path === 'caches' && request.method === 'POST') {
      const reservation = JSON.parse(body.toString()) as TwirpRequest;
      const entry = this.#entries.reserve(reservation.key, reservation.version);
      return entry ? json(201, { cacheId: entry.id }) : json(409, { message: 'Cache already exists.' });
    }
    if (path === 'caches') return json(200, { totalCount: 0, artifactCaches: [] });
    const entry = this.#entries.byId(Number(path.split('/')[1]));
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
    this.#entries.finish(entry);
    return { status: 204 };
  }

  #blob({ request, url, body }: Call): Reply {
    const entry = this.#entries.byId(Number(url.pathname.slice(BLOBS.length)));
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

/** The purpose of a request. Undefined if the service has no such call. */
export function stepOf(method: string, path: string): CacheStep | undefined {
  if (path === `${TWIRP}CreateCacheEntry`) return 'create';
  if (path === `${TWIRP}FinalizeCacheEntryUpload`) return 'finalize';
  if (path === `${TWIRP}GetCacheEntryDownloadURL`) return 'lookup';
  if (path.startsWith(BLOBS)) return method === 'PUT' ? 'upload' : 'download';
  if (!path.startsWith(V1)) return undefined;
  if (method === 'GET') return 'lookup';
  if (method === 'PATCH') return 'upload';
  return path === `${V1}caches` ? 'create' : 'finalize';
}

function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
