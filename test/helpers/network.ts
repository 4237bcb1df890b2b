/** Servers on the loopback for tests of the way to the model API: an API, proxies of each kind, and certificates. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
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
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import {
  openUpstream,
  type UpstreamOptions,
  type UpstreamTimeouts,
} from '../../src/gateway/upstream/upstream.ts';
import { temporaryDirectory } from './builders.ts';

export interface Certificate extends Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'> {
  readonly key: string;
  readonly cert: string;
}

/** A request as a server saw it. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiServer {
  readonly origin: string;
  readonly port: number;
  readonly arrivals: readonly Arrival[];
}

export type Script = (arrival: Arrival, response: ServerResponse) => unknown;

/** What the API answers where a test does not say. */
export const ANSWER = '{"choices":[{"message":{"role":"assistant","content":"Hi"}}]}';

const sendsAnswer: Script = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(ANSWER);
};

/** An API that answers each request as the test says. */
export async function startApi(
  script: Script = sendsAnswer,
  { tls, host = '127.0.0.1' }: { tls?: Certificate; host?: string } = {},
): Promise<ApiServer> {
  const arrivals: Arrival[] = [];
  const server = httpServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const arrival = { method, path, headers, body: await textOf(request) };
    arrivals.push(arrival);
    await script(arrival, response);
  }, tls);
  const { port } = await listening(server, host);
  const name = host.includes(':') ? `[${host}]` : host;
  return { origin: `${tls ? 'https' : 'http'}://${name}:${port}`, port, arrivals };
}

/** A company's forward proxy: CONNECT for https, absolute URIs for http. */
export async function startProxy({ tls, refuse }: { tls?: Certificate; refuse?: number } = {}) {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = httpServer(async (request, response) => {
    forwarded.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const body = await textOf(request);
    if (refuse) return void response.writeHead(refuse).end();
    const onward = plainRequest(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end(body);
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

/** Passes each request on to a server of this machine, as a web server in front of it does. */
export function reverseProxyTo(port: number): RequestListener {
  return async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = await textOf(request);
    const onward = plainRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end(body);
  };
}

/** A SOCKS5 proxy (RFC 1928) that asks for a user name and a password (RFC 1929) when it is given one. */
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

/** Reads exactly as many bytes as it is asked for, each time. */
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

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Listens until the test ends; then every connection is dropped, tunnels included. */
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

export interface CertificateOptions {
  readonly names?: string;
  /** Negative: it has expired. */
  readonly days?: number;
}

/** A private CA, with the certificates that it signs; made now, since no private key belongs into a repository. */
export function makeCa(name = 'Private CA of a test') {
  const folder = temporaryDirectory();
  const run = (...args: string[]) => openssl(folder, args);
  const key = (file: string) =>
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  key('ca.key');
  run('req', '-x509', '-new', '-key', 'ca.key', '-days', '2', '-subj', `/CN=${name}`, '-out', 'ca.pem');
  let count = 0;
  const sign = (subject: string, extensions: string, days: number): string => {
    const file = `signed-${++count}`;
    writeFileSync(join(folder, `${file}.ext`), extensions);
    key(`${file}.key`);
    run('req', '-new', '-key', `${file}.key`, '-subj', subject, '-out', `${file}.csr`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(count), '-extfile', `${file}.ext`];
    run('x509', '-req', '-in', `${file}.csr`, ...by, '-days', String(days), '-out', `${file}.pem`);
    return file;
  };
  return {
    folder,
    /** The PEM file of the CA. */
    file: join(folder, 'ca.pem'),
    /** A certificate for servers, by default one for 127.0.0.1 that is valid. */
    server({ names = 'IP:127.0.0.1', days = 2 }: CertificateOptions = {}): Certificate {
      const file = sign('/CN=server', `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`, days);
      return { key: read(`${file}.key`), cert: read(`${file}.pem`) };
    },
    /** A directory with the CA, named as OpenSSL looks it up. */
    hashedDirectory(): string {
      const directory = temporaryDirectory();
      const hash = openssl(folder, ['x509', '-in', 'ca.pem', '-noout', '-hash']).trim();
      writeFileSync(join(directory, `${hash}.0`), read('ca.pem'));
      return directory;
    },
  };
}

function openssl(cwd: string, args: readonly string[]): string {
  try {
    return execFileSync('openssl', args, { cwd, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      missing
        ? 'This test makes certificates with the command openssl, which is not on this machine. Install OpenSSL.'
        : `openssl ${args[0]} failed: ${String((error as { stderr?: string }).stderr)}`,
    );
  }
}

export interface AskOptions extends UpstreamOptions {
  readonly timeouts?: UpstreamTimeouts;
  readonly env?: NodeJS.ProcessEnv;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request as the gateway does, and reads the answer. */
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
