/** Requests to the model API and its responses, whatever client transports them. */
import type { IncomingHttpHeaders } from 'node:http';

export interface UpstreamRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface UpstreamResponse {
  readonly status: number;
  /** A header that occurs more than once is a list, whatever its name: read it with `headers.ts`. */
  readonly headers: IncomingHttpHeaders;
  /** Throws when the response is cut short. */
  readonly body: AsyncIterable<Buffer>;
}

export type Send = (request: UpstreamRequest) => Promise<UpstreamResponse>;

export interface UpstreamTimeouts {
  /** For establishing a connection. */
  readonly connectMs: number;
  /** Without any byte of a response. Reasoning models think for minutes before the first one. */
  readonly idleMs: number;
}
