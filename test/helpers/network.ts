/** Servers on the loopback interface for tests of the way to the model API: an API and proxies of each kind. */
import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type RequestListener,
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
import { onTestFinished } from 'vitest';
import {
  openUpstream,
  type UpstreamOptions,
  type UpstreamTimeouts,
} from '../../src/gateway/upstream/upstream.ts';
import type { Certificate } from './certificates.ts';

export { type Certificate, makeCa } from './certificates.ts';

/** A request as the API received it. */
export interface Arrival {
  /** 1 for the first request. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ScriptedApi {
  readonly origin: string;
  readonly port: number;
  readonly server: Server;
  readonly arrivals: readonly Arrival[];
  untilArrived(count: number): Promise<void>;
}

export type Script = (arrival: Arrival, response: ServerResponse) => unknown;

/** The response of an API without a script. */
export const ANSWER = '{"choices":[{"message":{"role":"assistant","content":"Hi"}}]}';

const sendsAnswer: Script = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(ANSWER);
};

/** A stand-in for the model API whose responses the test writes, down to the bytes of the socket. */
export async function startApi(
  script: Script = sendsAnswer,
  { tls, host = '127.0.0.1' }: { tls?: Certificate | undefined; host?: string } = {},
): Promise<ScriptedApi> {
  const arrivals: Arrival[] = [];
  const changed = new EventEmitter().setMaxListeners(0);
  const server = httpServer(async (request, response) => {
    const body = await bodyOf(request);
    const { method = '', url: path = '', headers } = request;
    const arrival = { n: arrivals.length + 1, method, path, headers, body, at: Date.now() };
    arrivals.push(arrival);
    changed.emit('arrival');
    await script(arrival, response);
  }, tls);
  const { port } = await listening(server, host);
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    origin: `${tls ? 'https' : 'http'}://${name}:${port}`,
    port,
    server,
    arrivals,
    async untilArrived(count) {
      while (arrivals.length < count) await once(changed, 'arrival');
    },
  };
}

/** A forward proxy: CONNECT for https, absolute URIs for http. */
export async function startProxy({ tls, refuse }: { tls?: Certificate; refuse?: number } = {}) {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = httpServer(async (request, response) => {
    forwarded.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const body = await bodyOf(request);
    if (refuse) return void response.writeHead(refuse).end();
    const onward = plainRequest(request.url ?? '', { method: request.method ?? 'GET', headers });
    onward.once('response', (answer) => relay(answer, response)).end(body);
  }, tls);
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnels.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    if (refuse) return void socket.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
    const { hostname, port } = new URL(`tcp://${request.url}`);
    joinSockets(socket, hostname, Number(port), head, () =>
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
    );
  });
  const { port } = await listening(server);
  const host = `127.0.0.1:${port}`;
  return { host, url: `${tls ? 'https' : 'http'}://${host}`, tunnels, forwarded, authorizations };
}

/** Passes each request to a server on this machine, as a reverse proxy does. */
export function reverseProxyTo(port: number): RequestListener {
  return async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await bodyOf(request);
    const onward = plainRequest({ host: '127.0.0.1', port, method, path: url, headers });
    onward.once('response', (answer) => relay(answer, response)).end(body);
  };
}

function relay(from: IncomingMessage, to: ServerResponse): void {
  to.writeHead(from.statusCode ?? 502, from.headers);
  from.pipe(to);
}

/** A SOCKS5 proxy (RFC 1928). With `login` it requires this user name and password (RFC 1929). */
export async function startSocksProxy(login?: { username: string; password: string }) {
  const connections: string[] = [];
  const server = createTcpServer(async (socket) => {
    const next = reader(socket);
    const [, methods = 0] = await next(2);
    await next(methods);
    socket.write(Buffer.from([5, login ? 2 : 0]));
    if (login) {
      const username = (await next((await next(2))[1] ?? 0)).toString();
      const password = (await next((await next(1))[0] ?? 0)).toString();
      const right = username === login.username && password === login.password;
      socket.write(Buffer.from([1, right ? 0 : 1]));
      if (!right) return;
    }
    const [, , , kind] = await next(4);
    const host = kind === 1 ? (await next(4)).join('.') : (await next((await next(1))[0] ?? 0)).toString();
    const port = (await next(2)).readUInt16BE(0);
    connections.push(`${host}:${port}`);
    joinSockets(socket, host, port, Buffer.alloc(0), () =>
      socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])),
    );
  });
  const { port } = await listening(server);
  return { host: `127.0.0.1:${port}`, connections };
}

/** Returns a function that reads exactly `size` bytes from the socket. */
function reader(socket: Socket): (size: number) => Promise<Buffer> {
  return async (size) => {
    for (;;) {
      const chunk: Buffer | null = size === 0 ? Buffer.alloc(0) : socket.read(size);
      if (chunk) return chunk;
      await once(socket, 'readable');
    }
  };
}

function joinSockets(socket: Socket, host: string, port: number, head: Buffer, connected: () => void): void {
  const onward = connect(port, host, () => {
    connected();
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  for (const end of [socket, onward]) {
    end.on('error', () => {
      socket.destroy();
      onward.destroy();
    });
  }
}

function httpServer(listener: RequestListener, tls: Certificate | undefined): Server {
  return tls ? createTlsServer(tls, listener) : createServer(listener);
}

/** The whole body of a message, without decoding. */
export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Listens until the test ends, and then closes every connection, tunnels included. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<AddressInfo> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return server.address() as AddressInfo;
}

export interface AskOptions extends UpstreamOptions {
  readonly timeouts?: UpstreamTimeouts;
  readonly env?: NodeJS.ProcessEnv;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request as the gateway does, and reads the response. */
export async function ask(
  url: string | URL,
  {
    env = {},
    timeouts = { connectMs: 2000, idleMs: 5000 },
    method,
    headers,
    body,
    ...options
  }: AskOptions = {},
) {
  const upstream = openUpstream(env, timeouts, options);
  onTestFinished(() => upstream.close());
  const response = await upstream.send({
    method: method ?? 'POST',
    url: new URL(url),
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
    body: Buffer.from(body ?? '{"model":"m"}'),
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return { status: response.status, headers: response.headers, body: Buffer.concat(chunks).toString() };
}
