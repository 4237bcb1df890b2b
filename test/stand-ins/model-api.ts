/**
 * A stand-in for the model API: an HTTP server on 127.0.0.1 with the parts of OpenAI's protocol that evals uses
 * (https://platform.openai.com/docs/api-reference). Tests, benchmarks and the demo use it. The product does not contain it.
 *
 * Every response is a pure function of the request body and of the API's knowledge, so that two runs of an eval can be
 * compared byte for byte. Only options and calls change this: latency, faults, and the gate that holds responses back.
 *
 *     node test/stand-ins/model-api.ts --port 0 --latency 50 --knowledge samples.jsonl --log requests.jsonl
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Faults, fromFault } from './api-faults.ts';
import type { Dialect } from './dialects.ts';
import { Gate } from './gate.ts';
import type { Answer } from './http-answer.ts';
import { field, parseJson, textOf } from './json-fields.ts';
import { type Knowledge, knowledgeFrom } from './knowledge.ts';
import { answerTo, sha256 } from './model-answers.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { ModelRequest } from './model-request.ts';

export interface ModelApiOptions {
  /** The default, 0, takes a free port. */
  readonly port?: number;
  /** The time between a request and its response. */
  readonly latencyMs?: number;
  readonly knowledge?: Knowledge;
  /** The share of known prompts that get the correct answer, chosen by the hash of the body. The default is 0.9. */
  readonly rightShare?: number;
  readonly faults?: Faults;
  /** Which models there are. */
  readonly catalog?: ModelCatalog;
  /** How the server speaks. The default is OpenAI's dialect, below `/v1`. */
  readonly dialect?: Pick<Dialect, 'basePath' | 'respond'>;
  /** Compresses responses for clients that send `accept-encoding: gzip`. */
  readonly gzip?: boolean;
  /** How long a connection stays open without a request. The default is that of Node, 5 s, after which a client has to retry. */
  readonly keepAliveMs?: number;
  /** The file to which one JSON line is appended for each request that has ended. */
  readonly logFile?: string;
}

export interface RequestCounts {
  readonly received: number;
  readonly answered: number;
  readonly aborted: number;
  /** Requests whose response is being held back. */
  readonly held: number;
}

export interface ModelApi {
  /** The value for the variable of the base URL: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  readonly port: number;
  /** All requests of evals in the order of their arrival, also refused ones and those with a fault. */
  readonly requests: readonly ModelRequest[];
  /** Requests of the action itself: for the list of models. */
  readonly ownLookups: readonly ModelRequest[];
  counts(): RequestCounts;
  /** Forgets all requests so far. The next one has the number 1. */
  forget(): void;
  /** Replaces the faults of later requests. Without an argument there are none. */
  setFaults(faults?: Faults): void;
  /** Responds to the next `n` requests, and holds the responses to all later ones back until `release()`. */
  holdAfter(n: number): void;
  /** Holds back the responses to all later requests for which the predicate is true, until `release()`. */
  holdWhen(predicate: (request: ModelRequest) => boolean): void;
  /** Sends the responses that were held back, and holds no more back. */
  release(): void;
  /** Resolves when at least this many requests have arrived. */
  untilReceived(count: number): Promise<void>;
  /** Resolves when at least this many responses are held back. */
  untilHeld(count?: number): Promise<void>;
  /** Calls `listener` when a request arrives, before any fault or hold. @returns a function that ends this */
  onRequest(listener: (request: ModelRequest) => void): () => void;
  /** Stops the server and closes all connections. */
  close(): Promise<void>;
}

/** Starts the server. It listens on 127.0.0.1 only. */
export async function startModelApi(options: ModelApiOptions = {}): Promise<ModelApi> {
  const { port = 0, latencyMs = 0, gzip = false, logFile } = options;
  const basePath = options.dialect?.basePath ?? '/v1';
  const knowledge = options.knowledge ?? new Map<string, string>();
  const rightShare = options.rightShare ?? 0.9;
  const catalog = options.catalog ?? {};
  const respond: Dialect['respond'] =
    options.dialect?.respond ?? ((request) => answerTo(request, { knowledge, rightShare, catalog }));
  const ownLookups: ModelRequest[] = [];
  let faults = options.faults;
  let requests: ModelRequest[] = [];
  const gate = new Gate();
  const listeners = new Set<(request: ModelRequest) => void>();

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  if (options.keepAliveMs !== undefined) server.keepAliveTimeout = options.keepAliveMs;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await bodyOf(incoming);
    const path = new URL(incoming.url ?? '/', 'http://127.0.0.1').pathname;
    const body = parseJson(raw.toString('utf8'));
    const request: ModelRequest = {
      n: requests.length + 1,
      method: incoming.method ?? 'GET',
      path,
      model: textOf(field(body, 'model')),
      bodySha256: sha256(raw),
      body,
      headers: incoming.headers,
      receivedAt: Date.now(),
      answeredAt: undefined,
      status: undefined,
      aborted: false,
    };
    if (incoming.headers['user-agent'] === 'oaievalset-action') {
      ownLookups.push(request);
      send(response, answerTo(request, { knowledge, rightShare, catalog }), {
        gzip: false,
        cutAt: undefined,
      });
      return;
    }
    requests.push(request);
    const closed = new AbortController();
    response.once('close', () => {
      if (request.answeredAt === undefined) request.aborted = true;
      closed.abort();
      if (logFile !== undefined) appendFileSync(logFile, `${JSON.stringify(loggable(request))}\n`);
    });
    response.once('finish', () => {
      request.status = response.statusCode;
      request.answeredAt = Date.now();
    });

    const fault = faults?.(request, request.n);
    const passed = gate.pass(request, closed.signal);
    for (const listener of listeners) listener(request);
    await passed;
    await pause(latencyMs + (fault && 'stallMs' in fault ? fault.stallMs : 0), closed.signal);
    if (closed.signal.aborted) return;
    if (fault && 'destroy' in fault) {
      response.destroy();
      return;
    }
    const answer = fault && 'status' in fault ? fromFault(fault) : respond(request, knowledge, rightShare);
    send(response, answer, {
      gzip: gzip && /\bgzip\b/.test(String(incoming.headers['accept-encoding'] ?? '')),
      cutAt: fault && 'destroyAfterBytes' in fault ? fault.destroyAfterBytes : undefined,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}${basePath}`,
    port: address.port,
    get requests() {
      return requests;
    },
    ownLookups,
    counts: () => ({
      received: requests.length,
      answered: requests.filter((r) => r.answeredAt !== undefined).length,
      aborted: requests.filter((r) => r.aborted).length,
      held: gate.held,
    }),
    forget: () => {
      requests = [];
    },
    setFaults: (replacement) => {
      faults = replacement;
    },
    holdAfter: (n) => {
      let seen = 0;
      gate.holdWhen(() => ++seen > n);
    },
    holdWhen: (predicate) => gate.holdWhen(predicate),
    release: () => gate.release(),
    untilReceived: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (requests.length < count) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
      }),
    untilHeld: (count = 1) => gate.untilHeld(count),
    onRequest: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface SendOptions {
  readonly gzip: boolean;
  readonly cutAt: number | undefined;
}

function send(response: ServerResponse, answer: Answer, { gzip, cutAt }: SendOptions): void {
  const body = gzip ? gzipSync(answer.body) : answer.body;
  const headers = { ...answer.headers, ...(gzip ? { 'content-encoding': 'gzip' } : {}) };
  response.writeHead(answer.status, { ...headers, 'content-length': String(body.length) });
  if (cutAt === undefined) response.end(body);
  else response.write(body.subarray(0, cutAt), () => response.destroy());
}

function loggable({ body: _body, headers: _headers, ...rest }: ModelRequest): object {
  return rest;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      latency: { type: 'string', default: '0' },
      knowledge: { type: 'string', multiple: true, default: [] },
      log: { type: 'string' },
      gzip: { type: 'boolean', default: false },
      'print-url': { type: 'boolean', default: false },
    },
  });
  const [port, latencyMs] = [Number(values.port), Number(values.latency)];
  if (!Number.isInteger(port) || !(latencyMs >= 0))
    throw new Error('--port must be a whole number, and --latency a number of milliseconds.');
  const api = await startModelApi({
    port,
    latencyMs,
    gzip: values.gzip,
    knowledge: await knowledgeFrom(...values.knowledge),
    ...(values.log === undefined ? {} : { logFile: values.log }),
  });
  // With --print-url the first line is only the URL, for scripts that read it.
  console.log(values['print-url'] ? api.url : `Stand-in for the model API at ${api.url}`);
  const stop = (): void => {
    void api.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (import.meta.main) await main();
