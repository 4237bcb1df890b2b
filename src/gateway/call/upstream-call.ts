/**
 * One request to the model API until it is over: limited, retried, adapted, recorded. Several clients may wait for it: a
 * client that disconnects and sends the same request again attaches to the one in flight, which is billed once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Adaptation } from '../../model/adaptation.ts';
import { ownError, STATUS_NOT_RETRIED } from '../response/own-error.ts';
import { describeProviderError, secretsIn } from '../response/provider-error.ts';
import { BROKEN_OFF, causeOfError, causeOfTransport } from '../trouble/trouble-cause.ts';
import { firstValue } from '../upstream/headers.ts';
import { transportFailure } from '../upstream/transport-failure.ts';
import type { UpstreamRequest, UpstreamResponse } from '../upstream/upstream.ts';
import { backOff } from './back-off.ts';
import type { CallContext } from './call-context.ts';
import {
  type CallFailure,
  type CallResult,
  type ExchangeFailure,
  type ExchangeOutcome,
  failed,
  over,
} from './call-result.ts';
import { describeGivingUp } from './give-up.ts';
import type { Slot } from './in-flight-limit.ts';
import { judgeError } from './judge-error.ts';
import { type Received, receive } from './receive.ts';
import { decideRetry, noRetries, rateLimitReset } from './retry-policy.ts';
import { SharedResponse } from './shared-response.ts';

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
    const { policy, limit } = this.#context;
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
      this.#reportFailure(failure, decision.delayMs);
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
    const { upstream, limit, evalName, model, adaptations, path, onTry } = this.#context;
    try {
      this.#slot = await limit.acquire({ evalName, model }, this.#leave.signal, this.#attempts > 0);
    } catch {
      return { kind: 'abandoned' };
    }
    if (this.#leave.signal.aborted) {
      this.#slot.end(false);
      return { kind: 'abandoned' };
    }
    this.#sending = true;
    let succeeded = false;
    const { body, adaptations: adapted } = adaptations.apply(path, this.#request.body);
    try {
      this.#sentAt = Date.now();
      this.#firstSentAt ||= this.#sentAt;
      onTry(this.#attempts++);
      const outcome = await this.#receive(await upstream.send({ ...this.#request, body }), body, adapted);
      succeeded = outcome.kind === 'over' && outcome.result.kind === 'succeeded';
      return outcome;
    } catch (error) {
      if (this.response.state === 'streaming') {
        this.response.cut();
        this.#reportFailure({ why: BROKEN_OFF.detail, trouble: BROKEN_OFF });
        return over({ kind: 'failed' });
      }
      const failure = transportFailure(error, limit.lastSuccessAt > 0);
      return failed({ ...failure, trouble: causeOfTransport(failure) });
    } finally {
      this.#sending = false;
      this.#slot.end(succeeded);
      if (!this.response.wanted) this.#leave.abort(new Error(CLIENT_GONE));
    }
  }

  async #receive(
    response: UpstreamResponse,
    sentBody: Buffer,
    adaptations: readonly Adaptation[],
  ): Promise<ExchangeOutcome> {
    const { limit, policy, nature, maxResponseBytes, onHeaders, onResponded, record } = this.#context;
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
    onResponded(true);
    this.#deliver(response.status, response, raw);
    return over({ kind: 'succeeded' });
  }

  #handleError(
    { error, raw }: Extract<Received, { kind: 'error' }>,
    response: UpstreamResponse,
    sentBody: Buffer,
  ): ExchangeOutcome {
    const { adaptations, path, nature, limit, policy, onAdapted, onResponded } = this.#context;
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
      return failed({
        ...backOff(why, judgement, { limit, policy, sentAt: this.#sentAt }),
        trouble: causeOfError(error, disguised),
      });
    onResponded(false);
    const { status, refusal } = judgement;
    if (disguised) this.#deliverError(status, why);
    else this.#deliver(status, response, raw);
    return over(refusal === undefined ? { kind: 'failed' } : { kind: 'refused', refusal, error });
  }

  #giveUp(cause: CallFailure & Pick<ExchangeFailure, 'trouble'>): CallResult {
    this.#reportFailure(cause);
    const message = describeGivingUp(cause.why, this.#attempts, Date.now() - this.#firstSentAt);
    this.#deliverError(this.#isPost ? STATUS_NOT_RETRIED : 502, message);
    return { kind: 'unanswered', ...cause, firstSentAt: this.#firstSentAt, attempts: this.#attempts };
  }

  #reportFailure(failure: Pick<ExchangeFailure, 'why' | 'trouble'>, retryDelayMs?: number): void {
    const { why, trouble } = failure;
    const delay = retryDelayMs === undefined ? {} : { retryDelayMs };
    this.#context.onFailure({ why, trouble, sentAt: this.#sentAt, ...delay });
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
