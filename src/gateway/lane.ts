/** The way of one eval through the gateway, from its start to its end: replayed, shared or sent, recorded, counted. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf } from '../errors.ts';
import type { Adaptation } from '../model/adaptation.ts';
import type { ApiResponse } from '../model/api-response.ts';
import { addTraffic, noTraffic, type Traffic } from '../model/traffic.ts';
import type { Journal } from '../progress/journal.ts';
import { Attempt } from './attempt.ts';
import type { CallResult, UpstreamCall } from './call/upstream-call.ts';
import { answerError, endToEnd, readBody, sinkTo } from './http.ts';
import type { Job, SentRequest } from './job.ts';
import type { Provider } from './providers.ts';
import { describeRequest } from './request/describe-request.ts';
import { natureOf, type RequestNature } from './request/replayable.ts';
import { credentialsIn, describeProviderError } from './response/provider-error.ts';
import { failureIn } from './response/response-check.ts';

/** A request in flight, and the last attempt in which it was made. */
interface Pending {
  readonly call: UpstreamCall;
  readonly over: Promise<void>;
  attempt: Attempt;
}

interface Question {
  readonly provider: Provider;
  /** Path and query behind the base URL. */
  readonly rest: string;
  readonly method: string;
  readonly body: Buffer;
  readonly nature: RequestNature;
  readonly key: string;
  /** Its ordinal among identical requests of the eval, from 0; undefined when it is not recorded. */
  readonly n: number | undefined;
}

export interface LaneOptions {
  readonly name: string;
  /** Where its answers are recorded and replayed from; undefined: they are neither. */
  readonly journal: Journal | undefined;
  readonly job: Job;
  /** Variables that lead the API clients of the eval here. */
  readonly env: Readonly<Record<string, string>>;
  /** The secret in its URLs. */
  readonly token: string;
  /** No request is to reach it any more. */
  readonly onClosed: () => void;
}

export class Lane {
  readonly #name: string;
  readonly #journal: Journal | undefined;
  readonly #job: Job;
  readonly #pending = new Map<string, Pending>();
  readonly #onClosed: () => void;
  readonly env: LaneOptions['env'];
  readonly token: string;
  #attempt = new Attempt(true);
  #recording = true;
  #stateMadeBy: string | undefined;
  #lastTrafficAt = 0;
  #traffic: Traffic = noTraffic;

  constructor({ name, journal, job, env, token, onClosed }: LaneOptions) {
    this.#name = name;
    this.#journal = journal;
    this.#job = job;
    this.#onClosed = onClosed;
    this.env = env;
    this.token = token;
  }

  /** Of all attempts. */
  traffic(): Traffic {
    return this.#traffic;
  }

  /** Traffic since the last `restart()`, without responses whose client had disconnected. */
  attempt(): Traffic {
    return this.#attempt.traffic;
  }

  /** What was changed in requests since the last `restart()` because a model does not accept it. */
  adaptations(): readonly Adaptation[] {
    return [...this.#attempt.adaptations.values()];
  }

  /** Answers replayed since the last `restart()` that were recorded by an earlier run. */
  replayedEarlier(): number {
    return this.#attempt.replayedEarlier;
  }

  /** The first request that made or used something that the API keeps, `POST /conversations`; undefined: none did. */
  stateMadeBy(): string | undefined {
    return this.#stateMadeBy;
  }

  /** The last refusal of the API since the last `restart()`, in its words, with the model that was asked. */
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

  /** Requests that the API has not answered yet, those of an earlier attempt included. */
  pendingCount(): number {
    return this.#pending.size;
  }

  /** Those of them that were sent, and are paid for. */
  sentCount(): number {
    return [...this.#pending.values()].filter(({ call }) => !call.waits).length;
  }

  /**
   * When a request last came, was sent or was answered, in milliseconds since the epoch; 0: never. Now, while one waits for
   * its turn: that is not the eval's doing.
   */
  lastTrafficAt(): number {
    const waits = [...this.#pending.values()].some(({ call }) => call.waits);
    return waits ? Date.now() : this.#lastTrafficAt;
  }

  /**
   * The eval starts over: its first request is again the first. What is still in flight is there for it.
   * @param replays whether recorded answers are used; new ones are recorded in any case
   */
  restart(replays = true): void {
    this.#attempt = new Attempt(replays && !(this.#journal?.stateful ?? false));
  }

  /**
   * From now on its requests are refused, and what was not sent yet is not sent any more. Settles when everything that was
   * sent, and so is paid for, is answered and recorded, or when the signal is aborted.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#onClosed();
    for (const { call } of this.#pending.values()) {
      // No client waits any more, whatever their connections say.
      call.response.detachAll();
      call.leaveUnlessSent();
    }
    await Promise.race([this.settled(), aborted(signal)]);
  }

  /** From now on its requests are refused, and what still arrives is counted, but not recorded. */
  close(): void {
    this.#onClosed();
    this.#recording = false;
  }

  /** Settles when everything that is in flight is over. */
  async settled(): Promise<void> {
    await Promise.all([...this.#pending.values()].map(({ over }) => over));
  }

  async handle(
    provider: Provider,
    rest: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.#lastTrafficAt = Date.now();
    const body = await readBody(request, this.#job.largestBody);
    if (!body) return answerError(response, 413, 'The request is larger than any API takes.');
    const method = request.method ?? 'GET';
    const nature = natureOf(method, rest, body);
    const key = requestKey(method, `${provider}${rest}`, body);
    const { unusable } = this.#job;
    if (unusable.aborted) {
      if (method === 'POST') this.#attempt.unanswered.add(key);
      return answerError(response, 403, reasonOf(unusable.reason));
    }
    if (nature.kind === 'stateful') this.#becomeStateful(`${method} ${rest.replace(/\?.*$/s, '')}`);
    const n = nature.kind === 'question' ? this.#attempt.occurrences.take(key) : undefined;
    const question = { provider, rest, method, body, nature, key, n };
    const recorded = this.#recorded(question);
    if (recorded) return this.#replay(recorded, question, response);
    this.#send(question, request, response);
  }

  /** The recorded answer to a question. What an older version recorded and is no answer is requested again. */
  #recorded({ key, n, nature }: Question): ApiResponse | undefined {
    const journal = this.#journal;
    if (n === undefined || nature.kind !== 'question' || !this.#attempt.replays || !journal?.has(key, n))
      return undefined;
    const answer = journal.find(key, n);
    if (!answer || failureIn(nature.endpoint, answer.type, answer.body)) return undefined;
    return answer;
  }

  #replay(answer: ApiResponse, { key, n = 0, nature }: Question, response: ServerResponse): void {
    const attempt = this.#attempt;
    const replayed = { replayed: 1, tokensReplayed: answer.usage };
    this.#count(replayed);
    attempt.count(replayed);
    this.#noteAdaptations(attempt, answer);
    if (this.#journal?.isEarlier(key, n)) attempt.replayedEarlier += 1;
    if (nature.kind === 'question') this.#job.replayed(nature.model);
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    response.end(answer.body);
    response.once('close', () => {
      if (!response.writableFinished) attempt.occurrences.giveBack(key, n);
    });
  }

  #send(question: Question, request: IncomingMessage, response: ServerResponse): void {
    const { key, n } = question;
    // That of this request, also when the response closes in the next.
    const attempt = this.#attempt;
    const id = n === undefined ? undefined : `${key}/${n}`;
    let pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending?.attempt !== attempt) attempt.count({ sent: 1 });
    if (pending) pending.attempt = attempt;
    else pending = this.#start(question, request, attempt);
    const { call } = pending;
    const sink = sinkTo(response);
    call.response.attach(sink);
    response.once('close', () => {
      call.response.detach(sink);
      call.leaveUnlessSent();
      const answered = response.writableFinished && response.statusCode < 300;
      if (n !== undefined && !answered) attempt.occurrences.giveBack(key, n);
    });
  }

  #start(
    { provider, rest, method, body, nature, key, n }: Question,
    request: IncomingMessage,
    attempt: Attempt,
  ): Pending {
    const id = n === undefined ? `${key}/${randomUUID()}` : `${key}/${n}`;
    const headers = endToEnd(request.headers);
    const sent = { evalName: this.#name, id: key, method, nature, keys: credentialsIn(headers) };
    const call: UpstreamCall = this.#job.call(
      { method, url: this.#job.urlOf(provider, rest), headers, body },
      {
        id: key,
        evalId: this.#name,
        path: `${provider}${rest}`,
        nature,
        onTry: (before) => this.#count(before === 0 ? { sent: 1 } : { retried: 1 }),
        record: (answer) => {
          const spent = { tokensSent: answer.usage };
          this.#count(spent);
          // A client of an earlier attempt may still hold its connection.
          if (call.response.wanted && pending.attempt === this.#attempt) this.#attempt.count(spent);
          this.#noteAdaptations(pending.attempt, answer);
          pending.attempt.unanswered.delete(id);
          if (n !== undefined) this.#record(key, n, answer);
          this.#job.answered(sent, answer.usage);
        },
      },
    );
    const over = call.run().then((result) => {
      this.#pending.delete(id);
      this.#ended(sent, result, pending.attempt, body, n === undefined ? undefined : id);
    });
    const pending: Pending = { call, over, attempt };
    this.#pending.set(id, pending);
    return pending;
  }

  /** @param id of the question; undefined when it is none */
  #ended(
    sent: SentRequest,
    result: CallResult,
    attempt: Attempt,
    body: Buffer,
    id: string | undefined,
  ): void {
    const lost = result.kind === 'refused' || result.kind === 'unanswered';
    if (lost || result.kind === 'failed' || (result.kind === 'abandoned' && result.sent))
      this.#count({ failed: 1 });
    if (id !== undefined && (lost || (result.kind === 'abandoned' && result.withheld)))
      attempt.unanswered.add(id);
    if (lost && sent.method === 'POST') {
      const words = result.kind === 'refused' ? describeProviderError(result.error) : result.why;
      attempt.refusal = `${words}${describeRequest(body)}`;
    }
    this.#job.ended(sent, result);
  }

  #record(key: string, n: number, answer: ApiResponse): void {
    const journal = this.#journal;
    if (!journal || !this.#recording || journal.stateful) return;
    this.#writing(() => journal.append(key, n, answer));
  }

  /** From its first request that makes or uses something at the API on, nothing of the eval can be replayed. */
  #becomeStateful(request: string): void {
    const journal = this.#journal;
    if (!journal || !this.#recording || journal.stateful) return;
    this.#stateMadeBy = request;
    this.#writing(() => journal.markStateful());
  }

  #writing(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#recording = false;
      this.#job.warnOnce(
        `Answers of ${this.#name} cannot be recorded: ${reasonOf(error)}. The eval continues; if it is interrupted, these requests are sent again.`,
      );
    }
  }

  #noteAdaptations(attempt: Attempt, { adaptations = [] }: ApiResponse): void {
    for (const each of adaptations) attempt.adaptations.set(JSON.stringify(each), each);
  }

  #count(change: Partial<Traffic>): void {
    this.#lastTrafficAt = Date.now();
    this.#traffic = addTraffic(this.#traffic, { ...noTraffic, ...change });
  }
}

/** SHA-256 (hex) of method, path and the whole body. Headers are not part of it: they transport. */
function requestKey(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
