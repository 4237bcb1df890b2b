/**
 * One question to the model API, until it is answered: limited, retried, adapted, recorded. It may be asked by a client
 * that goes away and asks again; then both wait for the same answer, and it is paid for once.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { reasonOf } from '../errors.ts';
import type { Answer } from '../progress/journal.ts';
import type { Adaptations } from './adapt.ts';
import type { InFlightLimit, Slot } from './limits.ts';
import { backoff, type Patience, rateLimitReset, retryAfter } from './patience.ts';
import {
  describeProviderError,
  isRefusal,
  isTransient,
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
}

/** A model takes a handful of adaptations at most; more is a loop. */
const MOST_ADAPTATIONS = 12;

/** A successful answer that says the limit is used up slows the next one; it does not stop the job for an hour. */
const LONGEST_PAUSE = 60_000;

/** oaieval repeats 429 and 5xx for ever, and the OpenAI client 408 and 409. It gives up at this one. */
const GIVEN_UP = 424;

export class Operation {
  readonly #request: UpstreamRequest;
  readonly #context: OperationContext;
  readonly #sinks = new Set<Sink>();
  /** Ends waiting. What was sent is not taken back by it. */
  readonly #leave = new AbortController();
  /** Ends the request that is under way. */
  readonly #kill = new AbortController();
  #head: { status: number; headers: IncomingHttpHeaders; length: number | undefined } | undefined;
  #chunks: Buffer[] = [];
  #state: 'waiting' | 'streaming' | 'ended' | 'cut' = 'waiting';
  #slot: Slot | undefined;
  #sending = false;
  #tries = 0;

  constructor(request: UpstreamRequest, context: OperationContext) {
    this.#request = request;
    this.#context = context;
  }

  /** Settles when the operation is over, well or not; never rejects. */
  async run(): Promise<void> {
    const { patience, onFailed } = this.#context;
    const started = Date.now();
    let adapted = 0;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try();
      if (outcome.kind === 'done') return;
      if (outcome.kind === 'adapted' && ++adapted <= MOST_ADAPTATIONS) {
        tries -= 1;
        continue;
      }
      if (outcome.kind === 'abandoned') return onFailed();
      const wait = (outcome.kind === 'again' ? outcome.wait : undefined) ?? backoff(tries, patience);
      const elapsed = Date.now() - started;
      // Looking models up is a question that oaieval can do without; it must not hold up an eval that asks another API.
      if (
        this.#request.method !== 'POST' ||
        tries >= patience.mostTries ||
        elapsed + wait > patience.longest
      ) {
        this.#giveUp(outcome.why, tries, elapsed);
        return onFailed();
      }
      if (!(outcome.kind === 'again' && outcome.pausesAll)) await sleep(wait, this.#leave.signal);
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
    this.#slot?.release();
    if (!this.#sending) this.#leave.abort(new Error('the client went away'));
  }

  /** Ends it, whatever it is doing. */
  kill(reason: Error): void {
    this.#leave.abort(reason);
    this.#kill.abort(reason);
  }

  async #try(): Promise<TryOutcome> {
    const { upstream, limit, evalId, adaptations, path, onTry } = this.#context;
    try {
      this.#slot = await limit.acquire(evalId, this.#leave.signal);
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
      onTry(this.#tries++);
      const response = await upstream.send({ ...this.#request, body }, this.#kill.signal);
      return await this.#receive(response, body);
    } catch (error) {
      if (this.#kill.signal.aborted) return { kind: 'abandoned' };
      if (this.#state === 'streaming') {
        this.#state = 'cut';
        for (const sink of this.#sinks) sink.cut();
        this.#context.onFailed();
        return { kind: 'done' };
      }
      return { kind: 'again', why: reasonOf(error), wait: undefined, pausesAll: false };
    } finally {
      this.#sending = false;
      this.#slot.release();
      if (this.#sinks.size === 0) this.#leave.abort(new Error('the client went away'));
    }
  }

  async #receive(response: UpstreamResponse, sentBody: Buffer): Promise<TryOutcome> {
    const { status, headers } = response;
    const type = headers['content-type'] ?? '';
    const success = status >= 200 && status < 300;
    const streams = success && type.startsWith('text/event-stream');
    const reset = rateLimitReset(headers);
    if (success && reset !== undefined) this.#context.limit.pause(Math.min(reset, LONGEST_PAUSE));
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
      this.#begin(status, headers, raw.length);
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
    const { adaptations, path, limit, patience, onAdapted, onRefused } = this.#context;
    const error = readProviderError(status, body);
    const learnt = adaptations.learn(path, sentBody, error);
    if (learnt) {
      onAdapted(learnt.model, learnt.adaptation.param, learnt.adaptation.renamedTo);
      return { kind: 'adapted', why: describeProviderError(error) };
    }
    // Looking a model up may be forbidden to a key that is good for asking it.
    if (this.#request.method === 'POST' && isRefusal(error)) {
      onRefused(error);
      return undefined;
    }
    if (!isTransient(status) || this.#request.method !== 'POST') return undefined;
    const asked = retryAfter(headers);
    const wait = asked ?? (status === 429 ? rateLimitReset(headers) : undefined);
    const pausesAll = status === 429 && wait !== undefined;
    // Now, before the slot is given back: whoever waits for it would be sent into the same limit.
    if (pausesAll && wait <= patience.longest) limit.pause(wait);
    return { kind: 'again', why: describeProviderError(error), wait, pausesAll };
  }

  #giveUp(why: string, tries: number, elapsed: number): void {
    const effort = tries === 1 ? '' : ` after ${tries} tries in ${Math.round(elapsed / 1000)} s`;
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
      readonly wait: number | undefined;
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
