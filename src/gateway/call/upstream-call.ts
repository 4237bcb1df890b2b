/**
 * One request to the model API until it is over: limited, retried, adapted, recorded. Several clients may wait for it: one
 * that disconnects and sends the same again attaches to the request that is in flight, which is paid for once.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import { type RefusalKind, refusalKind } from '../refusal/refusal-kinds.ts';
import type { RequestNature } from '../request/replayable.ts';
import {
  describeProviderError,
  isTransient,
  keysIn,
  type ProviderError,
} from '../response/provider-error.ts';
import { transportFailure } from '../upstream/transport-failure.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../upstream/upstream.ts';
import type { Adaptations } from './adaptable.ts';
import type { InFlightLimit, Slot } from './in-flight-limit.ts';
import { firstValue, receive } from './receive.ts';
import {
  advisedDelay,
  decideRetry,
  noRetries,
  type RetryPolicy,
  rateLimitReset,
  retryAfter,
} from './retry-policy.ts';
import { SharedResponse } from './shared-response.ts';

export interface CallContext {
  readonly upstream: Upstream;
  readonly limit: InFlightLimit;
  readonly adaptations: Adaptations;
  readonly policy: RetryPolicy;
  readonly evalId: string;
  /** Provider and path below its base URL: adaptations are learnt for it. */
  readonly path: string;
  readonly nature: RequestNature;
  /** Bytes of a response, as it comes and decoded, beyond which it is dropped. */
  readonly maxResponseBytes: number;
  /** Called each time the request is sent, with the number of times it was sent before. */
  readonly onTry: (before: number) => void;
  /** Called when an attempt failed, and another will be made. */
  readonly onRetry: (why: string) => void;
  readonly onAdapted: (adaptation: Adaptation) => void;
  /** Called with an answer before its last byte reaches a client: from then on it need not be requested again. */
  readonly record: (answer: ApiResponse) => void;
}

/** How a call ended. */
export type CallResult =
  /** With a 2xx that clients got. */
  | { readonly kind: 'answered' }
  /** With an error of the API that is the eval's own matter. */
  | { readonly kind: 'failed' }
  /** With an error that no retry will mend. */
  | { readonly kind: 'refused'; readonly refusal: RefusalKind; readonly error: ProviderError }
  /** The API will not answer it: retries are exhausted, or no wait helps. */
  | ({
      readonly kind: 'unanswered';
      readonly firstSentAt: number;
      readonly attempts: number;
    } & GivenUp)
  /** No client waits for it any more, or the run is to end. */
  | { readonly kind: 'abandoned'; readonly sent: boolean; readonly withheld: boolean };

export interface GivenUp {
  readonly why: string;
  /** Whether no wait helps: somebody has to change something. */
  readonly permanent: boolean;
  /** What to change. */
  readonly advice?: string | undefined;
  /** Whether the cause lies in this request or its response, not in the API. */
  readonly ownFault?: boolean;
}

/** A model takes a handful of adaptations at most; more is a loop. */
const MAX_ADAPTATIONS = 12;

/** A 2xx without an answer may come from the question (a filter of the provider), and each is paid for. */
const MAX_EMPTY_RESPONSES = 3;

const CLIENT_GONE = 'the client disconnected';

/** oaieval repeats 429 and 5xx indefinitely, and the OpenAI client 408 and 409. It gives up at this one. */
const FAILED_DEPENDENCY = 424;

export class UpstreamCall {
  readonly response = new SharedResponse();
  readonly #request: UpstreamRequest;
  readonly #context: CallContext;
  /** Ends waiting. What was sent is not taken back by it. */
  readonly #leave = new AbortController();
  #slot: Slot | undefined;
  #sending = false;
  #attempts = 0;
  #firstSentAt = 0;
  #sentAt = 0;

  constructor(request: UpstreamRequest, context: CallContext) {
    this.#request = request;
    this.#context = context;
  }

  /** Whether it waits for its turn, or for the API to have time. */
  get waits(): boolean {
    return this.response.state === 'waiting' && !this.#sending;
  }

  /** Settles when the call is over; never rejects. */
  async run(): Promise<CallResult> {
    const { policy, limit, onRetry } = this.#context;
    let history = noRetries;
    let adapted = 0;
    let empty = 0;
    for (;;) {
      const outcome = await this.#attempt();
      if (outcome.kind === 'over') return outcome.result;
      if (outcome.kind === 'abandoned')
        return { kind: 'abandoned', sent: this.#attempts > 0, withheld: limit.stopped };
      if (outcome.kind === 'adapted') {
        if (++adapted <= MAX_ADAPTATIONS) continue;
        return this.#giveUp({ why: outcome.why, permanent: false, ownFault: true });
      }
      const { failure } = outcome;
      // Looking models up is a request that oaieval can do without; it must not hold up an eval that asks another API.
      if (failure.permanent || !this.#asks) return this.#giveUp(failure);
      if (failure.ownFault && ++empty >= MAX_EMPTY_RESPONSES) return this.#giveUp(failure);
      const decision = decideRetry(policy, history, {
        firstSentAt: this.#firstSentAt,
        sentAt: this.#sentAt,
        now: Date.now(),
        lastAnswerAt: limit.lastAnswerAt,
        throttled: failure.throttled,
        retryAfterMs: failure.retryAfterMs,
      });
      if (decision.kind === 'give-up') return this.#giveUp(failure);
      onRetry(failure.why);
      history = decision.history;
      if (!failure.pausesAll) await sleep(decision.delayMs, this.#leave.signal);
    }
  }

  /** A client disconnected. What was sent continues, so that its answer is recorded; what waits is not sent any more. */
  leaveUnlessSent(): void {
    if (this.response.wanted) return;
    this.#slot?.release();
    if (!this.#sending) this.#leave.abort(new Error(CLIENT_GONE));
  }

  get #asks(): boolean {
    return this.#request.method === 'POST';
  }

  async #attempt(): Promise<AttemptOutcome> {
    const { upstream, limit, evalId, adaptations, path, onTry } = this.#context;
    try {
      this.#slot = await limit.acquire(evalId, this.#leave.signal, this.#attempts > 0);
    } catch {
      return { kind: 'abandoned' };
    }
    if (this.#leave.signal.aborted) {
      this.#slot.release();
      return { kind: 'abandoned' };
    }
    this.#sending = true;
    const { body, adaptations: adapted } = adaptations.apply(path, this.#request.body);
    try {
      this.#sentAt = Date.now();
      this.#firstSentAt ||= this.#sentAt;
      onTry(this.#attempts++);
      return await this.#receive(await upstream.send({ ...this.#request, body }), body, adapted);
    } catch (error) {
      if (this.response.state === 'streaming') {
        this.response.cut();
        return over({ kind: 'failed' });
      }
      return again(transportFailure(error, limit.lastAnswerAt > 0));
    } finally {
      this.#sending = false;
      this.#slot.release();
      if (!this.response.wanted) this.#leave.abort(new Error(CLIENT_GONE));
    }
  }

  async #receive(
    response: UpstreamResponse,
    sentBody: Buffer,
    adaptations: readonly Adaptation[],
  ): Promise<AttemptOutcome> {
    const { status, headers } = response;
    const { limit, policy, nature, maxResponseBytes, record } = this.#context;
    const received = await receive(response, {
      nature,
      maxBytes: maxResponseBytes,
      secrets: keysIn(this.#request.headers),
      shared: this.response,
    });
    if (received.kind === 'too-large') {
      const why = `the response is larger than ${Math.round(maxResponseBytes / 2 ** 20)} MiB`;
      return again({ why, permanent: true, ownFault: true });
    }
    if (received.kind === 'error') return this.#error(received.error, headers, received.raw, sentBody);
    const { raw, type, answer } = received;
    if (this.#asks) limit.increase();
    const reset = rateLimitReset(headers);
    if (reset !== undefined) limit.pause(Math.min(reset, policy.maxPauseMs));
    if (answer) record({ status, type, ...answer, adaptations });
    this.#finish(status, headers, raw);
    return over({ kind: 'answered' });
  }

  /** @param raw the body for clients; undefined when it came with a 2xx: then they get the error in its own words */
  #error(
    error: ProviderError,
    headers: IncomingHttpHeaders,
    raw: Buffer | undefined,
    sentBody: Buffer,
  ): AttemptOutcome {
    const { adaptations, path, nature, limit, onAdapted } = this.#context;
    if (raw === undefined && this.response.state === 'streaming') {
      this.response.end();
      return over({ kind: 'failed' });
    }
    if (nature.kind === 'question') {
      const learnt = adaptations.learn(path, sentBody, error);
      if (learnt) {
        onAdapted(learnt);
        return { kind: 'adapted', why: describeProviderError(error) };
      }
    }
    // A web page before the API has answered anything: the base URL leads somewhere else.
    const astray = raw === undefined && error.webPage && limit.lastAnswerAt === 0;
    // Looking a model up may be forbidden to a key that may ask it.
    const refusal = !this.#asks ? undefined : astray ? 'address' : refusalKind(error);
    const transient = isTransient(error.status);
    if (refusal === undefined && transient && this.#asks)
      return this.#transient(error, headers, raw === undefined && !error.namesStatus);
    // What oaieval would repeat indefinitely gets a status that it does not repeat.
    const status = refusal !== undefined && transient ? FAILED_DEPENDENCY : error.status;
    if (raw === undefined) this.#sendError(status, describeProviderError(error));
    else this.#finish(status, headers, raw);
    return over(refusal === undefined ? { kind: 'failed' } : { kind: 'refused', refusal, error });
  }

  /** @param empty whether it was a 2xx without an answer, and without a cause */
  #transient(error: ProviderError, headers: IncomingHttpHeaders, empty: boolean): AttemptOutcome {
    const { limit, policy } = this.#context;
    const throttled = error.status === 429;
    const asked = retryAfter(headers) ?? (throttled ? rateLimitReset(headers) : undefined);
    const retryAfterMs = asked === undefined ? undefined : advisedDelay(asked, policy);
    const pausesAll = throttled && retryAfterMs !== undefined;
    // Lower the limit before releasing the slot, or the next request in line hits the same rate limit.
    if (throttled) limit.decrease(this.#sentAt);
    if (pausesAll && retryAfterMs <= policy.maxRetryAfterMs) limit.pause(retryAfterMs);
    const why = describeProviderError(error);
    return again({ why, permanent: false, ownFault: empty, retryAfterMs, throttled, pausesAll });
  }

  #giveUp(cause: GivenUp): CallResult {
    const seconds = Math.round((Date.now() - this.#firstSentAt) / 1000);
    const effort = this.#attempts === 1 ? '' : ` after ${this.#attempts} attempts in ${seconds} s`;
    const message = `oaievalset-action gave up${effort}: ${cause.why}`;
    this.#sendError(this.#asks ? FAILED_DEPENDENCY : 502, message);
    return { kind: 'unanswered', ...cause, firstSentAt: this.#firstSentAt, attempts: this.#attempts };
  }

  #sendError(status: number, message: string): void {
    const error = { message, type: 'upstream_failed', code: 'upstream_failed', param: null };
    const headers = { 'content-type': 'application/json', 'x-should-retry': 'false' };
    this.response.send(status, headers, Buffer.from(JSON.stringify({ error })));
  }

  /** Hands on what has not been handed on yet. */
  #finish(status: number, headers: IncomingHttpHeaders, raw: Buffer): void {
    if (this.response.state === 'streaming') {
      this.response.end();
      return;
    }
    // What a HEAD is answered with has a length, and no body.
    const length =
      this.#request.method === 'HEAD' ? Number(firstValue(headers['content-length']) || 0) : raw.length;
    this.response.send(status, headers, raw, length);
  }
}

/** An attempt that failed, and that another may follow. */
interface Failure extends GivenUp {
  /** Milliseconds that the API asks to wait; undefined: it does not say. */
  readonly retryAfterMs?: number | undefined;
  /** By a rate limit: other requests go first. */
  readonly throttled: boolean;
  /** The wait is that of all requests, and has begun. */
  readonly pausesAll: boolean;
}

type AttemptOutcome =
  | { readonly kind: 'over'; readonly result: CallResult }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'adapted'; readonly why: string }
  | { readonly kind: 'again'; readonly failure: Failure };

const over = (result: CallResult): AttemptOutcome => ({ kind: 'over', result });

const again = (failure: GivenUp & Partial<Failure>): AttemptOutcome => ({
  kind: 'again',
  failure: { throttled: false, pausesAll: false, ...failure },
});

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener('abort', wake, { once: true });
  });
}
