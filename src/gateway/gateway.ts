/**
 * A loopback HTTP server between the evals and the model API. It records each successful answer in the journal of the
 * eval, answers from it when the eval runs again, and keeps all evals together under one limit.
 *
 * An eval reaches it under a path token of its own, which nobody can guess: `http://127.0.0.1:<port>/<token>/openai`
 * stands for the provider's base URL. Everything behind it is passed on faithfully.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Answer, Journal } from '../progress/journal.ts';
import { Adaptations } from './adapt.ts';
import { InFlightLimit } from './limits.ts';
import { withoutProxy } from './loopback.ts';
import { Occurrences } from './occurrences.ts';
import { Operation, type Sink } from './operation.ts';
import { defaultPatience, type Patience } from './patience.ts';
import { describeProviderError, type ProviderError } from './provider-error.ts';
import { PROVIDERS, type Provider, type ProviderUrls } from './providers.ts';
import { addTraffic, noTraffic, type Traffic } from './traffic.ts';
import { defaultTimeouts, openUpstream, type Upstream, type UpstreamTimeouts } from './upstream.ts';

export interface GatewayOptions {
  /** The environment of the job: proxies, certificates. */
  readonly env: NodeJS.ProcessEnv;
  readonly urls: ProviderUrls;
  readonly maxRequestsInFlight: number;
  readonly log: Log;
  /** Called after each answer that the API gave. */
  readonly onSpent?: () => void;
  readonly patience?: Patience;
  readonly timeouts?: UpstreamTimeouts;
  /** Bytes of a request that is passed on. */
  readonly largestBody?: number;
}

/** What an eval sees of the gateway. */
export interface EvalGateway {
  /** Variables that lead its API clients here. */
  readonly env: Readonly<Record<string, string>>;
  /** Of all its attempts. */
  traffic(): Traffic;
  /** What its requests since the last `restart` came to: an answer that nobody waited for is not part of it. */
  attempt(): Traffic;
  /**
   * Questions since the last `restart` that the API has not answered and will not: refused, given up, or held back because
   * the run is to end. A result that was made without them is none.
   */
  unanswered(): number;
  /**
   * When a request last came, was sent or was answered, in milliseconds since the epoch; 0: never. Now, while one waits for its
   * turn: that is not the eval's doing.
   */
  readonly lastTraffic: () => number;
  /** Requests of it that the API has not answered yet, those of an earlier attempt included. */
  readonly underWay: () => number;
  /** Those of them that have been sent, and are paid for. */
  readonly sent: () => number;
  /** The eval starts over: its first request is again the first. What is still under way is there for it. */
  restart(): void;
  /**
   * From here on its requests are refused, and what was not sent yet is not sent any more. Settles when everything that was
   * sent, and so is paid for, is answered and kept, or when the signal is aborted.
   */
  drain(signal: AbortSignal): Promise<void>;
  /** From here on its requests are refused, and what still arrives is counted, but not kept. */
  close(): void;
}

export interface Gateway {
  /** @param journal where its answers are kept and replayed from; undefined: they are neither */
  openEval(name: string, journal: Journal | undefined): EvalGateway;
  /** Aborted, with an Error in the provider's words, when the API refused what no retry can mend. */
  readonly refused: AbortSignal;
  /** Of all evals, those that are closed included. */
  traffic(): Traffic;
  /** The run is to end: nothing more is sent and paid for. What is under way is still kept. */
  stop(): void;
  close(): Promise<void>;
}

/** A request with images may be large; this is far beyond what any API takes. */
const LARGEST_BODY = 512 * 1024 * 1024;

/** Clients reuse a connection after seconds of silence; one that is closed at that moment costs them the request. */
const KEEP_ALIVE = 5 * 60_000;

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    env,
    urls,
    maxRequestsInFlight,
    log,
    patience = defaultPatience,
    timeouts = defaultTimeouts,
    largestBody = LARGEST_BODY,
  } = options;
  const upstream = openUpstream(env, timeouts);
  const limit = new InFlightLimit(maxRequestsInFlight);
  const adaptations = new Adaptations();
  const refused = new AbortController();
  const evals = new Map<string, EvalTraffic>();
  /** Those that may still get answers, and what all others came to. */
  const counting = new Set<EvalTraffic>();
  let past = noTraffic;
  const said = new Set<string>();

  const shared: Shared = {
    upstream,
    limit,
    adaptations,
    patience,
    urls,
    largestBody,
    refused: refused.signal,
    refuse(error) {
      if (!refused.signal.aborted)
        refused.abort(new Error(`the API refused: ${describeProviderError(error)}`));
    },
    onSpent: options.onSpent ?? (() => {}),
    sayOnce(message) {
      if (said.has(message)) return;
      said.add(message);
      log.info(message);
    },
    warnOnce(message) {
      if (said.has(message)) return;
      said.add(message);
      log.warning(message);
    },
  };

  const server = createServer((request, response) => {
    const [, token = '', provider = '', rest = ''] =
      /^\/([0-9a-f]{48})\/(\w+)([/?].*)?$/.exec(request.url ?? '') ?? [];
    const owner = evals.get(token);
    if (!owner || !Object.hasOwn(PROVIDERS, provider)) {
      request.resume();
      return answerError(
        response,
        403,
        'This gateway serves the evals of one job. The token in the path is not one of them.',
      );
    }
    owner.handle(provider as Provider, rest, request, response).catch((error: unknown) => {
      answerError(response, 502, `oaievalset-action: ${reasonOf(error)}`);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    refused: refused.signal,
    openEval(name, journal) {
      const token = randomBytes(24).toString('hex');
      const own = new EvalTraffic(name, journal, shared);
      evals.set(token, own);
      counting.add(own);
      return {
        env: {
          ...Object.fromEntries(
            Object.entries(PROVIDERS).map(([id, { variable }]) => [variable, `${origin}/${token}/${id}`]),
          ),
          ...withoutProxy(env),
        },
        traffic: () => own.traffic,
        attempt: () => own.attempt,
        unanswered: () => own.unanswered,
        lastTraffic: () => own.lastTraffic,
        underWay: () => own.underWay,
        sent: () => own.sent,
        restart: () => own.restart(),
        async drain(signal) {
          evals.delete(token);
          own.forsake();
          await Promise.race([own.settled(), aborted(signal)]);
        },
        close() {
          evals.delete(token);
          own.end();
          void own.settled().then(() => {
            if (counting.delete(own)) past = addTraffic(past, own.traffic);
          });
        },
      };
    },
    traffic: () => [...counting].reduce((sum, own) => addTraffic(sum, own.traffic), past),
    stop: () => limit.stop(),
    async close() {
      limit.close();
      // Nobody waits for an answer any more, and what waits for its turn leaves.
      server.closeAllConnections();
      await Promise.all([new Promise((done) => server.close(done)), upstream.close()]);
    },
  };
}

interface Shared {
  readonly upstream: Upstream;
  readonly limit: InFlightLimit;
  readonly adaptations: Adaptations;
  readonly patience: Patience;
  readonly urls: ProviderUrls;
  readonly largestBody: number;
  readonly refused: AbortSignal;
  refuse(error: ProviderError): void;
  onSpent(): void;
  sayOnce(message: string): void;
  warnOnce(message: string): void;
}

/** The requests of one eval, from its start to its end. */
class EvalTraffic {
  readonly #name: string;
  readonly #journal: Journal | undefined;
  readonly #shared: Shared;
  #occurrences = new Occurrences();
  readonly #underWay = new Map<string, Asked>();
  /** Of this attempt. */
  #unanswered = new Set<string>();
  #attempts = 0;
  #recording = true;
  #lastTraffic = 0;
  traffic: Traffic = noTraffic;
  attempt: Traffic = noTraffic;

  constructor(name: string, journal: Journal | undefined, shared: Shared) {
    this.#name = name;
    this.#journal = journal;
    this.#shared = shared;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get sent(): number {
    return [...this.#underWay.values()].filter(({ operation }) => !operation.waits).length;
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  get lastTraffic(): number {
    const waits = [...this.#underWay.values()].some(({ operation }) => operation.waits);
    return waits ? Date.now() : this.#lastTraffic;
  }

  restart(): void {
    this.#occurrences = new Occurrences();
    this.#unanswered = new Set();
    this.attempt = noTraffic;
    this.#attempts += 1;
  }

  forsake(): void {
    for (const { operation } of this.#underWay.values()) operation.forsake();
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ over }) => over));
  }

  /** What arrives from here on is for nobody: the journal is about to be closed. */
  end(): void {
    this.#recording = false;
  }

  async handle(
    provider: Provider,
    rest: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.#lastTraffic = Date.now();
    const body = await readBody(request, this.#shared.largestBody);
    if (!body) return answerError(response, 413, 'The request is larger than any API takes.');
    const method = request.method ?? 'GET';
    const key = requestKey(method, `${provider}${rest}`, body);
    if (this.#shared.refused.aborted) {
      if (method === 'POST') this.#unanswered.add(key);
      return answerError(response, 403, reasonOf(this.#shared.refused.reason));
    }
    // Only what asks a model is recorded; looking models up is free, and may change.
    const n = method === 'POST' ? this.#occurrences.take(key) : undefined;
    const kept = n === undefined || !this.#journal?.has(key, n) ? undefined : this.#journal.find(key, n);
    if (kept && n !== undefined) return this.#replay(kept, key, n, response);
    this.#ask({ provider, rest, method, body, key, n }, request, response);
  }

  #replay(answer: Answer, key: string, n: number, response: ServerResponse): void {
    const occurrences = this.#occurrences;
    const replayed = { replayed: 1, tokensReplayed: answer.usage };
    this.#count(replayed);
    this.#countAttempt(replayed);
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    response.end(answer.body);
    response.once('close', () => {
      if (!response.writableFinished) occurrences.giveBack(key, n);
    });
  }

  #ask(question: Question, request: IncomingMessage, response: ServerResponse): void {
    const { key, n } = question;
    // Those of this attempt, also when the response closes in the next.
    const occurrences = this.#occurrences;
    const id = n === undefined ? undefined : `${key}/${n}`;
    let asked = id === undefined ? undefined : this.#underWay.get(id);
    if (asked?.attempt !== this.#attempts) this.#countAttempt({ sent: 1 });
    if (asked) {
      asked.attempt = this.#attempts;
    } else {
      const operation = this.#operation(question, request, id);
      const over = operation.run().finally(() => {
        if (id !== undefined) this.#underWay.delete(id);
      });
      asked = { operation, over, attempt: this.#attempts };
      if (id !== undefined) this.#underWay.set(id, asked);
    }
    const { operation } = asked;
    const sink = sinkTo(response);
    operation.attach(sink);
    response.once('close', () => {
      operation.detach(sink);
      const answered = response.writableFinished && response.statusCode < 300;
      if (n !== undefined && !answered) occurrences.giveBack(key, n);
    });
  }

  #operation(
    { provider, rest, method, body, key, n }: Question,
    request: IncomingMessage,
    id: string | undefined,
  ): Operation {
    const { upstream, limit, adaptations, patience, urls, sayOnce, refuse } = this.#shared;
    const path = `${provider}${rest}`;
    const operation: Operation = new Operation(
      {
        method,
        url: new URL(`${urls[provider].href.replace(/\/+$/, '')}${rest}`),
        headers: passedOn(request),
        body,
      },
      {
        upstream,
        limit,
        adaptations,
        patience,
        path,
        evalId: this.#name,
        onTry: (before) => this.#count(before === 0 ? { sent: 1 } : { retried: 1 }),
        onFailed: () => this.#count({ failed: 1 }),
        onUnanswered: () => {
          if (id !== undefined && this.#isOfThisAttempt(id)) this.#unanswered.add(id);
        },
        onRefused: refuse,
        onAdapted: (model, param, renamedTo) =>
          sayOnce(
            `${model} does not take ${param}: ${renamedTo ? `sent as ${renamedTo}` : 'left out, so that its default holds'} from here on`,
          ),
        onAnswer: (answer) => {
          const spent = { tokensSent: answer.usage };
          this.#count(spent);
          if (id !== undefined) {
            // A client of an earlier attempt may still hold its connection.
            if (operation.wanted && this.#isOfThisAttempt(id)) this.#countAttempt(spent);
            this.#unanswered.delete(id);
          }
          if (n !== undefined) this.#record(key, n, answer);
          this.#shared.onSpent();
        },
      },
    );
    return operation;
  }

  #isOfThisAttempt(id: string): boolean {
    return this.#underWay.get(id)?.attempt === this.#attempts;
  }

  #record(key: string, n: number, answer: Answer): void {
    if (!this.#journal || !this.#recording) return;
    try {
      this.#journal.append(key, n, answer);
    } catch (error) {
      this.#recording = false;
      this.#shared.warnOnce(
        `Answers of ${this.#name} cannot be kept: ${reasonOf(error)}. The eval goes on; when it is interrupted, these answers are asked for again.`,
      );
    }
  }

  #count(change: Partial<Traffic>): void {
    this.#lastTraffic = Date.now();
    this.traffic = addTraffic(this.traffic, { ...noTraffic, ...change });
  }

  #countAttempt(change: Partial<Traffic>): void {
    this.attempt = addTraffic(this.attempt, { ...noTraffic, ...change });
  }
}

/** A question that is under way. */
interface Asked {
  readonly operation: Operation;
  readonly over: Promise<void>;
  /** The last one in which it was asked. */
  attempt: number;
}

interface Question {
  readonly provider: Provider;
  /** Path and query behind the base URL. */
  readonly rest: string;
  readonly method: string;
  readonly body: Buffer;
  readonly key: string;
  /** How-manyth such request; undefined when it is not recorded. */
  readonly n: number | undefined;
}

/** SHA-256 (hex) of method, path and the whole body. Headers are not part of it: they transport. */
function requestKey(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}

/** Undefined when it is too large. It is read to its end all the same: whoever still sends does not read an answer. */
async function readBody(request: IncomingMessage, largest: number): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) chunks = [];
    else chunks.push(chunk);
  }
  if (size > largest) return undefined;
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Headers that belong to one connection (RFC 9110, section 7.6.1), or that each side writes anew. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function passedOn({ headers }: { headers: IncomingMessage['headers'] }): Record<string, string | string[]> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !CONNECTION_HEADERS.has(name) && !named.has(name)) passed[name] = value;
  }
  return passed;
}

function sinkTo(response: ServerResponse): Sink {
  return {
    head(status, headers, length) {
      const sized =
        length === undefined || status === 204 || status === 304 ? {} : { 'content-length': length };
      response.writeHead(status, { ...passedOn({ headers }), ...sized });
    },
    chunk: (data) => response.write(data),
    end: () => response.end(),
    cut: () => response.destroy(),
  };
}

function answerError(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ error: { message, type: 'oaievalset_action', code: null, param: null } });
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  response.end(body);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
