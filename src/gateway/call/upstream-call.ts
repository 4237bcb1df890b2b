/**
 * One request to the model API until it is over: limited, retried, adapted, recorded. Several clients may wait for it: a
 * client that disconnects and sends the same request again attaches to the one in flight, which is billed once.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import type { RequestNature } from '../request/replayable.ts';
import { ownError, STATUS_NOT_RETRIED } from '../response/own-error.ts';
import { describeProviderError, secretsIn } from '../response/provider-error.ts';
import { firstValue } from '../upstream/headers.ts';
import { transportFailure } from '../upstream/transport-failure.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../upstream/upstream.ts';
import type { Adaptations } from './adaptable.ts';
import { backOff } from './back-off.ts';
import { type CallFailure, type CallResult, type ExchangeOutcome, failed, over } from './call-result.ts';
import type { InFlightLimit, Slot } from './in-flight-limit.ts';
import { judgeError } from './judge-error.ts';
import { type Received, receive } from './receive.ts';
import { decideRetry, noRetries, type RetryPolicy, rateLimitReset } from './retry-policy.ts';
import { SharedResponse } from './shared-response.ts';

export interface CallContext {
  readonly upstream: Upstream;
  readonly limit: InFlightLimit;
  readonly adaptations: Adaptations;
  readonly policy: RetryPolicy;
  readonly evalName: string;
  /** Provider and path below its base URL: adaptations are learnt per path. */
  readonly path: string;
  readonly nature: RequestNature;
  /** A response with more bytes, as received or decoded, is dropped. */
  readonly maxResponseBytes: number;
  /** Called each time the request is sent, with the number of times it was sent before. */
  readonly onTry: (before: number) => void;
  /** Called when an attempt failed and the request will be retried. */
  readonly onRetry: (why: string) => void;
  readonly onAdapted: (adaptation: Adaptation) => void;
  /** Called with the headers of a response that is a success. */
  readonly onHeaders: (headers: IncomingHttpHeaders) => void;
  /** Called with a response before its last byte reaches a client: from then on it need not be requested again. */
  readonly record: (response: ApiResponse) => void;
}

/** A model needs a handful of adaptations at most; more is a loop. */
const MAX_ADAPTATIONS = 12;

/** A 2xx without an answer may be due to the request (a filter of the provider), and each one is billed. */
const MAX_EMPTY_RESPONSES = 3;

const CLIENT_GONE = 'the client disconnected';

export class UpstreamCall {
  readonly response = new SharedResponse();
  readonly #request: UpstreamRequest;
  readonly #context: CallContext;
  /** Ends waiting. It does not cancel what was sent. */
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

  /** Whether it waits for its turn, or to be retried. */
  get isWaiting(): boolean {
    return this.response.state === 'waiting' && !this.#sending;
  }

  /** Settles when the call is over; never rejects. */
  async run(): Promise<CallResult> {
    const { policy, limit, onRetry } = this.#context;
    let history = noRetries;
    let adapted = 0;
    let empty = 0;
    for (;;) {
      const outcome = await this.#exchange();
      if (outcome.kind === 'over') return outcome.result;
      if (outcome.kind === 'abandoned')
        return { kind: 'abandoned', sent: this.#attempts > 0, withheld: limit.stopped };
      if (outcome.kind === 'adapted') {
        if (++adapted <= MAX_ADAPTATIONS) continue;
        return this.#giveUp({ why: outcome.why, permanent: false, requestSpecific: true });
      }
      const { failure } = outcome;
      // oaieval can do without looking up models, so such a request must not delay an eval that uses another API.
      if (failure.permanent || !this.#isPost) return this.#giveUp(failure);
      if (failure.requestSpecific && ++empty >= MAX_EMPTY_RESPONSES) return this.#giveUp(failure);
      const decision = decideRetry(policy, history, {
        firstSentAt: this.#firstSentAt,
        sentAt: this.#sentAt,
        now: Date.now(),
        lastSuccessAt: limit.lastSuccessAt,
        throttled: failure.throttled,
        retryAfterMs: failure.retryAfterMs,
      });
      if (decision.kind === 'give-up') return this.#giveUp(failure);
      onRetry(failure.why);
      history = decision.history;
      // Clients that leave end the delay.
      if (!failure.pausesAll)
        await sleep(decision.delayMs, undefined, { signal: this.#leave.signal }).catch(() => {});
    }
  }

  /** A client disconnected. What was sent continues, so that its response is recorded; what waits is abandoned. */
  leaveUnlessSent(): void {
    if (this.response.wanted) return;
    this.#slot?.release();
    if (!this.#sending) this.#leave.abort(new Error(CLIENT_GONE));
  }

  get #isPost(): boolean {
    return this.#request.method === 'POST';
  }

  async #exchange(): Promise<ExchangeOutcome> {
    const { upstream, limit, evalName, adaptations, path, onTry } = this.#context;
    try {
      this.#slot = await limit.acquire(evalName, this.#leave.signal, this.#attempts > 0);
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
      return failed(transportFailure(error, limit.lastSuccessAt > 0));
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
  ): Promise<ExchangeOutcome> {
    const { limit, policy, nature, maxResponseBytes, onHeaders, record } = this.#context;
    const received = await receive(response, {
      nature,
      maxBytes: maxResponseBytes,
      secrets: secretsIn(this.#request.headers),
      shared: this.response,
    });
    if (received.kind === 'too-large') {
      const why = `the response is larger than ${Math.round(maxResponseBytes / 2 ** 20)} MiB`;
      return failed({ why, permanent: true, requestSpecific: true });
    }
    if (received.kind === 'error') return this.#handleError(received, response, sentBody);
    if (this.#isPost) limit.increase();
    onHeaders(response.headers);
    const reset = rateLimitReset(response.headers);
    if (reset !== undefined) limit.pause(Math.min(reset, policy.maxPauseMs));
    const { raw, type, decoded } = received;
    if (decoded) record({ status: response.status, type, ...decoded, adaptations });
    this.#deliver(response.status, response, raw);
    return over({ kind: 'succeeded' });
  }

  #handleError(
    { error, raw }: Extract<Received, { kind: 'error' }>,
    response: UpstreamResponse,
    sentBody: Buffer,
  ): ExchangeOutcome {
    const { adaptations, path, nature, limit, policy, onAdapted } = this.#context;
    const disguised = raw === undefined;
    if (disguised && this.response.state === 'streaming') {
      this.response.end();
      return over({ kind: 'failed' });
    }
    const why = describeProviderError(error);
    const learnt = nature.kind === 'replayable' ? adaptations.learn(path, sentBody, error) : undefined;
    if (learnt) {
      onAdapted(learnt);
      return { kind: 'adapted', why };
    }
    const judgement = judgeError(error, {
      headers: response.headers,
      method: this.#request.method,
      disguised,
      apiHasSucceeded: limit.lastSuccessAt > 0,
    });
    if (judgement.kind === 'retry')
      return failed(backOff(why, judgement, { limit, policy, sentAt: this.#sentAt }));
    const { status, refusal } = judgement;
    if (disguised) this.#deliverError(status, why);
    else this.#deliver(status, response, raw);
    return over(refusal === undefined ? { kind: 'failed' } : { kind: 'refused', refusal, error });
  }

  #giveUp(cause: CallFailure): CallResult {
    const seconds = Math.round((Date.now() - this.#firstSentAt) / 1000);
    const decision =
      this.#attempts === 1
        ? 'does not retry this request'
        : `stopped retrying after ${this.#attempts} attempts in ${seconds} s`;
    const message = `oaievalset-action ${decision}: ${cause.why}`;
    this.#deliverError(this.#isPost ? STATUS_NOT_RETRIED : 502, message);
    return { kind: 'unanswered', ...cause, firstSentAt: this.#firstSentAt, attempts: this.#attempts };
  }

  #deliverError(status: number, message: string): void {
    const { headers, body } = ownError(message, 'upstream_failed', 'upstream_failed');
    this.response.complete(status, headers, body);
  }

  #deliver(status: number, { headers }: UpstreamResponse, raw: Buffer): void {
    // The response to a HEAD has a length, and no body.
    const length =
      this.#request.method === 'HEAD' ? Number(firstValue(headers, 'content-length') || 0) : raw.length;
    this.response.complete(status, headers, raw, length);
  }
}
