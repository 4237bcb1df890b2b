/** Serves one eval: replays, shares or sends its requests, and records and counts their responses. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf } from '../../errors.ts';
import type { Adaptation } from '../../model/adaptation.ts';
import type { LostRequest } from '../../model/lost-request.ts';
import type { AskedModels } from '../../model/model-map.ts';
import type { PromptSources } from '../../model/prompt-source.ts';
import { replayedResponse, type Traffic } from '../../model/traffic.ts';
import type { Journal } from '../../progress/journal.ts';
import type { RecordedAnswer } from '../../progress/journal-line.ts';
import type { KeptAnswers } from '../../progress/kept-answers.ts';
import { readBody, respondWithError } from '../http.ts';
import type { Job } from '../job.ts';
import type { Provider } from '../providers.ts';
import { Attempt, type ReusedAnswers } from './attempt.ts';
import { type LaneRequest, laneRequest } from './lane-request.ts';
import { OpenCalls } from './open-calls.ts';
import { type Found, Recorder } from './recorder.ts';
import { Sender } from './sender.ts';
import { Tally } from './tally.ts';

export interface LaneOptions {
  readonly name: string;
  /** Where responses are recorded and replayed from; undefined: nowhere. */
  readonly journal: Journal | undefined;
  /** What an earlier completion was answered; undefined: nothing of that is used. */
  readonly answers: KeptAnswers | undefined;
  readonly job: Job;
  /** Variables that lead the API clients of the eval to this lane. */
  readonly env: Readonly<Record<string, string>>;
  /** The secret in its URLs. */
  readonly token: string;
  /** Called when no more requests may reach the lane. */
  readonly onClosed: () => void;
}

export class Lane {
  readonly #recorder: Recorder;
  readonly #job: Job;
  readonly #calls = new OpenCalls();
  readonly #tally = new Tally();
  readonly #sender: Sender;
  readonly #onClosed: () => void;
  readonly env: LaneOptions['env'];
  readonly token: string;

  constructor({ name, journal, answers, job, env, token, onClosed }: LaneOptions) {
    const warn = (message: string) => job.warnOnce(message);
    this.#recorder = new Recorder({ evalName: name, journal, answers, warn });
    this.#job = job;
    this.#sender = new Sender({
      evalName: name,
      job,
      calls: this.#calls,
      recorder: this.#recorder,
      tally: this.#tally,
    });
    this.#onClosed = onClosed;
    this.env = env;
    this.token = token;
  }

  /** Traffic of all attempts. */
  traffic(): Traffic {
    return this.#tally.traffic;
  }

  /** Successful responses of the API in all attempts, without replayed ones. */
  receivedCount(): number {
    return this.#tally.received;
  }

  /** Traffic since the last `restart()`, without responses whose client had disconnected. */
  attempt(): Traffic {
    return this.#tally.attempt.traffic;
  }

  /** What was changed in requests since the last `restart()` because a model does not accept it. */
  adaptations(): readonly Adaptation[] {
    return this.#tally.attempt.adaptations;
  }

  /** The models that the eval has asked for since the last `restart()`; undefined when they cannot be recorded. */
  models(): AskedModels | undefined {
    return this.#tally.attempt.models;
  }

  /** Responses replayed since the last `restart()` that were recorded by an earlier run. */
  replayedEarlier(): number {
    return this.#tally.attempt.replayedEarlier;
  }

  /** Kept answers of an earlier completion that were replayed since the last `restart()`; undefined: none. */
  reused(): ReusedAnswers | undefined {
    return this.#tally.attempt.reused;
  }

  /** Where the responses to the prompts since the last `restart()` came from; empty when there was nothing to replay. */
  prompts(): PromptSources {
    return this.#tally.attempt.prompts;
  }

  /** What the requests since the last `restart()` were answered, for the next run of the eval. */
  answers(): Iterable<RecordedAnswer> {
    const { occurrences, replays } = this.#tally.attempt;
    return this.#recorder.answersTo(occurrences.taken(), replays);
  }

  /** The first request that created or used something that the API stores: `POST /conversations`; undefined: none. */
  stateMadeBy(): string | undefined {
    return this.#recorder.stateMadeBy;
  }

  /** The last request since the last `restart()` that will never get a successful response. */
  lost(): LostRequest | undefined {
    return this.#tally.attempt.lost;
  }

  /**
   * Requests since the last `restart()` that will never be answered: refused, retries exhausted, or not sent because the run
   * is ending. A report produced without them does not count.
   */
  unansweredCount(): number {
    return this.#tally.attempt.unanswered.size;
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
    return this.#calls.anyWaiting ? Date.now() : this.#tally.lastTrafficAt;
  }

  /**
   * The eval starts over: its first request is again the first. It gets the responses to requests that are still in flight.
   * @param replays whether recorded responses are used; new ones are recorded in any case
   */
  restart(replays = true): void {
    this.#tally.attempt = new Attempt(replays && !this.#recorder.stateful, this.#recorder.canReplay);
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
    this.#tally.requestArrived();
    const body = await readBody(incoming, this.#job.maxRequestBytes);
    if (!body) return respondWithError(client, 413, 'The request is larger than any API accepts.');
    const request = laneRequest(provider, { rest, body }, incoming, this.#job.modelMap);
    const { method, key, nature } = request;
    const { attempt } = this.#tally;
    attempt.noteModel(request.model);
    const { unusable } = this.#job;
    if (unusable.aborted) {
      if (method === 'POST') attempt.unanswered.add(key);
      return respondWithError(client, 403, reasonOf(unusable.reason));
    }
    if (nature.kind === 'stateful') this.#recorder.becomeStateful(`${method} ${rest.replace(/\?.*$/s, '')}`);
    if (nature.kind !== 'replayable') return this.#sender.send(request, undefined, client);
    const n = attempt.occurrences.take(key);
    const found = attempt.replays ? this.#recorder.find(request, n) : undefined;
    attempt.notePrompt(request.body, found ? 'replayed' : 'sent');
    if (!found) return this.#sender.send(request, n, client);
    // A kept answer may be weeks old, so it does not say that the API serves the model today.
    if (found.keptAt === undefined) this.#job.replayed(nature.model);
    this.#replay(found, request, n, client);
  }

  #replay(found: Found, { key, model }: LaneRequest, n: number, client: ServerResponse): void {
    const { attempt } = this.#tally;
    const { response: recorded, isEarlier, keptAt } = found;
    const replayed = replayedResponse(model.sent, recorded.usage);
    this.#tally.count(replayed);
    attempt.count(replayed);
    attempt.noteAdaptations(recorded);
    if (isEarlier) attempt.replayedEarlier += 1;
    if (keptAt !== undefined) attempt.noteReused(keptAt);
    client.writeHead(recorded.status, {
      'content-type': recorded.type,
      'content-length': recorded.body.length,
    });
    client.end(recorded.body);
    client.once('close', () => {
      if (!client.writableFinished) attempt.occurrences.giveBack(key, n);
    });
  }
}
