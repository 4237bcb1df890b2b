/** What goes to the model API and what comes back, whatever carries it. */
import type { IncomingHttpHeaders } from 'node:http';

export interface UpstreamRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface UpstreamResponse {
  readonly status: number;
  /** A header that came more than once is a list, whatever its name: read it by `headers.ts`. */
  readonly headers: IncomingHttpHeaders;
  /** Ends with an error when the answer is cut short. */
  readonly body: AsyncIterable<Buffer>;
}

export type Send = (request: UpstreamRequest) => Promise<UpstreamResponse>;

export interface UpstreamTimeouts {
  /** Milliseconds until a connection is there. */
  readonly connect: number;
  /** Milliseconds without any byte of an answer. Reasoning models think for minutes before the first one. */
  readonly idle: number;
}
