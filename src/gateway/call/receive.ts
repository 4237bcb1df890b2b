/** Reads one response of the API, and says what it is. A stream is passed on while it arrives. */
import type { TokenUsage } from '../../model/api-response.ts';
import type { RequestNature } from '../request/replayable.ts';
import { isEventStream } from '../response/event-stream.ts';
import { type ProviderError, readProviderError } from '../response/provider-error.ts';
import { failureIn, failureInFirstEvent } from '../response/response-check.ts';
import { usageOf } from '../response/usage.ts';
import { decoded, type UpstreamResponse } from '../upstream/upstream.ts';
import type { SharedResponse } from './shared-response.ts';

export interface ReceiveContext {
  readonly nature: RequestNature;
  /** Bytes of a response, as it comes and decoded, that are read at most. */
  readonly maxBytes: number;
  /** What the provider may repeat, and what must not be shown. */
  readonly secrets: readonly string[];
  /** Where a stream is passed on to. */
  readonly shared: SharedResponse;
}

export type Received =
  | {
      readonly kind: 'success';
      /** As it came. */
      readonly raw: Buffer;
      readonly type: string;
      /** A decoded answer that may be recorded; undefined: the request is no question, or its body cannot be read. */
      readonly answer: { readonly body: Buffer; readonly usage: TokenUsage } | undefined;
    }
  | {
      readonly kind: 'error';
      readonly error: ProviderError;
      /** As it came; undefined when it came with a 2xx. */
      readonly raw: Buffer | undefined;
    }
  | { readonly kind: 'too-large' };

/** Characters of a stream that are held back until its first event has shown whether it is an error. */
const LONGEST_FIRST_EVENT = 64 * 1024;

/** Rejects when the response breaks off. */
export async function receive(response: UpstreamResponse, context: ReceiveContext): Promise<Received> {
  const { status, headers } = response;
  const { nature, maxBytes, secrets } = context;
  const success = status >= 200 && status < 300;
  const type = firstValue(headers['content-type']);
  const raw = await readBody(response, success && isEventStream(type), context);
  if (raw === undefined) return { kind: 'too-large' };
  // All of it is here: an error of our own in reading it is not the API's, and must not cost the response.
  const plain = await decoded(raw, headers['content-encoding'], maxBytes).catch(() => undefined);
  if (!success) return { kind: 'error', error: readProviderError(status, plain ?? raw, secrets), raw };
  const unrecorded = { kind: 'success', raw, type, answer: undefined } as const;
  if (nature.kind !== 'question' || plain === undefined) return unrecorded;
  try {
    const error = failureIn(nature.endpoint, type, plain, secrets);
    if (error) return { kind: 'error', error, raw: undefined };
    return { ...unrecorded, answer: { body: plain, usage: usageOf(type, plain) } };
  } catch {
    return unrecorded;
  }
}

/** The raw body; undefined when it is too large. A stream is passed on from its first event, unless that is an error. */
async function readBody(
  { status, headers, body }: UpstreamResponse,
  streams: boolean,
  { nature, maxBytes, secrets, shared }: ReceiveContext,
): Promise<Buffer | undefined> {
  let held = streams && nature.kind === 'question' && headers['content-encoding'] === undefined;
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
    const begun = Buffer.concat(chunks).toString('utf8');
    if (failureInFirstEvent(begun, secrets) === 'none' || begun.length > LONGEST_FIRST_EVENT) pass();
  }
  return Buffer.concat(chunks);
}

/** A header that was sent twice is a list. */
export function firstValue(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
