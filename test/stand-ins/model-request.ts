import type { IncomingMessage } from 'node:http';

/** One request as the server saw it. It is filled in while the request is served. */
export interface ModelRequest {
  /** 1 for the first request since the start (or since `forget()`), in order of arrival. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly model: string | undefined;
  /** SHA-256 of the raw body, in hex. */
  readonly bodySha256: string;
  /** The body as parsed JSON; undefined when there was none or it was not JSON. Not written to the log file. */
  readonly body: unknown;
  /** Lower-case header names, as Node gives them. Not written to the log file: it holds the key. */
  readonly headers: IncomingMessage['headers'];
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Milliseconds since the epoch; undefined until the answer has left. */
  answeredAt: number | undefined;
  /** The status that was sent; undefined until then, and when the client or a fault ended the connection. */
  status: number | undefined;
  /** The connection closed before the whole answer was sent. */
  aborted: boolean;
}
