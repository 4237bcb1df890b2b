/** Receives one response of the API and classifies it. A stream is passed on to clients while it arrives. */
import type { TokenUsage } from '../../model/api-response.ts';
import type { RequestNature } from '../request/replayable.ts';
import { isEventStream } from '../response/event-stream.ts';
import { type ProviderError, readProviderError } from '../response/provider-error.ts';
import { failureIn, failureInFirstEvent } from '../response/response-check.ts';
import { usageOf } from '../response/usage.ts';
import { firstValue } from '../upstream/headers.ts';
import { decoded, type UpstreamResponse } from '../upstream/upstream.ts';
import type { SharedResponse } from './shared-response.ts';

export interface ReceiveContext {
  readonly nature: RequestNature;
  /** The most bytes of a response that are read, as received or decoded. */
  readonly maxBytes: number;
  /** Text that the provider may repeat and that must not be shown. */
  readonly secrets: readonly string[];
  /** Where a stream is passed on to. */
  readonly shared: SharedResponse;
}

export type Received =
  | {
      readonly kind: 'success';
      /** The body as received. */
      readonly raw: Buffer;
      readonly type: string;
      /** The part of the response to record; undefined when the request is not replayable or its body cannot be decoded. */
      readonly decoded: { readonly body: Buffer; readonly usage: TokenUsage } | undefined;
    }
  | {
      readonly kind: 'error';
      readonly error: ProviderError;
      /** The body as received; undefined when it came with a 2xx: clients then get the error in the gateway's words. */
      readonly raw: Buffer | undefined;
    }
  | { readonly kind: 'too-large' };

/** The most characters of a stream that are held back until its first event has shown whether it is an error. */
const MAX_HELD_CHARACTERS = 64 * 1024;

/** Rejects when the response breaks off. */
export async function receive(response: UpstreamResponse, context: ReceiveContext): Promise<Received> {
  const { status, headers } = response;
  const { nature, maxBytes, secrets } = context;
  const success = status >= 200 && status < 300;
  const type = firstValue(headers, 'content-type');
  const raw = await receiveBody(response, success && isEventStream(type), context);
  if (raw === undefined) return { kind: 'too-large' };
  // The response is complete. If we fail to read it, that is our error, not the API's, and must not cost the response.
  const plain = await decoded(raw, headers['content-encoding'], maxBytes).catch(() => undefined);
  if (!success) return { kind: 'error', error: readProviderError(status, plain ?? raw, secrets), raw };
  const unrecorded = { kind: 'success', raw, type, decoded: undefined } as const;
  if (nature.kind !== 'replayable' || plain === undefined) return unrecorded;
  try {
    const error = failureIn(nature.endpoint, type, plain, secrets);
    if (error) return { kind: 'error', error, raw: undefined };
    return { ...unrecorded, decoded: { body: plain, usage: usageOf(type, plain) } };
  } catch {
    return unrecorded;
  }
}

/** The raw body; undefined when it is too large. A stream is passed on from its first event, unless that is an error. */
async function receiveBody(
  { status, headers, body }: UpstreamResponse,
  streams: boolean,
  { nature, maxBytes, secrets, shared }: ReceiveContext,
): Promise<Buffer | undefined> {
  let held = streams && nature.kind === 'replayable' && headers['content-encoding'] === undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  const pass = (): void => {
    held = false;
    shared.begin(status, headers);
    for (const chunk of chunks) shared.pass(chunk);
  };
  if (streams && !held) pass();
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      if (shared.state === 'streaming') throw new Error('the stream is too large');
      return undefined;
    }
    chunks.push(chunk);
    if (!streams) continue;
    if (!held) {
      shared.pass(chunk);
      continue;
    }
    const text = Buffer.concat(chunks).toString('utf8');
    if (failureInFirstEvent(text, secrets) === 'none' || text.length > MAX_HELD_CHARACTERS) pass();
  }
  return Buffer.concat(chunks);
}
