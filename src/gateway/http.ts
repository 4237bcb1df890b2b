/** Requests to the gateway's own HTTP server, and its responses. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sink } from './call/shared-response.ts';
import { ownError } from './response/own-error.ts';

/**
 * The body of a request; undefined when it is larger than `maxBytes`. It is read to its end all the same, because a client
 * that is still sending does not read a response.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) chunks = [];
    else chunks.push(chunk);
  }
  if (size > maxBytes) return undefined;
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Headers that belong to one connection (RFC 9110, section 7.6.1), or that each side writes itself. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers that are passed on: all but those of one connection. */
export function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !CONNECTION_HEADERS.has(name) && !named.has(name)) passed[name] = value;
  }
  return passed;
}

export function sinkTo(response: ServerResponse): Sink {
  return {
    head(status, headers, length) {
      const sized =
        length === undefined || status === 204 || status === 304 ? {} : { 'content-length': length };
      try {
        response.writeHead(status, { ...endToEnd(headers), ...sized });
      } catch {
        // A header that Node.js refuses to write (characters beyond Latin-1) must not cost the response.
        const { 'content-type': type, 'content-encoding': encoding } = headers;
        const needed = {
          ...(type ? { 'content-type': type } : {}),
          ...(encoding ? { 'content-encoding': encoding } : {}),
        };
        response.writeHead(status, { ...needed, ...sized });
      }
    },
    chunk: (data) => response.write(data),
    end: () => response.end(),
    cut: () => response.destroy(),
  };
}

/** Responds with an error in the gateway's own words. No client should retry it. */
export function respondWithError(response: ServerResponse, status: number, message: string): void {
  const { headers, body } = ownError(message, 'oaievalset_action');
  response.writeHead(status, headers);
  response.end(body);
}
