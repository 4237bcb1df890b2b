/**
 * A stand-in for the model API: an HTTP server on 127.0.0.1 that speaks the parts of OpenAI's protocol that evals use
 * (https://platform.openai.com/docs/api-reference). It is for tests, benchmarks and the demo, never part of the product.
 *
 * Every answer is a pure function of the request body (and of the knowledge given at start), so two runs of an eval can
 * be compared byte for byte. What is not pure is asked for: latency, faults, and the gate that holds answers back.
 *
 *     node test/stand-ins/model-api.ts --port 0 --latency 50 --knowledge samples.jsonl --log requests.jsonl
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

/** Ideal answers by the text of the prompt they answer. */
export type Knowledge = ReadonlyMap<string, string>;

/** One request as the server saw it. It is filled in while the request is served. */
export interface ModelRequest {
  /** 1 for the first request since the start (or since `forget()`), in order of arrival. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly model: string | undefined;
  /** SHA-256 of the raw body, in hex. */
  readonly bodySha256: string;
  /** The body as parsed JSON; undefined when there was none or it was not JSON. Not written to the log file. */
  readonly body: unknown;
  /** Lower-case header names, as Node gives them. Not written to the log file: it holds the key. */
  readonly headers: IncomingMessage['headers'];
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Milliseconds since the epoch; undefined until the answer has left. */
  answeredAt: number | undefined;
  /** The status that was sent; undefined until then, and for ever when the client or a fault ended the connection. */
  status: number | undefined;
  /** The connection closed before the whole answer was sent. */
  aborted: boolean;
}

/** What goes wrong with one request instead of a plain answer. */
export type Fault =
  /** Answer this. An object body is sent as JSON. */
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** Close the connection without a word. */
  | { readonly destroy: true }
  /** Send this many bytes of the right answer's body, then close the connection. */
  | { readonly destroyAfterBytes: number }
  /** Answer rightly, but this much later than others. */
  | { readonly stallMs: number };

export type Faults = (request: ModelRequest, n: number) => Fault | undefined;

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

/** Error answers as the real API words them, for use in `faults`. */
export const apiFaults = {
  rateLimited: (retryAfterSeconds = 1): Fault => ({
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: errorBody('Rate limit reached for requests', 'requests', null, 'rate_limit_exceeded'),
  }),
  insufficientQuota: (): Fault => ({
    status: 429,
    body: errorBody(
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      null,
      'insufficient_quota',
    ),
  }),
  invalidKey: (): Fault => ({
    status: 401,
    body: errorBody('Incorrect API key provided.', 'invalid_request_error', null, 'invalid_api_key'),
  }),
  unknownModel: (model: string): Fault => ({
    status: 404,
    body: errorBody(
      `The model \`${model}\` does not exist or you do not have access to it.`,
      'invalid_request_error',
      null,
      'model_not_found',
    ),
  }),
  unsupportedParameter: (parameter: string, instead: string): Fault => ({
    status: 400,
    body: errorBody(
      `Unsupported parameter: '${parameter}' is not supported with this model. Use '${instead}' instead.`,
      'invalid_request_error',
      parameter,
      'unsupported_parameter',
    ),
  }),
  badRequest: (message = 'Invalid request'): Fault => ({
    status: 400,
    body: errorBody(message, 'invalid_request_error', null, null),
  }),
  serverError: (status = 500): Fault => ({
    status,
    body: errorBody('The server had an error while processing your request.', 'server_error', null, null),
  }),
};

/** Models that `GET /v1/models` lists; any other name is answered all the same. */
const models = ['gpt-3.5-turbo', 'gpt-3.5-turbo-instruct', 'gpt-4', 'gpt-4o-mini', 'gpt-5', 'o3-mini'];

/** A constant: answers must not depend on the clock. */
const created = 1_700_000_000;
const embeddingSize = 16;

/**
 * Reads what evals should be answered from registry data: `.jsonl` files of samples with `input` (a text, or messages) and
 * `ideal` (a text, or several of which the first is taken). Directories are read whole. Lines that are not such samples,
 * git-LFS pointers among them, are passed over.
 */
export async function knowledgeFrom(...paths: string[]): Promise<Knowledge> {
  const knowledge = new Map<string, string>();
  for (const path of paths) {
    for (const file of await samplesFiles(path)) {
      for (const line of (await readFile(file, 'utf8')).split('\n')) {
        const sample = parseJson(line);
        const answer = firstText(field(sample, 'ideal'));
        if (answer === undefined) continue;
        for (const key of promptKeys(field(sample, 'input'))) knowledge.set(key, answer);
      }
    }
  }
  return knowledge;
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

/** Holds answers back until told otherwise. */
class Gate {
  #predicate: (request: ModelRequest) => boolean = () => false;
  readonly #held = new Set<() => void>();
  readonly #watchers = new Set<() => void>();

  get held(): number {
    return this.#held.size;
  }

  holdWhen(predicate: (request: ModelRequest) => boolean): void {
    this.#predicate = predicate;
  }

  release(): void {
    this.#predicate = () => false;
    for (const open of [...this.#held]) open();
  }

  /** Resolves when the answer may go, or nobody waits for it any more. */
  pass(request: ModelRequest, closed: AbortSignal): Promise<void> {
    if (!this.#predicate(request)) return Promise.resolve();
    return new Promise((resolve) => {
      const open = (): void => {
        this.#held.delete(open);
        resolve();
      };
      this.#held.add(open);
      closed.addEventListener('abort', open, { once: true });
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  untilHeld(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#held.size < count) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
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

function fromFault(fault: { status: number; headers?: Record<string, string>; body?: unknown }): Answer {
  if (typeof fault.body === 'string') {
    return { status: fault.status, headers: { ...fault.headers }, body: Buffer.from(fault.body) };
  }
  return json(fault.status, fault.body ?? {}, fault.headers);
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function errorBody(message: string, type: string, param: string | null, code: string | null): unknown {
  return { error: { message, type, param, code } };
}

function answerTo(request: ModelRequest, knowledge: Knowledge, rightShare: number): Answer {
  if (!/^Bearer \S/.test(request.headers.authorization ?? '')) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header.";
    return json(401, errorBody(message, 'invalid_request_error', null, null));
  }
  const route = `${request.method} ${request.path}`;
  if (route === 'GET /v1/models') return json(200, { object: 'list', data: models.map(modelEntry) });
  if (request.method === 'GET' && request.path.startsWith('/v1/models/')) {
    const name = decodeURIComponent(request.path.slice('/v1/models/'.length));
    if (models.includes(name)) return json(200, modelEntry(name));
    return json(
      404,
      errorBody(`The model '${name}' does not exist`, 'invalid_request_error', 'model', 'model_not_found'),
    );
  }
  const answer = posts.get(route);
  if (!answer) {
    return json(404, errorBody(`Invalid URL (${route})`, 'invalid_request_error', null, null));
  }
  if (typeof request.body !== 'object' || request.body === null) {
    const message = 'We could not parse the JSON body of your request.';
    return json(400, errorBody(message, 'invalid_request_error', null, null));
  }
  if (request.model === undefined) {
    return json(400, errorBody('you must provide a model parameter', 'invalid_request_error', null, null));
  }
  return answer({ request, model: request.model, body: request.body, knowledge, rightShare });
}

interface PostRequest {
  readonly request: ModelRequest;
  readonly model: string;
  readonly body: object;
  readonly knowledge: Knowledge;
  readonly rightShare: number;
}

const posts: ReadonlyMap<string, (post: PostRequest) => Answer> = new Map([
  ['POST /v1/chat/completions', chatCompletion],
  ['POST /v1/completions', textCompletion],
  ['POST /v1/embeddings', embedding],
]);

function chatCompletion({ request, model, body, knowledge, rightShare }: PostRequest): Answer {
  const messages = field(body, 'messages');
  if (!Array.isArray(messages) || messages.length === 0) {
    const message = "Missing required parameter: 'messages'.";
    return json(400, errorBody(message, 'invalid_request_error', 'messages', 'missing_required_parameter'));
  }
  const texts = choicesOf(body, request.bodySha256, promptKeys(messages), knowledge, rightShare);
  const id = `chatcmpl-${request.bodySha256.slice(0, 29)}`;
  const usage = usageOf(messages.map(messageText).join('\n'), texts);
  if (field(body, 'stream') === true) {
    const chunk = { id, object: 'chat.completion.chunk', created, model };
    return events([
      ...texts.flatMap((text, index) => [
        { ...chunk, choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
        ...pieces(text).map((content) => ({
          ...chunk,
          choices: [{ index, delta: { content }, finish_reason: null }],
        })),
        { ...chunk, choices: [{ index, delta: {}, finish_reason: 'stop' }] },
      ]),
      ...usageChunk(body, chunk, usage),
    ]);
  }
  return json(200, {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: texts.map((content, index) => ({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    })),
    usage,
    system_fingerprint: 'fp_stand_in',
  });
}

function textCompletion({ request, model, body, knowledge, rightShare }: PostRequest): Answer {
  const prompt = field(body, 'prompt');
  const prompts = Array.isArray(prompt) && prompt.every((p) => typeof p === 'string') ? prompt : [prompt];
  const texts = prompts.flatMap((each, index) => {
    const hash = index === 0 ? request.bodySha256 : sha256(`${request.bodySha256}/${index}`);
    return choicesOf(body, hash, promptKeys(each), knowledge, rightShare);
  });
  const id = `cmpl-${request.bodySha256.slice(0, 29)}`;
  const usage = usageOf(prompts.map((p) => textOf(p) ?? '').join('\n'), texts);
  if (field(body, 'stream') === true) {
    const chunk = { id, object: 'text_completion', created, model };
    return events([
      ...texts.flatMap((whole, index) => [
        ...pieces(whole).map((text) => ({
          ...chunk,
          choices: [{ index, text, logprobs: null, finish_reason: null }],
        })),
        { ...chunk, choices: [{ index, text: '', logprobs: null, finish_reason: 'stop' }] },
      ]),
      ...usageChunk(body, chunk, usage),
    ]);
  }
  const choices = texts.map((text, index) => ({ index, text, logprobs: null, finish_reason: 'stop' }));
  return json(200, { id, object: 'text_completion', created, model, choices, usage });
}

function embedding({ model, body }: PostRequest): Answer {
  const input = field(body, 'input');
  const inputs = Array.isArray(input) && input.every((i) => typeof i === 'string') ? input : [input];
  const asked = field(body, 'dimensions');
  const size = typeof asked === 'number' && Number.isInteger(asked) && asked > 0 ? asked : embeddingSize;
  const data = inputs.map((each, index) => {
    const vector = unitVector(JSON.stringify(each) ?? '', size);
    // The official Python client asks for base64 unless told otherwise: float32, little endian.
    const base64 = field(body, 'encoding_format') === 'base64';
    return { object: 'embedding', index, embedding: base64 ? float32Base64(vector) : vector };
  });
  const tokens = inputs.reduce((sum: number, each) => sum + tokensOf(textOf(each) ?? ''), 0);
  return json(200, { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** `n` answers to one prompt: the ideal one for most bodies, a wrong one for the rest, a made-up one when it is not known. */
function choicesOf(
  body: object,
  hash: string,
  keys: readonly string[],
  knowledge: Knowledge,
  rightShare: number,
): string[] {
  const asked = field(body, 'n');
  const n = typeof asked === 'number' && Number.isInteger(asked) && asked > 0 ? asked : 1;
  const ideal = keys.map((key) => knowledge.get(key)).find((found) => found !== undefined);
  const choices = gradesAskedFor(keys[0] ?? '');
  return Array.from({ length: n }, (_, index) => {
    const own = index === 0 ? hash : sha256(`${hash}#${index}`);
    if (ideal !== undefined) return fraction(own) < rightShare ? ideal : `wrong ${own.slice(0, 8)}`;
    const grade = choices[Math.floor(fraction(own) * choices.length)];
    if (grade !== undefined) return `${grade}\nReasoned by hash ${own.slice(0, 8)}.\n${grade}`;
    return `answer ${own.slice(0, 8)}`;
  });
}

/** The choices that a model-graded eval names: `… a single choice from "A" or "B" (without quotes …`. */
function gradesAskedFor(prompt: string): string[] {
  const list = /single choice from (.+?) \(without quotes/.exec(prompt)?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
}

/**
 * The texts under which a prompt is known. For messages: their contents, and the text into which evals turns them for
 * models that complete text (`chat_prompt_to_text_prompt` in evals/prompt/base.py).
 */
function promptKeys(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) return [];
  const contents = input.map(messageText).join('\n');
  if (input.length < 2) return [contents];
  const lines = input.map((message) => {
    const who = textOf(field(message, 'name')) ?? textOf(field(message, 'role')) ?? '';
    const prefixes: Record<string, string> = {
      system: '',
      example_user: 'User: ',
      example_assistant: 'Assistant: ',
    };
    const prefix = prefixes[who] ?? `${who.charAt(0).toUpperCase()}${who.slice(1)}: `;
    return `${prefix}${messageText(message)}\n`;
  });
  return [contents, `${lines.join('')}Assistant:`.trimStart()];
}

function messageText(message: unknown): string {
  const content = field(message, 'content');
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map((part) => textOf(field(part, 'text')) ?? '').join('');
  return '';
}

function events(chunks: readonly unknown[]): Answer {
  const lines = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map(
    (data) => `data: ${data}\n\n`,
  );
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(lines.join('')) };
}

function usageChunk(body: object, chunk: object, usage: unknown): unknown[] {
  return field(field(body, 'stream_options'), 'include_usage') === true
    ? [{ ...chunk, choices: [], usage }]
    : [];
}

function usageOf(prompt: string, answers: readonly string[]): unknown {
  const prompt_tokens = tokensOf(prompt);
  const completion_tokens = answers.reduce((sum, answer) => sum + tokensOf(answer), 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** About what a tokenizer counts; at least 1, as no real answer is free. */
function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function pieces(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

function unitVector(text: string, size: number): number[] {
  const raw = Array.from({ length: size }, (_, i) => fraction(sha256(`${i}:${text}`)) * 2 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((x) => x / length);
}

function float32Base64(vector: readonly number[]): string {
  const buffer = Buffer.alloc(vector.length * 4);
  vector.forEach((x, i) => {
    buffer.writeFloatLE(x, i * 4);
  });
  return buffer.toString('base64');
}

function modelEntry(id: string): unknown {
  return { id, object: 'model', created, owned_by: 'stand-in' };
}

/** A hash as a number in [0, 1). */
function fraction(hexHash: string): number {
  return Number.parseInt(hexHash.slice(0, 8), 16) / 2 ** 32;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
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

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function firstText(value: unknown): string | undefined {
  return textOf(Array.isArray(value) ? value[0] : value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function samplesFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  return entries
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(path, name))
    .sort();
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
