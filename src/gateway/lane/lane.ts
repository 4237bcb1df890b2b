/** Replays, shares or sends the requests of one eval, and records and counts their responses. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf } from '../../errors.ts';
import type { Adaptation } from '../../model/adaptation.ts';
import type { ApiResponse } from '../../model/api-response.ts';
import type { AskedModels } from '../../model/model-map.ts';
import { addTraffic, noTraffic, type Traffic } from '../../model/traffic.ts';
import type { Journal } from '../../progress/journal.ts';
import { type CallResult, isUnanswered } from '../call/call-result.ts';
import type { UpstreamCall } from '../call/upstream-call.ts';
import { readBody, respondWithError, sinkTo } from '../http.ts';
import type { Job, SentRequest } from '../job.ts';
import type { Provider } from '../providers.ts';
import { credentialsIn } from '../response/provider-error.ts';
import { firstValue } from '../upstream/headers.ts';
import { Attempt } from './attempt.ts';
import { describeLoss } from './describe-loss.ts';
import { type LaneRequest, laneRequest } from './lane-request.ts';
import { type OpenCall, OpenCalls } from './open-calls.ts';
import { Recorder } from './recorder.ts';

export interface LaneOptions {
  readonly name: string;
  /** Where responses are recorded and replayed from; undefined: nowhere. */
  readonly journal: Journal | undefined;
  readonly job: Job;
  /** Variables that lead the API clients of the eval to this lane. */
  readonly env: Readonly<Record<string, string>>;
  /** The secret in its URLs. */
  readonly token: string;
  /** Called when no more requests may reach the lane. */
  readonly onClosed: () => void;
}

export class Lane {
  readonly #name: string;
  readonly #recorder: Recorder;
  readonly #job: Job;
  readonly #calls = new OpenCalls();
  readonly #onClosed: () => void;
  readonly env: LaneOptions['env'];
  readonly token: string;
  #attempt = new Attempt(true);
  #lastTrafficAt = 0;
  #traffic: Traffic = noTraffic;

  constructor({ name, journal, job, env, token, onClosed }: LaneOptions) {
    this.#name = name;
    this.#recorder = new Recorder(name, journal, (message) => job.warnOnce(message));
    this.#job = job;
    this.#onClosed = onClosed;
    this.env = env;
    this.token = token;
  }

  /** Traffic of all attempts. */
  traffic(): Traffic {
    return this.#traffic;
  }

  /** Traffic since the last `restart()`, without responses whose client had disconnected. */
  attempt(): Traffic {
    return this.#attempt.traffic;
  }

  /** What was changed in requests since the last `restart()` because a model does not accept it. */
  adaptations(): readonly Adaptation[] {
    return this.#attempt.adaptations;
  }

  /** The models that the eval has asked for since the last `restart()`; undefined when they cannot be recorded. */
  models(): AskedModels | undefined {
    return this.#attempt.models;
  }

  /** Responses replayed since the last `restart()` that were recorded by an earlier run. */
  replayedEarlier(): number {
    return this.#attempt.replayedEarlier;
  }

  /** The first request that created or used something that the API stores: `POST /conversations`; undefined: none. */
  stateMadeBy(): string | undefined {
    return this.#recorder.stateMadeBy;
  }

  /** The last refusal of the API since the last `restart()`, in its words, with the requested model. */
  refusal(): string | undefined {
    return this.#attempt.refusal;
  }

  /**
   * Requests since the last `restart()` that will never be answered: refused, retries exhausted, or not sent because the run
   * is ending. A report produced without them does not count.
   */
  unansweredCount(): number {
    return this.#attempt.unanswered.size;
  }

  /** Requests that have no complete response yet, those of an earlier attempt included. */
  openCount(): number {
    return this.#calls.count;
  }

  /** Those of them that were sent, and so are billed. */
  sentCount(): number {
    return this.#calls.sentCount;
  }

  /**
   * When a request last arrived or was sent, or a response came, in milliseconds since the epoch; 0: never. While a request
   * waits for its turn it is the current time: the wait is not the eval's doing.
   */
  lastTrafficAt(): number {
    return this.#calls.anyWaiting ? Date.now() : this.#lastTrafficAt;
  }

  /**
   * The eval starts over: its first request is again the first. It gets the responses to requests that are still in flight.
   * @param replays whether recorded responses are used; new ones are recorded in any case
   */
  restart(replays = true): void {
    this.#attempt = new Attempt(replays && !this.#recorder.stateful);
  }

  /**
   * Refuses further requests, and abandons those that were not sent. Settles when every request that was sent, and so is
   * billed, has its response recorded, or when the signal is aborted.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#onClosed();
    this.#calls.abandonUnsent();
    await this.#calls.settledOrAborted(signal);
  }

  /** Refuses further requests. Responses that still arrive are counted, but not recorded. */
  close(): void {
    this.#onClosed();
    this.#recorder.close();
  }

  /** Settles when no request is in flight any more. */
  settled(): Promise<void> {
    return this.#calls.settled();
  }

  /** Responds to one request of the eval. */
  async handle(
    provider: Provider,
    rest: string,
    incoming: IncomingMessage,
    client: ServerResponse,
  ): Promise<void> {
    this.#lastTrafficAt = Date.now();
    const body = await readBody(incoming, this.#job.maxRequestBytes);
    if (!body) return respondWithError(client, 413, 'The request is larger than any API accepts.');
    const request = laneRequest(provider, { rest, body }, incoming, this.#job.modelMap);
    const { method, key, nature } = request;
    this.#attempt.noteModel(request.model);
    const { unusable } = this.#job;
    if (unusable.aborted) {
      if (method === 'POST') this.#attempt.unanswered.add(key);
      return respondWithError(client, 403, reasonOf(unusable.reason));
    }
    if (nature.kind === 'stateful') this.#recorder.becomeStateful(`${method} ${rest.replace(/\?.*$/s, '')}`);
    if (nature.kind !== 'replayable') return this.#send(request, undefined, client);
    const n = this.#attempt.occurrences.take(key);
    const recorded = this.#attempt.replays ? this.#recorder.find(request, n) : undefined;
    if (!recorded) return this.#send(request, n, client);
    this.#job.replayed(nature.model);
    this.#replay(recorded, key, n, client);
  }

  #replay(recorded: ApiResponse, key: string, n: number, client: ServerResponse): void {
    const attempt = this.#attempt;
    const replayed = { replayed: 1, tokensReplayed: recorded.usage };
    this.#count(replayed);
    attempt.count(replayed);
    attempt.noteAdaptations(recorded);
    if (this.#recorder.isEarlier(key, n)) attempt.replayedEarlier += 1;
    client.writeHead(recorded.status, {
      'content-type': recorded.type,
      'content-length': recorded.body.length,
    });
    client.end(recorded.body);
    client.once('close', () => {
      if (!client.writableFinished) attempt.occurrences.giveBack(key, n);
    });
  }

  /** @param n ordinal among identical requests of the attempt, from 0; undefined when the response is not recorded */
  #send(request: LaneRequest, n: number | undefined, client: ServerResponse): void {
    const { key } = request;
    // The connection may close in the next attempt, but the request belongs to this one.
    const attempt = this.#attempt;
    const id = `${key}/${n ?? randomUUID()}`;
    const shared = this.#calls.get(id);
    if (shared?.attempt !== attempt) attempt.count({ sent: 1 });
    if (shared) shared.attempt = attempt;
    const { call } = shared ?? this.#start(request, n, id, attempt);
    const sink = sinkTo(client);
    call.response.attach(sink);
    client.once('close', () => {
      call.response.detach(sink);
      call.leaveUnlessSent();
      const received = client.writableFinished && client.statusCode < 300;
      if (n !== undefined && !received) attempt.occurrences.giveBack(key, n);
    });
  }

  #start(request: LaneRequest, n: number | undefined, id: string, attempt: Attempt): OpenCall {
    const { provider, rest, method, headers, body, nature, key } = request;
    const sent = { ...request, evalName: this.#name, id: key, keys: credentialsIn(headers) };
    const call: UpstreamCall = this.#job.call(
      { method, url: this.#job.urlOf(provider, rest), headers, body },
      {
        evalName: this.#name,
        path: `${provider}${rest}`,
        nature,
        onTry: (before) => this.#count(before === 0 ? { sent: 1 } : { retried: 1 }),
        onHeaders: (received) => this.#job.models.sunset(sent, firstValue(received, 'sunset')),
        record: (response) => {
          const spent = { tokensSent: response.usage };
          this.#count(spent);
          // A client of an earlier attempt may still be connected.
          if (call.response.wanted && started.attempt === this.#attempt) this.#attempt.count(spent);
          started.attempt.noteAdaptations(response);
          started.attempt.unanswered.delete(id);
          if (n !== undefined) this.#recorder.record(key, n, response);
          this.#job.succeeded(sent, response.usage);
        },
      },
    );
    const over = call.run().then((result) => {
      this.#calls.delete(id);
      if (n !== undefined && isUnanswered(result)) started.attempt.unanswered.add(id);
      this.#ended(sent, result, started.attempt);
    });
    const started: OpenCall = { call, over, attempt };
    this.#calls.add(id, started);
    return started;
  }

  #ended(sent: SentRequest & LaneRequest, result: CallResult, attempt: Attempt): void {
    const loss = describeLoss(sent, result, (model) => this.#job.models.advise(model));
    if (loss !== undefined || result.kind === 'failed' || (result.kind === 'abandoned' && result.sent))
      this.#count({ failed: 1 });
    if (loss !== undefined && sent.method === 'POST') attempt.refusal = loss;
    this.#job.ended(sent, result);
  }

  #count(change: Partial<Traffic>): void {
    this.#lastTrafficAt = Date.now();
    this.#traffic = addTraffic(this.#traffic, { ...noTraffic, ...change });
  }
}
