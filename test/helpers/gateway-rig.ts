/** A gateway in this process, between plain HTTP clients and a model API whose responses the test writes. */
import { createCipheriv, createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { defaultRetryPolicy } from '../../src/gateway/call/retry-policy.ts';
import { type GatewayOptions, type Lane, startGateway } from '../../src/gateway/gateway.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import { Journal } from '../../src/progress/journal.ts';
import { type StatePaths, statePaths } from '../../src/progress/paths.ts';
import { recordingLog, sha256, temporaryDirectory } from './builders.ts';
import type { Certificate } from './certificates.ts';
import { type Arrival, bodyOf, type Script, type ScriptedApi, startApi } from './network.ts';

export type { Arrival, Script, ScriptedApi };

/** A stand-in for the model API whose responses the test writes. */
export const startStandInApi = (script: Script, tls?: Certificate): Promise<ScriptedApi> =>
  startApi(script, { tls });

export interface RigOptions extends Partial<GatewayOptions> {
  readonly openai?: string;
  readonly anthropic?: string;
}

/** A gateway that sends requests to these base URLs. It retries quickly, and gives up soon. */
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
  /** The bytes that were sent: nothing is decoded. */
  readonly body: Buffer;
}

/** Posts like the client of an eval, but decodes nothing. Rejects if the response is cut off. */
export async function post(url: string, body: string | Buffer, headers: object = {}): Promise<Received> {
  const request = plainRequest(url, {
    method: 'POST',
    agent: false,
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
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

/** A stand-in for the model API that holds every response back until `letGo` is called. */
export async function holding(body = CHAT, status = 200) {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const api = await startStandInApi(async (_, response) => {
    await held;
    answer(response, body, {}, status);
  });
  return { api, letGo };
}

/** Sends a request whose client waits for the response until the test disconnects it with `leave`. */
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

/** Resolves when the gateway has noticed every connection that was closed before this call. */
export async function closedBefore(lane: Lane): Promise<void> {
  await fetch(`${lane.env.OPENAI_BASE_URL?.replace(/[0-9a-f]{48}/, '0')}`);
}

/** Resolves when the gateway, which runs in this process, has read this many requests of the eval completely. */
export function untilAtGateway(lane: Lane, count: number): Promise<void> {
  const { pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
  let left = count;
  return new Promise((resolve) => {
    const heard = (message: unknown): void => {
      const { request } = message as { request: IncomingMessage };
      if (!request.url?.startsWith(pathname)) return;
      // The gateway queues the request one turn after it has read the last byte.
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

/** Tolerance in ms: timers may fire a little early, and the clock counts whole milliseconds. */
export const EARLY = 5;

/** Bytes that do not compress. The same seed gives the same bytes. */
export function noise(size: number, seed: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The paths of all segments, open and sealed. */
export function segments(paths: StatePaths): string[] {
  return readdirSync(paths.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name));
}

export const journalText = (paths: StatePaths): string =>
  segments(paths)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
