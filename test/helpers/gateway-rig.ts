/** A gateway in this process between plain HTTP clients and a stand-in for the model API that a test scripts byte by byte. */
import { createCipheriv, createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { defaultRetryPolicy } from '../../src/gateway/call/retry-policy.ts';
import { type GatewayOptions, type Lane, startGateway } from '../../src/gateway/gateway.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import { Journal } from '../../src/progress/journal.ts';
import { type StatePaths, statePaths } from '../../src/progress/paths.ts';
import { recordingLog, sha256, temporaryDirectory } from './builders.ts';
import { type Certificate, listening } from './network.ts';

/** A request as the stand-in for the API saw it. */
export interface Arrival {
  /** 1 for the first one. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Script = (arrival: Arrival, response: ServerResponse) => unknown;

export interface StandInApi {
  readonly origin: string;
  readonly server: Server;
  readonly arrivals: readonly Arrival[];
  untilArrived(count: number): Promise<void>;
}

/** A stand-in for the model API that answers each request as the test says, down to the bytes of its socket. */
export async function startStandInApi(script: Script, tls?: Certificate): Promise<StandInApi> {
  const arrivals: Arrival[] = [];
  const changed = new EventEmitter().setMaxListeners(0);
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const n = arrivals.length + 1;
    const arrival = { n, method, path, headers, body: Buffer.concat(chunks), at: Date.now() };
    arrivals.push(arrival);
    changed.emit('arrival');
    await script(arrival, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const { port } = await listening(server);
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    server,
    arrivals,
    async untilArrived(count) {
      while (arrivals.length < count) await once(changed, 'arrival');
    },
  };
}

export interface RigOptions extends Partial<GatewayOptions> {
  readonly openai?: string;
  readonly anthropic?: string;
}

/** A gateway that leads to these base URLs, and neither waits nor tries for long. */
export async function startRig({ openai = '', anthropic = '', ...options }: RigOptions) {
  const gateway = await startGateway({
    env: { OPENAI_API_KEY: 'sk-test' },
    models: ['gpt-4'],
    urls: providerUrls({ OPENAI_BASE_URL: openai, ANTHROPIC_BASE_URL: anthropic }),
    maxRequestsInFlight: 32,
    log: recordingLog(),
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 4, maxAttempts: 4 },
    timeouts: { connectMs: 5000, idleMs: 5000 },
    ...options,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

export const newPaths = () => statePaths(temporaryDirectory(), 'gpt-4', 'set');

export function openJournal(paths: StatePaths = newPaths()): Journal {
  const owner = { eval: 'a.dev', repository: 'o/r', fingerprint: sha256('x'), parts: {} };
  return Journal.open(paths, owner).journal;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire: nothing is decoded. */
  readonly body: Buffer;
}

/** Posts as an eval's client does, but decodes nothing. Rejects when the answer is cut. */
export async function post(url: string, body: string | Buffer, headers: object = {}): Promise<Received> {
  const request = plainRequest(url, {
    method: 'POST',
    agent: false,
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

export const question = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content }], ...more });

export const askOf = (lane: Lane, content: string, more: object = {}) =>
  post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, question(content, more));

export const contentOf = ({ body }: Arrival): string => JSON.parse(body.toString()).messages[0].content;

export const chat = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
});

export const CHAT = JSON.stringify(chat('Hello world'));

export function answer(
  response: ServerResponse,
  body: string | Buffer = CHAT,
  headers: object = {},
  status = 200,
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers });
  response.end(body);
}

/** A stand-in for the model API that holds back every answer until it is let go. */
export async function holding(body = CHAT, status = 200) {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const api = await startStandInApi(async (_, response) => {
    await held;
    answer(response, body, {}, status);
  });
  return { api, letGo };
}

/** Sends a request and waits for its response, until the test disconnects it. */
export function leaving(lane: Lane, content: string) {
  const controller = new AbortController();
  const gone = fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    body: question(content),
    signal: controller.signal,
  }).then(
    () => 'answered',
    () => 'gone',
  );
  const leave = async (): Promise<void> => {
    controller.abort();
    expect(await gone).toBe('gone');
  };
  return { leave };
}

/** Resolves when the gateway knows of every connection that was closed before. */
export async function closedBefore(lane: Lane): Promise<void> {
  await fetch(`${lane.env.OPENAI_BASE_URL?.replace(/[0-9a-f]{48}/, '0')}`);
}

/** Resolves when this many requests of the eval have arrived whole at the gateway, which serves in this process. */
export function untilAtGateway(lane: Lane, count: number): Promise<void> {
  const { pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
  let left = count;
  return new Promise((resolve) => {
    const heard = (message: unknown): void => {
      const { request } = message as { request: IncomingMessage };
      if (!request.url?.startsWith(pathname)) return;
      // Its last byte is read; one turn later it stands in the queue.
      request.once('end', () => {
        left -= 1;
        if (left > 0) return;
        unsubscribe('http.server.request.start', heard);
        setImmediate(resolve);
      });
    };
    subscribe('http.server.request.start', heard);
  });
}

/** Timers may fire a little early, and the clock counts whole milliseconds. */
export const EARLY = 5;

/** Bytes that no compression makes shorter, the same for the same seed. */
export function noise(size: number, seed: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The files of a journal, live and sealed. */
export function segments(paths: StatePaths): string[] {
  return readdirSync(paths.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name));
}

export const journalText = (paths: StatePaths): string =>
  segments(paths)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
