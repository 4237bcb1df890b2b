/**
 * One question to the model API, until it is answered: limited, retried, adapted, recorded. It may be asked by a client
 * that goes away and asks again; then both wait for the same answer, and it is paid for once.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { reasonOf } from '../errors.ts';
import type { Answer } from '../progress/journal.ts';
import type { Adaptations } from './adapt.ts';
import type { InFlightLimit, Slot } from './limits.ts';
import { advisedWait, backoff, type Patience, rateLimitReset, retryAfter } from './patience.ts';
import {
  describeProviderError,
  isRefusal,
  isTransient,
  keysIn,
  type ProviderError,
  readProviderError,
} from './provider-error.ts';
import { decoded, type Upstream, type UpstreamRequest, type UpstreamResponse } from './upstream.ts';
import { isWhole, usageOf } from './usage.ts';

/** Where an answer goes as it arrives. */
export interface Sink {
  /** @param length bytes of the whole body, when they are known */
  head(status: number, headers: IncomingHttpHeaders, length: number | undefined): void;
  chunk(data: Buffer): void;
  end(): void;
  /** The answer broke off after its head was sent. */
  cut(): void;
}

export interface OperationContext {
  readonly upstream: Upstream;
  readonly limit: InFlightLimit;
  readonly adaptations: Adaptations;
  readonly patience: Patience;
  readonly evalId: string;
  /** Path below the base URL of the provider, which adaptations are kept for. */
  readonly path: string;
  /** Called each time something is sent, with how often that was so before. */
  readonly onTry: (before: number) => void;
  readonly onAdapted: (model: string, param: string, renamedTo: string | undefined) => void;
  /** No retry can mend this: the job is to stop. */
  readonly onRefused: (error: ProviderError) => void;
  /** Called before the end of the answer reaches anybody: from here on it need not be asked for again. */
  readonly onAnswer: (answer: Answer) => void;
  readonly onFailed: () => void;
  /** The API does not answer this: it was given up, it is refused, or nothing is sent any more. */
  readonly onUnanswered: () => void;
}

/** A model takes a handful of adaptations at most; more is a loop. */
const MOST_ADAPTATIONS = 12;

const CLIENT_GONE = 'the client went away';

/** oaieval repeats 429 and 5xx for ever, and the OpenAI client 408 and 409. It gives up at this one. */
const GIVEN_UP = 424;

export class Operation {
  readonly #request: UpstreamRequest;
  readonly #context: OperationContext;
  readonly #sinks = new Set<Sink>();
  /** Ends waiting. What was sent is not taken back by it. */
  readonly #leave = new AbortController();
  #head: { status: number; headers: IncomingHttpHeaders; length: number | undefined } | undefined;
  #chunks: Buffer[] = [];
  #state: 'waiting' | 'streaming' | 'ended' | 'cut' = 'waiting';
  #slot: Slot | undefined;
  #sending = false;
  #tries = 0;
  /** When it was sent first and last, in milliseconds since the epoch. */
  #firstSent = 0;
  #sentAt = 0;

  constructor(request: UpstreamRequest, context: OperationContext) {
    this.#request = request;
    this.#context = context;
  }

  /** Whether anybody waits for the answer. */
  get wanted(): boolean {
    return this.#sinks.size > 0;
  }

  /** Whether it waits for its turn, or for the API to have time. */
  get waits(): boolean {
    return this.#state === 'waiting' && !this.#sending;
  }

  /** Settles when the operation is over, well or not; never rejects. */
  async run(): Promise<void> {
    const { patience, limit, onFailed, onUnanswered } = this.#context;
    let [waits, fruitless, adapted, sentBefore] = [0, 0, 0, Number.POSITIVE_INFINITY];
    for (;;) {
      const outcome = await this.#try();
      if (outcome.kind === 'done') return;
      if (outcome.kind === 'adapted' && ++adapted <= MOST_ADAPTATIONS) continue;
      if (outcome.kind === 'abandoned') {
        if (limit.stopped) onUnanswered();
        if (this.#tries > 0) onFailed();
        return;
      }
      const again = outcome.kind === 'again' ? outcome : undefined;
      // A limit is no fault of the request, which waits for its turn as long as the API answers others.
      const limited = again?.limited === true;
      const inTurn = limited && (again.wait !== undefined || limit.lastAnswer >= sentBefore);
      sentBefore = this.#sentAt;
      const since = limited ? Math.max(this.#firstSent, limit.lastAnswer) : this.#firstSent;
      if (!inTurn) fruitless += 1;
      waits += 1;
      const wait = again?.wait ?? backoff(waits, patience);
      // Looking models up is a question that oaieval can do without; it must not hold up an eval that asks another API.
      if (
        this.#request.method !== 'POST' ||
        fruitless >= patience.mostTries ||
        wait > patience.longestAdvised ||
        Date.now() - since + wait > patience.longest
      ) {
        onUnanswered();
        this.#giveUp(outcome.why);
        return onFailed();
      }
      if (!again?.pausesAll) await sleep(wait, this.#leave.signal);
    }
  }

  attach(sink: Sink): void {
    this.#sinks.add(sink);
    if (!this.#head) return;
    sink.head(this.#head.status, this.#head.headers, this.#head.length);
    for (const chunk of this.#chunks) sink.chunk(chunk);
    if (this.#state === 'ended') sink.end();
    if (this.#state === 'cut') sink.cut();
  }

  /** The client went away. What was sent goes on, so that its answer is kept; what waits is not sent any more. */
  detach(sink: Sink): void {
    this.#sinks.delete(sink);
    if (this.#sinks.size > 0) return;
    this.#leaveUnlessSent();
  }

  /** Nobody waits for the answer any more, whatever their connections say. */
  forsake(): void {
    this.#sinks.clear();
    this.#leaveUnlessSent();
  }

  #leaveUnlessSent(): void {
    this.#slot?.release();
    if (!this.#sending) this.#leave.abort(new Error(CLIENT_GONE));
  }

  async #try(): Promise<TryOutcome> {
    const { upstream, limit, evalId, adaptations, path, onTry } = this.#context;
    try {
      this.#slot = await limit.acquire(evalId, this.#leave.signal, this.#tries > 0);
    } catch {
      return { kind: 'abandoned' };
    }
    if (this.#leave.signal.aborted) {
      this.#slot.release();
      return { kind: 'abandoned' };
    }
    this.#sending = true;
    const body = adaptations.apply(path, this.#request.body);
    try {
      this.#sentAt = Date.now();
      this.#firstSent ||= this.#sentAt;
      onTry(this.#tries++);
      const response = await upstream.send({ ...this.#request, body });
      return await this.#receive(response, body);
    } catch (error) {
      if (this.#state === 'streaming') {
        this.#state = 'cut';
        for (const sink of this.#sinks) sink.cut();
        this.#context.onFailed();
        return { kind: 'done' };
      }
      return { kind: 'again', why: reasonOf(error), wait: undefined, limited: false, pausesAll: false };
    } finally {
      this.#sending = false;
      this.#slot.release();
      if (!this.wanted) this.#leave.abort(new Error(CLIENT_GONE));
    }
  }

  async #receive(response: UpstreamResponse, sentBody: Buffer): Promise<TryOutcome> {
    const { status, headers } = response;
    const type = headers['content-type'] ?? '';
    const success = status >= 200 && status < 300;
    const streams = success && type.startsWith('text/event-stream');
    const reset = rateLimitReset(headers);
    const { limit, patience } = this.#context;
    if (success) limit.answered();
    if (success && reset !== undefined) limit.pause(Math.min(reset, patience.longestPause));
    if (streams) this.#begin(status, headers, undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of response.body) {
      chunks.push(chunk);
      if (streams) this.#pass(chunk);
    }
    const raw = Buffer.concat(chunks);
    const plain = await decoded(raw, headers['content-encoding']);
    if (!success) {
      const next = this.#refused(status, headers, plain ?? raw, sentBody);
      if (next) return next;
    } else if (plain && this.#request.method === 'POST' && isWhole(type, plain)) {
      this.#context.onAnswer({ status, type, body: plain, usage: usageOf(type, plain) });
    }
    if (!streams) {
      // What a HEAD is answered with has a length, and no body.
      const length = this.#request.method === 'HEAD' ? Number(headers['content-length'] ?? 0) : raw.length;
      this.#begin(status, headers, length);
      this.#pass(raw);
    }
    this.#finish();
    if (!success) this.#context.onFailed();
    return { kind: 'done' };
  }

  /** What to do about an answer that is none; undefined: nothing, it is the client's. */
  #refused(
    status: number,
    headers: IncomingHttpHeaders,
    body: Buffer,
    sentBody: Buffer,
  ): TryOutcome | undefined {
    const { adaptations, path, limit, patience, onAdapted, onRefused, onUnanswered } = this.#context;
    const error = readProviderError(status, body, keysIn(this.#request.headers));
    const learnt = adaptations.learn(path, sentBody, error);
    if (learnt) {
      onAdapted(learnt.model, learnt.adaptation.param, learnt.adaptation.renamedTo);
      return { kind: 'adapted', why: describeProviderError(error) };
    }
    // Looking a model up may be forbidden to a key that is good for asking it.
    if (this.#request.method === 'POST' && isRefusal(error)) {
      onUnanswered();
      onRefused(error);
      return undefined;
    }
    if (!isTransient(status) || this.#request.method !== 'POST') return undefined;
    const limited = status === 429;
    const asked = retryAfter(headers) ?? (limited ? rateLimitReset(headers) : undefined);
    const wait = asked === undefined ? undefined : advisedWait(asked, patience);
    const pausesAll = limited && wait !== undefined;
    // Now, before the slot is given back: whoever waits for it would be sent into the same limit.
    if (limited) limit.tooMany(this.#sentAt);
    if (pausesAll && wait <= patience.longestAdvised) limit.pause(wait);
    return { kind: 'again', why: describeProviderError(error), wait, limited, pausesAll };
  }

  #giveUp(why: string): void {
    const seconds = Math.round((Date.now() - this.#firstSent) / 1000);
    const effort = this.#tries === 1 ? '' : ` after ${this.#tries} tries in ${seconds} s`;
    const message = `oaievalset-action gave up${effort}: ${why}`;
    const body = Buffer.from(
      JSON.stringify({ error: { message, type: 'upstream_unavailable', code: 'gave_up', param: null } }),
    );
    const status = this.#request.method === 'POST' ? GIVEN_UP : 502;
    this.#begin(status, { 'content-type': 'application/json', 'x-should-retry': 'false' }, body.length);
    this.#pass(body);
    this.#finish();
  }

  #begin(status: number, headers: IncomingHttpHeaders, length: number | undefined): void {
    this.#head = { status, headers, length };
    this.#state = 'streaming';
    for (const sink of this.#sinks) sink.head(status, headers, length);
  }

  #pass(chunk: Buffer): void {
    this.#chunks.push(chunk);
    for (const sink of this.#sinks) sink.chunk(chunk);
  }

  #finish(): void {
    this.#state = 'ended';
    for (const sink of this.#sinks) sink.end();
  }
}

type TryOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'adapted'; readonly why: string }
  | {
      readonly kind: 'again';
      readonly why: string;
      /** Milliseconds that the API asks to wait; undefined: it does not say. */
      readonly wait: number | undefined;
      /** By a rate limit: other requests go before. */
      readonly limited: boolean;
      /** The wait is that of all requests, and has begun. */
      readonly pausesAll: boolean;
    };

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
