/** Which CAs the gateway trusts: real TLS servers with certificates of a private CA. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { transportFailure } from '../../../../src/gateway/upstream/transport-failure.ts';
import { temporaryDirectory } from '../../../helpers/builders.ts';
import { ANSWER, ask, makeCa, startApi } from '../../../helpers/network.ts';
import { has } from '../../../helpers/requires.ts';

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => transportFailure(error),
  );

/** For settings that are all valid. */
const noNotice = (message: string) => expect.unreachable(message);

describe('certificates: a private CA is trusted when it is', () => {
  test.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'])(
    'named in %s as a file',
    async (variable) => {
      const ca = makeCa();
      const api = await startApi(undefined, { tls: ca.server() });
      const { body } = await ask(api.origin, { env: { [variable]: ca.file }, notice: noNotice });
      expect(body).toBe(ANSWER);
    },
  );

  test.each(['SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])(
    'in the directory that %s names, under the hash of its subject',
    async (variable) => {
      const ca = makeCa();
      const api = await startApi(undefined, { tls: ca.server() });
      const env = { [variable]: ca.hashedDirectory() };
      expect((await ask(api.origin, { env, notice: noNotice })).body).toBe(ANSWER);
    },
  );

  test('in the second directory of SSL_CERT_DIR', async () => {
    const [first, second] = [makeCa('First'), makeCa('Second')];
    const api = await startApi(undefined, { tls: second.server() });
    const env = { SSL_CERT_DIR: `${first.hashedDirectory()}:${second.hashedDirectory()}` };
    expect((await ask(api.origin, { env, notice: noNotice })).body).toBe(ANSWER);
  });

  test('the second of a bundle with comments and a broken certificate', async () => {
    const [first, second] = [makeCa('First'), makeCa('Second')];
    const file = join(temporaryDirectory(), 'bundle.pem');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    writeFileSync(
      file,
      `# First\n${readFileSync(first.file)}\n${broken}# Second\n${readFileSync(second.file)}`,
    );
    const api = await startApi(undefined, { tls: second.server() });
    expect((await ask(api.origin, { env: { SSL_CERT_FILE: file }, notice: noNotice })).body).toBe(ANSWER);
  });

  test('absent, but SSL_CERT_FILE names the certificate of the server itself', async () => {
    const certificate = makeCa().server();
    const api = await startApi(undefined, { tls: certificate });
    const file = join(temporaryDirectory(), 'server.pem');
    writeFileSync(file, certificate.cert);
    expect((await ask(api.origin, { env: { SSL_CERT_FILE: file }, notice: noNotice })).body).toBe(ANSWER);
  });

  test('named in one variable while the file of another cannot be read', async () => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server() });
    const notices: string[] = [];
    const env = { SSL_CERT_FILE: '/nowhere/ca.pem', REQUESTS_CA_BUNDLE: ca.file };
    const { body } = await ask(api.origin, { env, notice: (message) => notices.push(message) });
    expect(body).toBe(ANSWER);
    expect(notices).toEqual([
      expect.stringMatching(
        /^The environment variable SSL_CERT_FILE is ignored: "\/nowhere\/ca.pem" cannot be read: ENOENT/,
      ),
    ]);
  });
});

test('certificates: none is read for an API over http', async () => {
  const api = await startApi();
  const env = { SSL_CERT_FILE: '/nowhere/ca.pem' };
  expect((await ask(api.origin, { env, notice: noNotice })).body).toBe(ANSWER);
});

describe('certificates: the trust store of the machine:', () => {
  /** Runs in a mount namespace of its own, in which the directory is the machine's /etc/ssl. */
  test.runIf(has('mount')).each([
    ['the bundle of Debian', 'certs/ca-certificates.crt'],
    ['the bundle of Alpine and Red Hat', 'cert.pem'],
  ])('%s is trusted without any variable', async (_, bundle) => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server() });
    const ssl = temporaryDirectory();
    mkdirSync(join(ssl, 'certs'));
    copyFileSync(ca.file, join(ssl, bundle));
    const program = `
      import { openUpstream } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/gateway/upstream/upstream.ts'))};
      const upstream = openUpstream({}, undefined, { notice: console.log });
      const url = new URL(${JSON.stringify(api.origin)});
      const { status } = await upstream.send({ method: 'POST', url, headers: {}, body: Buffer.alloc(0) });
      console.log(status);
      await upstream.close();`;
    const { SSL_CERT_FILE: _file, SSL_CERT_DIR: _directory, ...env } = process.env;
    const script = 'mount --bind "$1" /etc/ssl && exec "$2" --input-type=module --eval "$3"';
    const { stdout, stderr } = await promisify(execFile)(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', ssl, process.execPath, program],
      { env },
    );
    expect({ stdout, stderr }).toMatchObject({ stdout: '200\n' });
  });
});

describe('certificates: permanent is the failure of a certificate', () => {
  test.each([
    [
      'of an unknown CA',
      {},
      false,
      /is not trusted: no CA that this machine knows signed it/,
      /SSL_CERT_FILE or NODE_EXTRA_CA_CERTS/,
    ],
    ['that has expired', { days: -1 }, true, /has expired/, /Renew/],
    [
      'for another host',
      { names: 'DNS:other.example' },
      true,
      /is for another host name.*127\.0\.0\.1/,
      /host name/,
    ],
  ])('%s', async (_, options, trusted, why, advice) => {
    const ca = makeCa();
    const api = await startApi(undefined, { tls: ca.server(options) });
    const failure = await failureOf(ask(api.origin, { env: trusted ? { SSL_CERT_FILE: ca.file } : {} }));
    expect(failure).toMatchObject({
      permanent: true,
      why: expect.stringMatching(why),
      advice: expect.stringMatching(advice),
    });
    expect(api.arrivals).toEqual([]);
  });
});
