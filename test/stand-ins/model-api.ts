/**
 * A stand-in for the model API: an HTTP server on 127.0.0.1 that speaks the parts of OpenAI's protocol that evals use
 * (https://platform.openai.com/docs/api-reference). It is for tests, benchmarks and the demo, never part of the product.
 *
 * Every answer is a pure function of the request body (and of the knowledge given at start), so two runs of an eval can
 * be compared byte for byte. What is not pure is asked for: latency, faults, and the gate that holds answers back.
 *
 *     node test/stand-ins/model-api.ts --port 0 --latency 50 --knowledge samples.jsonl --log requests.jsonl
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Faults, fromFault } from './api-faults.ts';
import { Gate } from './gate.ts';
import type { Answer } from './http-answer.ts';
import { field, parseJson, textOf } from './json-fields.ts';
import { type Knowledge, knowledgeFrom } from './knowledge.ts';
import { answerTo, sha256 } from './model-answers.ts';
import type { ModelRequest } from './model-request.ts';

export interface ModelApiOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  /** Time between the request and its answer. */
  readonly latencyMs?: number;
  readonly knowledge?: Knowledge;
  /** Which share of known prompts is answered rightly, by hash of the body: 0.9 unless said otherwise. */
  readonly rightShare?: number;
  readonly faults?: Faults;
  /** Compress answers for clients that send `accept-encoding: gzip`. */
  readonly gzip?: boolean;
  /** Append one JSON line here per finished request. */
  readonly logFile?: string;
}

export interface RequestCounts {
  readonly received: number;
  readonly answered: number;
  readonly aborted: number;
  /** Waiting at the gate right now. */
  readonly held: number;
}

export interface ModelApi {
  /** What OPENAI_BASE_URL takes: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  readonly port: number;
  /** Requests to any path in order of arrival, those refused or broken on purpose included. */
  readonly requests: readonly ModelRequest[];
  counts(): RequestCounts;
  /** Forgets the requests so far; `n` starts at 1 again. */
  forget(): void;
  /** Replaces the faults for requests to come; none when left out. */
  setFaults(faults?: Faults): void;
  /** Lets `n` requests from now on through, and holds the answers of all that follow until `release()`. */
  holdAfter(n: number): void;
  /** Holds the answer of each request from now on for which this says so, until `release()`. */
  holdWhen(predicate: (request: ModelRequest) => boolean): void;
  /** Answers what was held, and holds no more. */
  release(): void;
  /** Resolves when at least this many requests have arrived. */
  untilReceived(count: number): Promise<void>;
  /** Resolves when at least this many answers are being held. */
  untilHeld(count?: number): Promise<void>;
  /** Calls `listener` as each request arrives, before any fault or hold. Returns what stops it. */
  onRequest(listener: (request: ModelRequest) => void): () => void;
  /** Drops open connections and stops. */
  close(): Promise<void>;
}

/** Starts the server. It listens on 127.0.0.1 only. */
export async function startModelApi(options: ModelApiOptions = {}): Promise<ModelApi> {
  const { port = 0, latencyMs = 0, gzip = false, logFile } = options;
  const knowledge = options.knowledge ?? new Map<string, string>();
  const rightShare = options.rightShare ?? 0.9;
  let faults = options.faults;
  let requests: ModelRequest[] = [];
  const gate = new Gate();
  const listeners = new Set<(request: ModelRequest) => void>();

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

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
    const answer = fault && 'status' in fault ? fromFault(fault) : answerTo(request, knowledge, rightShare);
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
    url: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    get requests() {
      return requests;
    },
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
  if (!Number.isInteger(port) || !(latencyMs >= 0)) throw new Error('--port and --latency (ms) take numbers');
  const api = await startModelApi({
    port,
    latencyMs,
    gzip: values.gzip,
    knowledge: await knowledgeFrom(...values.knowledge),
    ...(values.log === undefined ? {} : { logFile: values.log }),
  });
  // With --print-url the first line is the URL and nothing else, for scripts that read it.
  console.log(values['print-url'] ? api.url : `Stand-in for the model API at ${api.url}`);
  const stop = (): void => {
    void api.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (import.meta.main) await main();
