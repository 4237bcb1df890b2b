import type { IncomingMessage } from 'node:http';

/** A request as the API received it. The last fields are set while it is served. */
export interface ModelRequest {
  /** The number of the request, in the order of arrival. 1 is the first one since the start or since `forget()`. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly model: string | undefined;
  /** SHA-256 of the raw body, in hex. */
  readonly bodySha256: string;
  /** The body as parsed JSON. Undefined if it was empty or no JSON. The log file does not contain it. */
  readonly body: unknown;
  /** Names are in lower case. The log file does not contain headers, because one of them is the key. */
  readonly headers: IncomingMessage['headers'];
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Milliseconds since the epoch. Undefined until the response was sent. */
  answeredAt: number | undefined;
  /** The status that was sent. Undefined until then, and if the client or a fault closed the connection. */
  status: number | undefined;
  /** Whether the connection was closed before the whole response was sent. */
  aborted: boolean;
}
