/** The part of Azure's block blobs that GitHub's cache client uses. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { StoredEntry } from './cache-entries.ts';

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

export function put(entry: StoredEntry, query: URLSearchParams, body: Buffer): Reply {
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

export function get({ archive }: StoredEntry, request: IncomingMessage): Reply {
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

export function azureError(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: { ...azureHeaders(), 'content-type': 'application/xml', 'x-ms-error-code': code },
    body,
  };
}

/** The response to a request whose signature has expired. */
export const EXPIRED = azureError(
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
