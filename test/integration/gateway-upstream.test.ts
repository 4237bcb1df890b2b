/**
 * The gateway in this process, on its way out: TLS, proxies, waits that the API asks for, answers that stall or break off,
 * encodings, sizes, and the one limit for all evals. Real HTTP over the loopback, real journals on disk.
 */
import { execFileSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Adaptations } from '../../src/gateway/adaptable.ts';
import { type EvalGateway, type GatewayOptions, startGateway } from '../../src/gateway/gateway.ts';
import { InFlightLimit } from '../../src/gateway/in-flight-limit.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import { natureOf } from '../../src/gateway/replayable.ts';
import { defaultRetryPolicy } from '../../src/gateway/retry-policy.ts';
import type { Sink } from '../../src/gateway/shared-response.ts';
import { openUpstream } from '../../src/gateway/upstream.ts';
import { UpstreamCall } from '../../src/gateway/upstream-call.ts';
import { Journal } from '../../src/progress/journal.ts';
import { type StatePaths, statePaths } from '../../src/progress/paths.ts';
import { recordingLog, sha256, temporaryDirectory } from '../helpers/builders.ts';

// ---------------------------------------------------------------------------------------------------- stand-ins

/** A request as the stand-in for the API saw it. */
interface Arrival {
  /** 1 for the first one. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

type Script = (arrival: Arrival, response: ServerResponse) => unknown;

interface StandInApi {
  readonly origin: string;
  readonly server: Server;
  readonly arrivals: readonly Arrival[];
  untilArrived(count: number): Promise<void>;
}

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A stand-in for the model API that answers each request as the test says, down to the bytes of its socket. */
async function startStandInApi(script: Script, tls?: Certificate): Promise<StandInApi> {
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

/** A stand-in for a company's forward proxy: CONNECT for https, absolute URIs for http. */
async function startStandInProxy() {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    forwarded.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = plainRequest(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnels.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    const { hostname, port } = new URL(`tcp://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      end.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  const { port } = await listening(server);
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, tunnels, forwarded, authorizations };
}

/** Listens on the loopback until the test ends; then every connection is dropped, tunnels included. */
async function listening(server: Server): Promise<AddressInfo> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return server.address() as AddressInfo;
}

/** A private CA and a server certificate for 127.0.0.1 by it, made now: no private key belongs into a repository. */
function makeCertificates(): { ca: string; server: Certificate } {
  const folder = temporaryDirectory();
  const openssl = (...args: string[]): void => {
    try {
      execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new Error(
        missing
          ? 'This test makes certificates with the command openssl, which is not on this machine. Install OpenSSL.'
          : `openssl ${args[0]} failed: ${String((error as { stderr?: Buffer }).stderr)}`,
      );
    }
  };
  const key = (name: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', name);
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n');
  key('ca.key');
  key('server.key');
  const days = ['-days', '2'];
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    ...days,
    '-subj',
    '/CN=Private CA of a test',
    '-out',
    'ca.pem',
  );
  openssl('req', '-new', '-key', 'server.key', '-subj', '/CN=127.0.0.1', '-out', 'server.csr');
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1', '-extfile', 'server.ext'];
  openssl('x509', '-req', '-in', 'server.csr', ...by, ...days, '-out', 'server.pem');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ca: join(folder, 'ca.pem'), server: { key: read('server.key'), cert: read('server.pem') } };
}

// ------------------------------------------------------------------------------------------------------ helpers

interface BenchOptions extends Partial<GatewayOptions> {
  readonly openai?: string;
  readonly anthropic?: string;
}

/** A gateway that leads to these base URLs, and neither waits nor tries for long. */
async function bench({ openai = '', anthropic = '', ...options }: BenchOptions) {
  const gateway = await startGateway({
    env: { OPENAI_API_KEY: 'sk-test' },
    models: ['gpt-4'],
    urls: providerUrls({ OPENAI_BASE_URL: openai, ANTHROPIC_BASE_URL: anthropic }),
    maxRequestsInFlight: 32,
    log: recordingLog(),
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 4, maxAttempts: 4 },
    timeouts: { connect: 5000, idle: 5000 },
    ...options,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

const newPaths = () => statePaths(temporaryDirectory(), 'gpt-4', 'set');

function openJournal(paths: StatePaths = newPaths()): Journal {
  const owner = { eval: 'a.dev', repository: 'o/r', fingerprint: sha256('x'), parts: {} };
  return Journal.open(paths, owner).journal;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire: nothing is decoded. */
  readonly body: Buffer;
}

/** Posts as an eval's client does, but decodes nothing. Rejects when the answer is cut. */
async function post(url: string, body: string | Buffer, headers: object = {}): Promise<Received> {
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

const question = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'gpt-4', messages: [{ role: 'user', content }], ...more });

const askOf = (lane: EvalGateway, content: string, more: object = {}) =>
  post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, question(content, more));

const contentOf = ({ body }: Arrival): string => JSON.parse(body.toString()).messages[0].content;

const chat = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
});

const CHAT = JSON.stringify(chat('Hello world'));

function answer(
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
async function holding(body = CHAT, status = 200) {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const api = await startStandInApi(async (_, response) => {
    await held;
    answer(response, body, {}, status);
  });
  return { api, letGo };
}

/** Asks, until it is told to leave. */
function leaving(lane: EvalGateway, content: string) {
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
async function closedBefore(lane: EvalGateway): Promise<void> {
  await fetch(`${lane.env.OPENAI_BASE_URL?.replace(/[0-9a-f]{48}/, '0')}`);
}

/** Resolves when so many requests of this eval have arrived whole at the gateway, which serves in this process. */
function untilAtGateway(lane: EvalGateway, count: number): Promise<void> {
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
const EARLY = 5;

// -------------------------------------------------------------------------------------------------------- tests

describe('TLS with a private CA', () => {
  test('succeeds with the CA in SSL_CERT_FILE', async () => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const gateway = await bench({ openai: api.origin, env: { SSL_CERT_FILE: ca } });
    const lane = gateway.openEval('a', openJournal());
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(1);
  });

  test.each([
    ['without it', {}],
    ['with an SSL_CERT_FILE that is not there', { SSL_CERT_FILE: '/nowhere/ca.pem' }],
  ])('%s, gives up in words that name the certificate', async (_, env) => {
    const { server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const gateway = await bench({ openai: api.origin, env });
    const kept = openJournal();
    const { status, headers, body } = await askOf(gateway.openEval('a', kept), 'x');
    expect(status).toBe(424);
    expect(headers['x-should-retry']).toBe('false');
    expect(JSON.parse(body.toString()).error.message).toMatch(/gave up: .*certificate.* not trusted/);
    expect(api.arrivals).toEqual([]);
    expect(kept.size).toBe(0);
  });

  test('a handshake that stalls is begun again', async () => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    let connections = 0;
    // A stand-in for a load balancer whose first connection leads nowhere.
    const balancer = createTcpServer((socket) => {
      connections += 1;
      if (connections > 1) api.server.emit('connection', socket);
    });
    const { port } = await listening(balancer);
    const gateway = await bench({
      openai: `https://127.0.0.1:${port}`,
      env: { SSL_CERT_FILE: ca },
      timeouts: { connect: 1000, idle: 5000 },
    });
    const lane = gateway.openEval('a', openJournal());
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(connections).toBe(2);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });
});

describe('through a proxy', () => {
  test.each([
    ['HTTPS_PROXY', 'HTTPS_PROXY', 'http://'],
    ['https_proxy', 'https_proxy', 'http://'],
    ['an HTTPS_PROXY without a scheme', 'HTTPS_PROXY', ''],
  ])('https goes through %s, in a tunnel', async (_, variable, scheme) => {
    const { ca, server } = makeCertificates();
    const api = await startStandInApi((_, response) => answer(response), server);
    const proxy = await startStandInProxy();
    const env = { SSL_CERT_FILE: ca, [variable]: `${scheme}user:p%40ss@${proxy.host}` };
    const gateway = await bench({ openai: `${api.origin}/v1`, env });
    const { status } = await askOf(gateway.openEval('a', openJournal()), 'x');
    expect(status).toBe(200);
    expect(proxy.tunnels).toEqual([new URL(api.origin).host]);
    expect(proxy.forwarded).toEqual([]);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect(api.arrivals).toHaveLength(1);
    expect(api.arrivals[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('http goes through HTTP_PROXY, by its absolute URI', async () => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const gateway = await bench({ openai: `${api.origin}/v1`, env: { HTTP_PROXY: proxy.url } });
    const { status, body } = await askOf(gateway.openEval('a', openJournal()), 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(proxy.forwarded).toEqual([`POST ${api.origin}/v1/chat/completions`]);
    expect(api.arrivals.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
  });

  test.each([
    ['the address', '127.0.0.1'],
    ['one of several', 'example.com, 127.0.0.1'],
    ['everything', '*'],
  ])('what NO_PROXY names (%s) is reached directly', async (_, list) => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: list };
    const gateway = await bench({ openai: api.origin, env });
    expect((await askOf(gateway.openEval('a', openJournal()), 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(1);
    expect([...proxy.forwarded, ...proxy.tunnels]).toEqual([]);
  });

  test('the proxies of this process are none of those that the gateway was given', async () => {
    const api = await startStandInApi((_, response) => answer(response));
    const proxy = await startStandInProxy();
    const before = process.env.http_proxy;
    process.env.http_proxy = proxy.url;
    onTestFinished(() => {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    });
    const gateway = await bench({ openai: api.origin, env: {} });
    expect((await askOf(gateway.openEval('a', openJournal()), 'x')).status).toBe(200);
    expect(proxy.forwarded).toEqual([]);
  });

  test.each([
    ['nothing is set', {}, '127.0.0.1'],
    ['NO_PROXY is set', { NO_PROXY: 'a.example,.b.example' }, 'a.example,.b.example,127.0.0.1'],
    ['no_proxy wins, as in Python', { no_proxy: 'a.example', NO_PROXY: 'b.example' }, 'a.example,127.0.0.1'],
    ['no_proxy is empty', { no_proxy: '' }, '127.0.0.1'],
    // Python's urllib takes `*` for everything only when it stands alone.
    ['NO_PROXY is everything', { NO_PROXY: '*' }, '*'],
  ])('the eval reaches the gateway directly when %s', async (_, given, expected) => {
    const gateway = await bench({ env: { HTTP_PROXY: 'http://127.0.0.1:9', ...given } });
    const { env } = gateway.openEval('a', undefined);
    expect(env).toMatchObject({ NO_PROXY: expected, no_proxy: expected });
  });
});

describe('Anthropic', () => {
  const headers = { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2023-06-01' };
  const asked = (more: object = {}) =>
    JSON.stringify({ model: 'claude-3', max_tokens: 9, messages: [{ role: 'user', content: 'x' }], ...more });
  const message = JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 11, output_tokens: 5 },
  });
  const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const started = { type: 'message_start', message: { usage: { input_tokens: 11, output_tokens: 1 } } };
  const stream = [
    event(started),
    event({ type: 'ping' }),
    event({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hello' } } as { type: string }),
    event({ type: 'message_delta', usage: { output_tokens: 5 } } as { type: string }),
    event({ type: 'message_stop' }),
  ].join('');

  test.each([
    ['whole', {}, message, 'application/json'],
    ['streamed', { stream: true }, stream, 'text/event-stream; charset=utf-8'],
  ])('a %s answer is asked for with path and key, counted, and replayed', async (_, more, text, type) => {
    const api = await startStandInApi((_, response) => answer(response, text, { 'content-type': type }));
    const openai = await startStandInApi((_, response) => answer(response));
    const gateway = await bench({ openai: openai.origin, anthropic: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    const ask = () => post(`${lane.env.ANTHROPIC_BASE_URL}/v1/messages?beta=true`, asked(more), headers);
    expect((await ask()).body.toString()).toBe(text);
    expect(api.arrivals).toHaveLength(1);
    expect(api.arrivals[0]).toMatchObject({ method: 'POST', path: '/v1/messages?beta=true', headers });
    expect(api.arrivals[0]?.body.toString()).toBe(asked(more));
    expect(kept.size).toBe(1);
    lane.restart();
    const again = await ask();
    expect(again.body.toString()).toBe(text);
    expect(again.headers['content-type']).toBe(type);
    expect(api.arrivals).toHaveLength(1);
    expect(openai.arrivals).toEqual([]);
    const tokens = { prompt: 11, completion: 5, cached: 0, reasoning: 0 };
    expect(lane.traffic()).toMatchObject({
      sent: 1,
      replayed: 1,
      tokensSent: tokens,
      tokensReplayed: tokens,
    });
  });

  test('an overloaded API (529) is asked again', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const api = await startStandInApi(({ n }, response) =>
      n === 1 ? answer(response, JSON.stringify(overloaded), {}, 529) : answer(response, message),
    );
    const gateway = await bench({ anthropic: api.origin });
    const lane = gateway.openEval('a', openJournal());
    const { status } = await post(`${lane.env.ANTHROPIC_BASE_URL}/v1/messages`, asked(), headers);
    expect(status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
  });
});

describe('waits that the API asks for', () => {
  const limited = JSON.stringify({
    error: {
      message: 'Rate limit reached for gpt-4',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
  });

  test.each([
    ['429, Retry-After in seconds', 429, () => ({ 'retry-after': '1' }), 1000],
    ['503, Retry-After in seconds', 503, () => ({ 'retry-after': '1' }), 1000],
    [
      // It counts whole seconds: this is between one and two away.
      '429, Retry-After as a date',
      429,
      () => ({ 'retry-after': new Date(Date.now() + 2000).toUTCString() }),
      1000,
    ],
    [
      '429, retry-after-ms before Retry-After',
      429,
      () => ({ 'retry-after-ms': '300', 'retry-after': '0' }),
      300,
    ],
    [
      '429, requests used up',
      429,
      () => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '300ms' }),
      300,
    ],
    [
      '429, tokens used up for longer than requests',
      429,
      () => ({
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '10ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '0.4s',
      }),
      400,
    ],
  ])('%s: not before', async (_, status, headers, least) => {
    let refusedAt = 0;
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response);
      refusedAt = Date.now();
      answer(response, limited, headers(), status);
    });
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
    expect((api.arrivals[1]?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(least - EARLY);
    expect(kept.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 1, failed: 0 });
  });

  test.each([
    ['a 429 that asks to wait', 429, { 'retry-after-ms': '400' }],
    [
      'an answer that says the limit is used up',
      200,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '400ms' },
    ],
  ])('%s holds back other evals too, also those that wait already', async (_, status, headers) => {
    let answeredAt = 0;
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      if (n > 1) return answer(response);
      await held;
      answeredAt = Date.now();
      answer(response, status === 200 ? CHAT : limited, headers, status);
    });
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1 });
    const [a, b] = [gateway.openEval('a', undefined), gateway.openEval('b', undefined)];
    const first = askOf(a, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(b, 3);
    const others = ['b1', 'b2', 'b3'].map((content) => askOf(b, content));
    await queued;
    letGo();
    const answers = await Promise.all([first, ...others]);
    expect(answers.map((each) => each.status)).toEqual([200, 200, 200, 200]);
    const later = api.arrivals.slice(1).map(({ at }) => at - answeredAt);
    expect(later).toHaveLength(status === 200 ? 3 : 4);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(400 - EARLY);
  });

  test('who was sent away comes back before the others of its eval', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const api = await startStandInApi(async ({ n }, response) => {
      if (n > 1) return answer(response);
      await held;
      answer(response, limited, { 'retry-after-ms': '1' }, 429);
    });
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1 });
    const lane = gateway.openEval('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 2);
    const others = ['b', 'c'].map((content) => askOf(lane, content));
    await queued;
    letGo();
    await Promise.all([first, ...others]);
    expect(api.arrivals.map(contentOf).slice(0, 2)).toEqual(['a', 'a']);
  });

  test.each([
    ['tells when to come back', true],
    ['does not tell when to come back', false],
  ])('a limit that %s, and that others are under as well: every request is answered', async (_, tells) => {
    // A bucket that fills up with 25 requests a second.
    const RATE = 25;
    let tokens = 5;
    let filledAt = Date.now();
    const api = await startStandInApi((_, response) => {
      tokens = Math.min(5, tokens + ((Date.now() - filledAt) / 1000) * RATE);
      filledAt = Date.now();
      if (tokens < 1) {
        const wait = Math.ceil(((1 - tokens) / RATE) * 1000);
        return answer(response, limited, tells ? { 'retry-after-ms': String(wait) } : {}, 429);
      }
      tokens -= 1;
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 20, maxDelayMs: 200, maxAttempts: 4 };
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 16, retryPolicy });
    const lane = gateway.openEval('a', undefined);
    const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => askOf(lane, `${i}`)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    // Fewer are in flight when there are too many: it is not asked in vain many times for each answer.
    if (tells) expect(api.arrivals.length).toBeLessThan(64 * 4);
  });

  test('a request that waited long for its turn is tried again like any other', async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      if (n === 1) await held;
      if (n === 2) return answer(response, '{"error":{"message":"The server had an error"}}', {}, 500);
      answer(response);
    });
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 4, maxElapsedMs: 200 };
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1, retryPolicy });
    const lane = gateway.openEval('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const second = askOf(lane, 'b');
    await queued;
    setTimeout(letGo, 2 * retryPolicy.maxElapsedMs);
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(200);
    expect(api.arrivals).toHaveLength(3);
  });

  describe('an error of the server, which is none of the limit', () => {
    const broken = '{"error":{"message":"The server had an error"}}';

    test('is not waited for as long as the limit would be', async () => {
      const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
      const api = await startStandInApi(({ n }, response) =>
        n === 1 ? answer(response, broken, used, 500) : answer(response),
      );
      const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
      expect((await askOf(lane, 'x')).status).toBe(200);
      expect(api.arrivals).toHaveLength(2);
    });

    test('holds back no other request, however long it asks this one to wait', async () => {
      const api = await startStandInApi((arrival, response) =>
        contentOf(arrival) === 'a'
          ? answer(response, broken, { 'retry-after': '300' }, 503)
          : answer(response),
      );
      const gateway = await bench({ openai: api.origin });
      const lane = gateway.openEval('a', undefined);
      const waits = askOf(lane, 'a').catch(() => 'cut');
      await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]));
      expect((await askOf(lane, 'b')).status).toBe(200);
      expect(lane.pendingCount()).toBe(1);
      await gateway.close();
      expect(await waits).toBe('cut');
    });

    test('lets as many be in flight as before', async () => {
      const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
      const api = await startStandInApi(async ({ n }, response) => {
        if (n === 1) return answer(response, broken, {}, 500);
        await held;
        answer(response);
      });
      const timeouts = { connect: 5000, idle: 600_000 };
      const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 2, timeouts });
      const lane = gateway.openEval('a', undefined);
      const first = askOf(lane, 'a');
      await api.untilArrived(2);
      const second = askOf(lane, 'b');
      await api.untilArrived(3);
      letGo();
      expect([(await first).status, (await second).status]).toEqual([200, 200]);
    });
  });

  test('no try begins when retryPolicy is at its end', async () => {
    const api = await startStandInApi((_, response) =>
      answer(response, '{"error":{"message":"The server had an error"}}', {}, 500),
    );
    const retryPolicy = {
      ...defaultRetryPolicy,
      initialDelayMs: 50,
      maxDelayMs: 50,
      maxElapsedMs: 200,
      maxAttempts: 1000,
    };
    const lane = (await bench({ openai: api.origin, retryPolicy })).openEval('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(api.arrivals.length).toBeLessThan(12);
  });

  test('a limit that others get through is waited for longer than that', async () => {
    const OTHERS = 30;
    let answered = 0;
    const api = await startStandInApi((arrival, response) => {
      if (contentOf(arrival) === 'a' && answered < OTHERS) return answer(response, limited, {}, 429);
      answered += 1;
      setTimeout(() => answer(response), 10);
    });
    const retryPolicy = {
      ...defaultRetryPolicy,
      initialDelayMs: 4,
      maxDelayMs: 8,
      maxElapsedMs: 150,
      maxAttempts: 4,
    };
    const lane = (await bench({ openai: api.origin, retryPolicy })).openEval('a', undefined);
    const patient = askOf(lane, 'a');
    for (let n = 0; n < OTHERS; n += 1) expect((await askOf(lane, `b${n}`)).status).toBe(200);
    expect((await patient).status).toBe(200);
  });

  test('a limit that tells each time when to come back is no failure, however often', async () => {
    const api = await startStandInApi(({ n }, response) =>
      n <= 10 ? answer(response, limited, { 'retry-after-ms': '1' }, 429) : answer(response),
    );
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(11);
  });

  test('a limit that nobody gets through is given up', async () => {
    const api = await startStandInApi((_, response) => answer(response, limited, {}, 429));
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(api.arrivals).toHaveLength(4);
  });

  test('a success that says the limit is used up for an hour does not stop the job for it', async () => {
    const used = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h0m0s' };
    const api = await startStandInApi((_, response) => answer(response, CHAT, used));
    const retryPolicy = { ...defaultRetryPolicy, maxPauseMs: 50 };
    const lane = (await bench({ openai: api.origin, retryPolicy })).openEval('a', undefined);
    for (const content of ['x', 'y']) expect((await askOf(lane, content)).status).toBe(200);
  });

  test.each([
    ['beyond all retryPolicy', '86400', defaultRetryPolicy],
    ['longer than the API may ask for', '60', { ...defaultRetryPolicy, maxRetryAfterMs: 1000 }],
  ])('a wait %s ends the request, and does not hold back the others', async (_, asked, retryPolicy) => {
    const api = await startStandInApi((arrival, response) =>
      contentOf(arrival) === 'a'
        ? answer(response, limited, { 'retry-after': asked }, 429)
        : answer(response),
    );
    const gateway = await bench({ openai: api.origin, retryPolicy });
    const lane = gateway.openEval('a', undefined);
    expect((await askOf(lane, 'a')).status).toBe(424);
    expect((await askOf(lane, 'b')).status).toBe(200);
    expect(api.arrivals).toHaveLength(2);
  });
});

describe('an API that goes silent or hangs up', () => {
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(CHAT) };
  const cases: [string, Script][] = [
    ['accepts and never answers', () => {}],
    ['sends headers and no body', (_, response) => response.writeHead(200, head).flushHeaders()],
    ['stalls in the body', (_, response) => response.writeHead(200, head).write(CHAT.slice(0, 20))],
    ['half-closes instead of answering', (_, response) => response.socket?.end()],
    [
      'half-closes in the body',
      (_, response) => response.writeHead(200, head).write(CHAT.slice(0, 20), () => response.socket?.end()),
    ],
    ['resets the connection', (_, response) => response.socket?.resetAndDestroy()],
  ];

  test.each(cases)('%s: asked again, recorded once', async (_, fault) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n <= 2 ? fault(arrival, response) : answer(response),
    );
    const gateway = await bench({ openai: api.origin, timeouts: { connect: 5000, idle: 500 } });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    const { status, body } = await askOf(lane, 'x');
    expect(status).toBe(200);
    expect(body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(3);
    expect(kept.size).toBe(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 2, failed: 0 });
    expect(lane.traffic().tokensSent.prompt).toBe(9);
    lane.restart();
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(3);
  });

  test('nobody listens: gives up in words that say so', async () => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    for (const host of ['127.0.0.1', 'localhost']) {
      const gateway = await bench({ openai: `http://${host}:${port}` });
      const { status, body } = await askOf(gateway.openEval('a', undefined), 'x');
      expect(status).toBe(424);
      expect(body.toString()).toMatch(/gave up after 4 attempts.*ECONNREFUSED/);
    }
  });
});

describe('content encodings', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('%s reaches the client as it is, and is kept and replayed without it', async (encoding, encode) => {
    const plain = JSON.stringify(chat('ü😀 語'.repeat(50)));
    const packed = encode(Buffer.from(plain));
    const api = await startStandInApi((_, response) =>
      answer(response, packed, { 'content-encoding': encoding }),
    );
    const gateway = await bench({ openai: api.origin });
    const paths = newPaths();
    const lane = gateway.openEval('a', openJournal(paths));
    const url = `${lane.env.OPENAI_BASE_URL}/chat/completions`;
    const ask = () => post(url, question('x'), { 'accept-encoding': encoding });
    const first = await ask();
    expect(api.arrivals[0]?.headers['accept-encoding']).toBe(encoding);
    expect(first.headers['content-encoding']).toBe(encoding);
    expect(first.body.equals(packed)).toBe(true);
    expect(lane.traffic().tokensSent).toMatchObject({ prompt: 9, completion: 3 });
    expect(journalText(paths)).toContain(JSON.stringify(plain));
    lane.restart();
    const again = await ask();
    expect(again.headers).not.toHaveProperty('content-encoding');
    expect(again.headers['content-length']).toBe(String(Buffer.byteLength(plain)));
    expect(again.body.toString()).toBe(plain);
    expect(api.arrivals).toHaveLength(1);
  });

  test('a compressed stream arrives whole, and is kept as text', async () => {
    const text = `data: ${JSON.stringify(chat('ü😀'))}\n\ndata: [DONE]\n\n`;
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    const api = await startStandInApi((_, response) => answer(response, gzipSync(text), headers));
    const gateway = await bench({ openai: api.origin });
    const paths = newPaths();
    const lane = gateway.openEval('a', openJournal(paths));
    expect((await askOf(lane, 'x', { stream: true })).body.equals(gzipSync(text))).toBe(true);
    expect(journalText(paths)).toContain(JSON.stringify(text));
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(text);
    expect(api.arrivals).toHaveLength(1);
  });

  test.each([
    ['is not what it says', 'gzip', Buffer.from(CHAT)],
    ['is unknown', 'x-snappy', Buffer.from('anything')],
  ])('an encoding that %s: passed on, not kept', async (_, encoding, body) => {
    const api = await startStandInApi((_, response) =>
      answer(response, body, { 'content-encoding': encoding }),
    );
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    expect((await askOf(lane, 'x')).body.equals(body)).toBe(true);
    expect(kept.size).toBe(0);
  });
});

describe('sizes and bytes', () => {
  const MEGABYTE = 1_000_000;
  const PIECE = '😀 漢字かな Ünïcödé \\ " \u0000 \u2028 \ud83d\udc69\u200d\ud83d\udcbb ';
  const large = PIECE.repeat(Math.ceil(MEGABYTE / Buffer.byteLength(PIECE)));
  test.each<[string, string, Buffer]>([
    ['escaped JSON', question(large), Buffer.from(JSON.stringify(chat(large)))],
    ['a byte order mark', question('z'), Buffer.from(`\ufeff${CHAT}`)],
  ])('%s: the same bytes there, back and again', async (_, asked, bytes) => {
    const api = await startStandInApi((_, response) => answer(response, bytes));
    const gateway = await bench({ openai: api.origin });
    const paths = newPaths();
    const journal = openJournal(paths);
    const lane = gateway.openEval('a', journal);
    const first = await post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, asked);
    expect(api.arrivals[0]?.body.equals(Buffer.from(asked))).toBe(true);
    expect(first.body.equals(bytes)).toBe(true);
    lane.close();
    journal.close();

    const resumed = gateway.openEval('a', openJournal(paths));
    const again = await post(`${resumed.env.OPENAI_BASE_URL}/chat/completions`, asked);
    expect(again.body.equals(bytes)).toBe(true);
    expect(again.headers['content-type']).toBe('application/json');
    expect(api.arrivals).toHaveLength(1);
  });

  test.each<[string, string, Buffer]>([
    ['plain text', 'text/plain; charset=utf-8', Buffer.from(large)],
    ['audio', 'audio/mpeg', noise(MEGABYTE, 1)],
    [
      'bytes that look like text at first',
      'application/octet-stream',
      Buffer.concat([Buffer.from(large), noise(7, 2)]),
    ],
  ])('%s, which is no answer of a model, passes byte by byte and is not recorded', async (_, type, bytes) => {
    const api = await startStandInApi((_, response) => answer(response, bytes, { 'content-type': type }));
    const kept = openJournal();
    const lane = (await bench({ openai: api.origin })).openEval('a', kept);
    const { body, headers } = await post(`${lane.env.OPENAI_BASE_URL}/audio/speech`, question('x'));
    expect(body.equals(bytes)).toBe(true);
    expect(headers['content-type']).toBe(type);
    expect(kept.size).toBe(0);
  });

  test('a journal of more than 100 MB is opened again, and every answer of it is right', async () => {
    const COUNT = 100;
    const noisyChat = (seed: number) => JSON.stringify(chat(noise(MEGABYTE, seed).toString('base64')));
    const api = await startStandInApi((arrival, response) =>
      answer(response, noisyChat(Number(contentOf(arrival)))),
    );
    const gateway = await bench({ openai: api.origin });
    const paths = newPaths();
    const journal = openJournal(paths);
    const lane = gateway.openEval('a', journal);
    for (let i = 0; i < COUNT; i += 1) {
      // The first half becomes a sealed segment, as at a checkpoint in the middle of an eval.
      if (i === COUNT / 2) journal.seal();
      expect((await askOf(lane, String(i))).status).toBe(200);
    }
    lane.close();
    journal.close();
    expect(api.arrivals).toHaveLength(COUNT);

    const opened = openJournal(paths);
    onTestFinished(() => opened.close());
    expect(opened.size).toBe(COUNT);
    const bytes = segments(paths).map((path) => statSync(path).size);
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeGreaterThan(50 * MEGABYTE);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(100 * MEGABYTE);
    const resumed = gateway.openEval('a', opened);
    for (let i = COUNT - 1; i >= 0; i -= 1) {
      const { body } = await askOf(resumed, String(i));
      expect(body.toString()).toBe(noisyChat(i));
    }
    expect(api.arrivals).toHaveLength(COUNT);
    expect(resumed.traffic()).toMatchObject({ sent: 0, replayed: COUNT });
  });
});

describe('an answer that breaks off is not kept', () => {
  const half = CHAT.slice(0, CHAT.indexOf('world') + 3);

  test.each<[string, Script]>([
    [
      'shorter than its Content-Length',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': CHAT.length });
        response.write(half, () => response.destroy());
      },
    ],
    [
      'chunked, without the last chunk',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(half, () => response.destroy());
      },
    ],
    [
      'chunked, ended in the middle of a chunk',
      (_, response) => {
        const head =
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
        response.socket?.end(`${head}${CHAT.length.toString(16)}\r\n${half}`);
      },
    ],
  ])('%s: the gateway asks again', async (_, fault) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.n === 1 ? fault(arrival, response) : answer(response),
    );
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(kept.size).toBe(1);
    lane.restart();
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
  });

  test('one that ends with its connection, in the middle of a word: the gateway asks again', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response);
      const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n';
      response.socket?.end(`${head}${half}`);
    });
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    expect((await askOf(lane, 'x')).body.toString()).toBe(CHAT);
    expect(api.arrivals).toHaveLength(2);
    expect(kept.size).toBe(1);
  });

  const streamed = { 'content-type': 'text/event-stream' };
  const delta = `data: ${JSON.stringify({ choices: [{ delta: { content: 'Hel' } }] })}\n\n`;
  const stream = `${delta}data: [DONE]\n\n`;

  test('a stream whose connection breaks breaks for the client too, who asks again', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response, stream, streamed);
      response.writeHead(200, streamed);
      response.write(delta, () => response.destroy());
    });
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(kept.size).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, failed: 1 });
    // The same question, of the same number: when it is recorded now, a run that is not interrupted finds it.
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(kept.size).toBe(1);
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(api.arrivals).toHaveLength(2);
  });

  test('a stream that stalls is cut, for the client and for good', async () => {
    const api = await startStandInApi(({ n }, response) => {
      if (n > 1) return answer(response, stream, streamed);
      response.writeHead(200, streamed).write(delta);
    });
    const gateway = await bench({ openai: api.origin, timeouts: { connect: 5000, idle: 500 } });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    await expect(askOf(lane, 'x', { stream: true })).rejects.toThrow();
    expect(kept.size).toBe(0);
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(kept.size).toBe(1);
  });

  test.each([
    ['no [DONE]', delta],
    [
      'an error in place of the rest, as vLLM sends it',
      `${delta}data: {"error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "param": null, "code": 500}}\n\ndata: [DONE]\n\n`,
    ],
  ])('a stream with %s: the next run asks again', async (_, broken) => {
    const api = await startStandInApi(({ n }, response) =>
      answer(response, n === 1 ? broken : stream, streamed),
    );
    const gateway = await bench({ openai: api.origin });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(broken);
    expect(kept.size).toBe(0);
    lane.restart();
    expect((await askOf(lane, 'x', { stream: true })).body.toString()).toBe(stream);
    expect(kept.size).toBe(1);
    expect(api.arrivals).toHaveLength(2);
  });
});

describe('an eval that ends before its requests are answered', () => {
  test('what was sent is waited for, kept and counted; what was not is never sent', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 2 });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    const queued = untilAtGateway(lane, 5);
    const asked = Array.from({ length: 5 }, (_, i) => askOf(lane, `${i}`).catch(() => 'cut'));
    await Promise.all([queued, api.untilArrived(2)]);
    expect(lane.sentCount()).toBe(2);
    const drained = lane.drain(new AbortController().signal);
    letGo();
    await drained;
    lane.close();
    expect(kept.size).toBe(2);
    expect(api.arrivals).toHaveLength(2);
    expect(gateway.traffic()).toMatchObject({
      sent: 2,
      failed: 0,
      tokensSent: { prompt: 18, completion: 6 },
    });
    await gateway.close();
    await Promise.all(asked);
  });

  test('it is waited for no longer than there is time', async () => {
    const { api } = await holding();
    const gateway = await bench({ openai: api.origin, timeouts: { connect: 5000, idle: 600_000 } });
    const lane = gateway.openEval('a', openJournal());
    const asked = askOf(lane, 'x').catch(() => 'cut');
    await api.untilArrived(1);
    const hurry = new AbortController();
    const drained = lane.drain(hurry.signal);
    hurry.abort();
    await drained;
    lane.close();
    await gateway.close();
    await asked;
  });

  test('what arrives when its journal is closed is counted, and not written', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin });
    const paths = newPaths();
    const kept = openJournal(paths);
    const lane = gateway.openEval('a', kept);
    const asked = askOf(lane, 'x');
    await api.untilArrived(1);
    lane.close();
    kept.close();
    letGo();
    expect((await asked).status).toBe(200);
    await vi.waitFor(() => expect(lane.pendingCount()).toBe(0));
    await nextTurn();
    expect(gateway.traffic()).toMatchObject({ sent: 1, tokensSent: { prompt: 9, completion: 3 } });
    expect(segments(paths)).toEqual([]);
  });

  test('an answer that arrives between two attempts is paid for once, and counted once for the eval', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin });
    const lane = gateway.openEval('a', openJournal());
    const asked = leaving(lane, 'x');
    await api.untilArrived(1);
    await asked.leave();
    letGo();
    await vi.waitFor(() => expect(lane.pendingCount()).toBe(0));
    lane.restart();
    expect((await askOf(lane, 'x')).status).toBe(200);
    const tokens = { prompt: 9, completion: 3 };
    expect(lane.attempt()).toMatchObject({ sent: 0, replayed: 1, tokensReplayed: tokens });
    expect(lane.attempt().tokensSent.prompt).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, replayed: 1, tokensSent: tokens });
  });
});

describe('a client that goes away', () => {
  const underWay = (lane: EvalGateway, count: number) =>
    vi.waitFor(() => expect(lane.pendingCount()).toBe(count), { timeout: 30_000 });
  const timeouts = { connect: 5000, idle: 600_000 };
  const broken = '{"error":{"message":"The server had an error"}}';

  /** `b` waits for its turn behind `a`, which is under way. */
  async function waiting() {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1, timeouts });
    const lane = gateway.openEval('a', undefined);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const { leave } = leaving(lane, 'b');
    await queued;
    return { api, letGo, lane, first, leave };
  }

  test('before its turn has come: it is not sent', async () => {
    const { api, letGo, lane, first, leave } = await waiting();
    await leave();
    await underWay(lane, 1);
    letGo();
    await first;
    expect((await askOf(lane, 'c')).status).toBe(200);
    expect(api.arrivals.map(contentOf)).toEqual(['a', 'c']);
    expect(lane.traffic()).toMatchObject({ sent: 2, failed: 0 });
  });

  test('before its turn has come, while another waits for the same: it is sent for that one', async () => {
    const { api, letGo, lane, first, leave } = await waiting();
    lane.restart();
    const again = askOf(lane, 'b');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    await leave();
    // Its end is known before there is room.
    await closedBefore(lane);
    letGo();
    expect([(await first).status, (await again).status]).toEqual([200, 200]);
    expect(api.arrivals.map(contentOf)).toEqual(['a', 'b']);
  });

  test('makes room for another', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1, timeouts });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    const first = leaving(lane, 'a');
    await api.untilArrived(1);
    await first.leave();
    const second = askOf(lane, 'b');
    await api.untilArrived(2);
    letGo();
    expect((await second).status).toBe(200);
    await underWay(lane, 0);
    expect(kept.size, 'the answer to the first is kept all the same').toBe(2);
    expect(lane.traffic().tokensSent.prompt).toBe(18);
    expect(lane.attempt().tokensSent.prompt, 'it counts when it is asked again').toBe(9);
    await askOf(lane, 'a');
    expect(lane.attempt()).toMatchObject({ replayed: 1, tokensReplayed: { prompt: 9 } });
  });

  test('before it is answered: an error is no reason to ask again', async () => {
    const { api, letGo } = await holding(broken, 500);
    const gateway = await bench({ openai: api.origin });
    const lane = gateway.openEval('a', undefined);
    const asked = leaving(lane, 'a');
    await api.untilArrived(1);
    await asked.leave();
    // Its connection is closed before that of the next is there.
    await closedBefore(lane);
    letGo();
    await underWay(lane, 0);
    expect(api.arrivals).toHaveLength(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 0, failed: 1 });
  });

  test('between two tries: there is no other', async () => {
    const api = await startStandInApi((_, response) => answer(response, broken, {}, 500));
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 600_000, maxDelayMs: 600_000 };
    const gateway = await bench({ openai: api.origin, retryPolicy });
    const lane = gateway.openEval('a', undefined);
    const asked = leaving(lane, 'a');
    await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]), {
      timeout: 30_000,
    });
    await asked.leave();
    await underWay(lane, 0);
    expect(lane.traffic()).toMatchObject({ sent: 1, retried: 0, failed: 1 });
  });

  test('in the middle of its question: nobody is harmed', async () => {
    const { api, letGo } = await holding();
    letGo();
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    const { port, pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST ${pathname}/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"model`,
    );
    await vi.waitFor(() => expect(lane.lastTrafficAt()).toBeGreaterThan(0));
    socket.destroy();
    await once(socket, 'close');
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(api.arrivals).toHaveLength(1);
  });

  test('in the middle of a kept answer: it is there when the same is asked again', async () => {
    const large = JSON.stringify(chat(noise(24 * 1024 * 1024, 1).toString('base64')));
    const api = await startStandInApi((_, response) => answer(response, large));
    const lane = (await bench({ openai: api.origin })).openEval('a', openJournal());
    await askOf(lane, 'x');
    lane.restart();
    const request = plainRequest(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    });
    request.end(question('x'));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    await once(response, 'close');
    expect((await askOf(lane, 'x')).body.toString()).toBe(large);
    expect(api.arrivals).toHaveLength(1);
  });

  test('in the middle of a stream: all of it is there when the same is asked again', async () => {
    const [begin, end] = [`data: {"a": 1}\n\n`, 'data: [DONE]\n\n'];
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const api = await startStandInApi(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(begin);
      await held;
      response.end(end);
    });
    const kept = openJournal();
    const lane = (await bench({ openai: api.origin })).openEval('a', kept);
    const stream = () =>
      fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
        method: 'POST',
        body: question('x', { stream: true }),
      });
    const first = await stream();
    await first.body?.cancel();
    const again = await stream();
    letGo();
    expect(await again.text()).toBe(begin + end);
    expect(api.arrivals).toHaveLength(1);
    expect(kept.size).toBe(1);
  });
});

describe('an eval that starts over while a question of it is on its way', () => {
  /** A question that is held back, and whose client goes away as the eval starts over. */
  async function startedOver(status = 200) {
    const { api, letGo } = await holding(status === 200 ? CHAT : '{"error":{"message":"no"}}', status);
    const gateway = await bench({ openai: api.origin, timeouts: { connect: 5000, idle: 600_000 } });
    const lane = gateway.openEval('a', openJournal());
    const leaving = new AbortController();
    const gone = fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      body: question('x'),
      signal: leaving.signal,
    }).catch(() => 'gone');
    await api.untilArrived(1);
    lane.restart();
    // It may have been answered by then.
    const leave = async (): Promise<void> => {
      leaving.abort();
      await gone;
    };
    return { api, lane, letGo, leave, ended: () => vi.waitFor(() => expect(lane.pendingCount()).toBe(0)) };
  }
  const tokens = { prompt: 9, completion: 3 };

  test('and asks it again: it is paid for once, and is of both attempts', async () => {
    const { api, lane, letGo, leave } = await startedOver();
    await leave();
    const again = askOf(lane, 'x');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    letGo();
    expect((await again).status).toBe(200);
    expect(lane.attempt()).toMatchObject({ sent: 1, tokensSent: tokens });
    expect(lane.traffic()).toMatchObject({ sent: 1, tokensSent: tokens });
    expect(api.arrivals).toHaveLength(1);
  });

  test('and does not ask it again: it counts for the eval alone', async () => {
    const { lane, letGo, leave, ended } = await startedOver();
    letGo();
    await ended();
    await leave();
    expect(lane.attempt().sent).toBe(0);
    expect(lane.attempt().tokensSent.prompt).toBe(0);
    expect(lane.traffic()).toMatchObject({ sent: 1, tokensSent: tokens });
  });

  test.each([
    ['again', true, 1],
    ['not again', false, 0],
  ])('when it is not answered, and asked %s: the new attempt knows what it lacks', async (_, asks, lacks) => {
    const { lane, letGo, leave, ended } = await startedOver(401);
    const again = asks ? askOf(lane, 'x') : undefined;
    if (asks) await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    letGo();
    await again;
    await leave();
    await ended();
    expect(lane.unansweredCount()).toBe(lacks);
  });

  test('the end of the old connection takes nothing from the new attempt', async () => {
    const { api, lane, letGo, leave } = await startedOver();
    const first = askOf(lane, 'x');
    await vi.waitFor(() => expect(lane.attempt().sent).toBe(1));
    await leave();
    // Its end is known before the next question is there.
    await closedBefore(lane);
    const second = askOf(lane, 'x');
    await api.untilArrived(2);
    letGo();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });
});

test('a gateway that closes leaves nothing under way, whatever it waits for', async () => {
  const api = await startStandInApi((arrival, response) => {
    if (contentOf(arrival) === 'fails') answer(response, '{"error":{"message":"no"}}', {}, 500);
  });
  const gateway = await bench({
    openai: api.origin,
    maxRequestsInFlight: 1,
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 600_000, maxDelayMs: 600_000 },
    timeouts: { connect: 5000, idle: 600_000 },
  });
  const lane = gateway.openEval('a', undefined);
  const asked: Promise<unknown>[] = [];
  const ask = (content: string) => asked.push(askOf(lane, content).catch(() => 'cut'));
  ask('fails');
  await vi.waitFor(() => expect([api.arrivals.length, lane.sentCount()]).toEqual([1, 0]));
  ask('is never answered');
  await api.untilArrived(2);
  const queued = untilAtGateway(lane, 1);
  ask('waits for its turn');
  await queued;
  expect(lane.pendingCount()).toBe(3);
  await gateway.close();
  expect(await Promise.all(asked)).toEqual(['cut', 'cut', 'cut']);
  await vi.waitFor(() => expect(lane.pendingCount()).toBe(0));
  expect(api.arrivals).toHaveLength(2);
});

test.each<[string, Script, string]>([
  ['is over', (_, response) => answer(response), `head ${CHAT} end`],
  ['is refused', (_, response) => answer(response, '{}', {}, 400), 'head {} end'],
  [
    'broke off',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {}\n\n', () => response.destroy());
    },
    'head data: {}\n\n cut',
  ],
])('who asks in the moment in which the same question %s hears it all', async (_, script, heard) => {
  const api = await startStandInApi(script);
  const upstream = openUpstream({});
  onTestFinished(() => upstream.close());
  const ignore = (): void => {};
  const body = Buffer.from(question('x'));
  const call = new UpstreamCall(
    { method: 'POST', url: new URL(api.origin), headers: {}, body },
    {
      upstream,
      limit: new InFlightLimit(1),
      adaptations: new Adaptations(),
      policy: defaultRetryPolicy,
      evalId: 'a',
      path: 'openai/chat/completions',
      nature: natureOf('POST', '/chat/completions', body),
      maxResponseBytes: 1e6,
      onTry: ignore,
      onRetry: ignore,
      onAdapted: ignore,
      record: ignore,
    },
  );
  const sink = (said: string[]): Sink => ({
    head: () => said.push('head'),
    chunk: (data) => said.push(data.toString()),
    end: () => said.push('end'),
    cut: () => said.push('cut'),
  });
  const [first, late]: [string[], string[]] = [[], []];
  call.response.attach(sink(first));
  await call.run();
  call.response.attach(sink(late));
  expect(first.join(' ')).toBe(heard);
  expect(late.join(' ')).toBe(heard);
});

test('who waits for its turn is not idle', async () => {
  const { api, letGo } = await holding();
  const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1 });
  const [a, b] = [gateway.openEval('a', undefined), gateway.openEval('b', undefined)];
  const first = askOf(a, 'a');
  await api.untilArrived(1);
  const queued = untilAtGateway(b, 1);
  const second = askOf(b, 'b');
  await queued;
  const asked = Date.now();
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(asked));
  expect(b.lastTrafficAt(), 'it waits').toBeGreaterThan(asked);
  expect(a.lastTrafficAt(), 'it has been sent').toBeLessThanOrEqual(asked);
  letGo();
  await Promise.all([first, second]);
});

describe('a run that is to end', () => {
  test('sends nothing more, keeps what is under way, and knows what was not answered', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 1 });
    const kept = openJournal();
    const lane = gateway.openEval('a', kept);
    const first = askOf(lane, 'a');
    await api.untilArrived(1);
    const queued = untilAtGateway(lane, 1);
    const leaving = new AbortController();
    const second = fetch(`${lane.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      body: question('b'),
      signal: leaving.signal,
    }).catch(() => 'gone');
    await queued;
    gateway.stop();
    letGo();
    expect((await first).status).toBe(200);
    expect(kept.size).toBe(1);
    expect(lane.unansweredCount()).toBe(0);
    leaving.abort();
    expect(await second).toBe('gone');
    await vi.waitFor(() => expect(lane.pendingCount()).toBe(0));
    expect(api.arrivals).toHaveLength(1);
    expect(lane.unansweredCount()).toBe(1);
  });
});

describe('questions that the API does not answer are known', () => {
  test.each([
    ['given up', 500, { message: 'The server had an error' }, 424, 1],
    ['refused for good', 401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }, 401, 1],
    ['wrong, which is for the eval to say', 400, { message: 'Invalid request' }, 400, 0],
  ])('%s', async (_, status, error, passed, unanswered) => {
    const api = await startStandInApi((arrival, response) =>
      contentOf(arrival) === 'x' ? answer(response, JSON.stringify({ error }), {}, status) : answer(response),
    );
    const gateway = await bench({ openai: api.origin });
    const lane = gateway.openEval('a', undefined);
    expect((await askOf(lane, 'y')).status).toBe(200);
    expect((await askOf(lane, 'x')).status).toBe(passed);
    expect(lane.unansweredCount()).toBe(unanswered);
    lane.restart();
    expect(lane.unansweredCount()).toBe(0);
  });

  test('until it answers them after all', async () => {
    let broken = false;
    const api = await startStandInApi((_, response) =>
      broken ? answer(response, '{"error":{"message":"no"}}', {}, 500) : answer(response),
    );
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    expect((await askOf(lane, 'y')).status).toBe(200);
    broken = true;
    expect((await askOf(lane, 'x')).status).toBe(424);
    expect(lane.unansweredCount()).toBe(1);
    broken = false;
    expect((await askOf(lane, 'x')).status).toBe(200);
    expect(lane.unansweredCount()).toBe(0);
  });

  test('a provider that repeats the key: nobody else does', async () => {
    const api = await startStandInApi(({ headers }, response) =>
      answer(
        response,
        JSON.stringify({ error: { message: `Invalid key: ${headers.authorization}, really` } }),
        {},
        401,
      ),
    );
    const gateway = await bench({ openai: api.origin });
    await askOf(gateway.openEval('a', undefined), 'x');
    expect(String(gateway.unusable.reason.message)).toBe(
      'the API refused: 401: Invalid key: Bearer ***, really',
    );
  });
});

describe('looking a model up', () => {
  test.each<[string, Script, number]>([
    ['an error of the server', (_, response) => answer(response, '{}', {}, 500), 500],
    ['a limit', (_, response) => answer(response, '{}', { 'retry-after': '60' }, 429), 429],
    ['a key that may not', (_, response) => answer(response, '{}', {}, 403), 403],
    ['a reset', (_, response) => response.socket?.resetAndDestroy(), 502],
  ])('%s is passed on at once, and holds up nothing else', async (_, fault, status) => {
    const api = await startStandInApi((arrival, response) =>
      arrival.method === 'GET' ? fault(arrival, response) : answer(response),
    );
    const gateway = await bench({ openai: api.origin });
    const lane = gateway.openEval('a', undefined);
    expect((await fetch(`${lane.env.OPENAI_BASE_URL}/models`)).status).toBe(status);
    expect(api.arrivals).toHaveLength(1);
    expect(lane.traffic()).toMatchObject({ sent: 1, failed: 1 });
    expect(gateway.unusable.aborted).toBe(false);
    expect(lane.unansweredCount(), 'no eval lacks it').toBe(0);
    expect((await askOf(lane, 'x')).status).toBe(200);
  });
});

test('a model that takes neither name of a parameter is given up', async () => {
  const api = await startStandInApi(({ body }, response) => {
    const [old, other] = body.includes('"max_tokens"')
      ? ['max_tokens', 'max_completion_tokens']
      : ['max_completion_tokens', 'max_tokens'];
    const message = `Unsupported parameter: '${old}' is not supported with this model. Use '${other}' instead.`;
    answer(
      response,
      JSON.stringify({ error: { message, param: old, code: 'unsupported_parameter' } }),
      {},
      400,
    );
  });
  const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
  const { status, body } = await askOf(lane, 'x', { max_tokens: 5 });
  expect(status).toBe(424);
  expect(body.toString()).toContain('is not supported with this model');
  expect(api.arrivals.length).toBeLessThan(20);
});

test('answers that cannot be kept are passed on all the same, and that is said once', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const log = recordingLog();
  const gateway = await bench({ openai: api.origin, log });
  const paths = newPaths();
  const kept = openJournal(paths);
  writeFileSync(paths.live, 'no directory');
  const lane = gateway.openEval('a', kept);
  for (const content of ['x', 'y']) expect((await askOf(lane, content)).status).toBe(200);
  expect(api.arrivals).toHaveLength(2);
  expect(lane.traffic()).toMatchObject({ sent: 2, retried: 0, tokensSent: { prompt: 18 } });
  expect(log.warnings).toEqual([expect.stringMatching(/^Answers of a cannot be recorded: E/)]);
  rmSync(paths.live);
  expect((await askOf(lane, 'z')).status).toBe(200);
  expect(kept.size, 'it is not tried again with each answer').toBe(0);
});

test('a question that is larger than any API takes is refused, in words', async () => {
  const api = await startStandInApi((_, response) => answer(response));
  const lane = (await bench({ openai: api.origin, largestBody: 1_000_000 })).openEval('a', undefined);
  const { status, body } = await askOf(lane, 'x'.repeat(10_000_000));
  expect(status).toBe(413);
  expect(body.toString()).toContain('larger than any API takes');
  expect((await askOf(lane, 'x'.repeat(999_000))).status).toBe(200);
  expect(api.arrivals).toHaveLength(1);
});

describe('what passes', () => {
  const EMBEDDINGS = '{"object":"list","data":[{"embedding":[0.5]}]}';
  const RESPONSE = '{"object":"response","status":"completed","output":[]}';

  test.each([
    ['POST', '/completions', '{"choices":[{"text":"x"}]}', 1],
    ['POST', '/embeddings?x=1&y=%20', EMBEDDINGS, 1],
    ['POST', '/responses', RESPONSE, 1],
    ['POST', '/threads', '{"id":"thread_1"}', 0],
    ['GET', '/models/gpt-4', CHAT, 0],
    ['PUT', '/files/f', CHAT, 0],
    ['PATCH', '/files/f', CHAT, 0],
    ['DELETE', '/files/f', CHAT, 0],
    ['HEAD', '/models', CHAT, 0],
  ])('%s %s', async (method, path, text, recorded) => {
    const api = await startStandInApi((_, response) => answer(response, text, { 'x-request-id': 'r-1' }));
    const kept = openJournal();
    const lane = (await bench({ openai: api.origin })).openEval('a', kept);
    const body = ['GET', 'HEAD', 'DELETE'].includes(method) ? null : '{"ü": 1}';
    const headers = { authorization: 'Bearer sk-test', 'openai-organization': 'org' };
    const response = await fetch(`${lane.env.OPENAI_BASE_URL}${path}`, { method, body, headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(await response.text()).toBe(method === 'HEAD' ? '' : text);
    expect(api.arrivals[0]).toMatchObject({ method, path, headers });
    expect(api.arrivals[0]?.body.toString()).toBe(body ?? '');
    expect(kept.size).toBe(recorded);
  });

  test('but not what is of one connection alone', async () => {
    const hop = {
      connection: 'close, X-Hop',
      'x-hop': '1',
      'proxy-authorization': 'Basic eA==',
      te: 'trailers',
    };
    const api = await startStandInApi((_, response) => answer(response, CHAT, hop));
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    const { headers } = await post(`${lane.env.OPENAI_BASE_URL}/chat/completions`, question('x'), hop);
    for (const passed of [api.arrivals[0]?.headers, headers]) {
      expect(Object.keys(passed ?? {})).not.toContain('x-hop');
      expect(Object.keys(passed ?? {})).not.toContain('proxy-authorization');
      expect(Object.keys(passed ?? {})).not.toContain('te');
    }
    expect(api.arrivals[0]?.headers.host).toBe(new URL(api.origin).host);
  });

  test('through few connections, there and here', async () => {
    const ports = new Set<number | undefined>();
    const api = await startStandInApi((_, response) => {
      ports.add(response.socket?.remotePort);
      answer(response);
    });
    const lane = (await bench({ openai: api.origin })).openEval('a', undefined);
    const { host, pathname } = new URL(lane.env.OPENAI_BASE_URL ?? '');
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    for (let n = 1; n <= 5; n += 1) {
      const body = question(String(n));
      socket.write(
        `POST ${pathname}/chat/completions HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      await vi.waitFor(() => expect(text.split('HTTP/1.1 200 OK')).toHaveLength(n + 1));
    }
    expect(api.arrivals).toHaveLength(5);
    expect([...ports]).toHaveLength(1);
    // A client that is silent for minutes finds its connection as it was.
    expect(Number(/^Keep-Alive: timeout=(\d+)/m.exec(text)?.[1])).toBeGreaterThan(240);
  });

  test.each([1, 8])(
    'of equal questions each gets its own answer, and the same again, %i at a time',
    async (most) => {
      const api = await startStandInApi(({ n }, response) =>
        answer(response, JSON.stringify(chat(`no. ${n}`))),
      );
      const gateway = await bench({ openai: api.origin, maxRequestsInFlight: most });
      const lane = gateway.openEval('a', openJournal());
      const ask = async () => {
        const all = await Promise.all(
          Array.from({ length: 20 }, () => askOf(lane, 'vote', { temperature: 1, n: 1 })),
        );
        return all.map(({ body }) => JSON.parse(body.toString()).choices[0].message.content).sort();
      };
      const first = await ask();
      expect(new Set(first).size).toBe(20);
      lane.restart();
      expect(await ask()).toEqual(first);
      expect(api.arrivals).toHaveLength(20);
    },
  );
});

describe('one limit for all evals', () => {
  test('an eval with a long queue does not keep another one waiting', async () => {
    const { api, letGo } = await holding();
    const gateway = await bench({ openai: api.origin, maxRequestsInFlight: 4 });
    const [a, b] = [gateway.openEval('a', undefined), gateway.openEval('b', undefined)];
    const queued = untilAtGateway(a, 200);
    const many = Array.from({ length: 200 }, (_, i) => askOf(a, `a${i}`));
    await Promise.all([queued, api.untilArrived(4)]);
    const alsoQueued = untilAtGateway(b, 1);
    const one = askOf(b, 'b');
    await alsoQueued;
    expect(api.arrivals).toHaveLength(4);
    letGo();
    expect((await one).status).toBe(200);
    await Promise.all(many);
    const order = api.arrivals.map(contentOf);
    expect(order).toHaveLength(201);
    // Four were on their way. Then the evals take turns; connections may deliver what was sent together in any order.
    expect(order.indexOf('b')).toBeGreaterThanOrEqual(4);
    expect(order.indexOf('b')).toBeLessThan(4 + 2 + 4);
  });

  test('is reached and never exceeded, also where requests are repeated', async () => {
    const LIMIT = 3;
    let inFlight = 0;
    let most = 0;
    let letGo = (): void => {};
    const full = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const api = await startStandInApi(async ({ n }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      if (inFlight === LIMIT) letGo();
      await full;
      // Long enough for one too many to arrive.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      inFlight -= 1;
      if (n % 7 === 0) response.destroy();
      else if (n % 5 === 0) answer(response, '{"error":{"message":"The server had an error"}}', {}, 500);
      else answer(response);
    });
    const gateway = await bench({
      openai: api.origin,
      maxRequestsInFlight: LIMIT,
      retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 2, maxAttempts: 50 },
    });
    const lanes = ['a', 'b'].map((name) => gateway.openEval(name, undefined));
    const all = lanes.flatMap((lane) => Array.from({ length: 30 }, (_, i) => askOf(lane, `${i}`)));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(most).toBe(LIMIT);
    expect(api.arrivals.length).toBeGreaterThan(60);
  });
});

// ----------------------------------------------------------------------------------------------------- contents

/** Bytes that no compression makes shorter, the same for the same seed. */
function noise(size: number, seed: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The files of a journal, live and sealed. */
function segments(paths: StatePaths): string[] {
  return readdirSync(paths.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const journalText = (paths: StatePaths): string =>
  segments(paths)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
