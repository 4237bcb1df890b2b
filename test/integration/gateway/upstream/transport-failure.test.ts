/** How errors of the transport are explained. Each comes from a real socket. */
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { transportFailure } from '../../../../src/gateway/upstream/transport-failure.ts';
import { ask, type Certificate, listening, makeCa, startApi } from '../../../helpers/network.ts';

const failureOf = (...asked: Parameters<typeof ask>) =>
  ask(...asked).then(
    () => undefined,
    (error: unknown) => transportFailure(error),
  );

/** A server of raw bytes. */
async function startRaw(answer: string | Buffer | 'hang up' | 'silence'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('data', () => {
      if (answer === 'hang up') socket.destroy();
      else if (answer !== 'silence') socket.end(answer);
    });
  });
  return `127.0.0.1:${(await listening(server)).port}`;
}

/** The alert that OpenSSL sends to a client that does not speak TLS. */
const TLS_ALERT = Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]);

describe('transport failure: permanent is', () => {
  test('https to a port that speaks http', async () => {
    const api = await startApi();
    expect(await failureOf(`https://127.0.0.1:${api.port}`)).toMatchObject({
      permanent: true,
      why: expect.stringContaining('does not speak TLS on this port'),
      advice: expect.stringContaining('OPENAI_BASE_URL'),
    });
  });

  test('http to a port that speaks TLS', async () => {
    expect(await failureOf(`http://${await startRaw(TLS_ALERT)}`)).toMatchObject({
      permanent: true,
      why: expect.stringContaining('does not speak HTTP on this port'),
      advice: expect.stringContaining('OPENAI_BASE_URL'),
    });
  });

  test('http to a port that speaks something else', async () => {
    expect(await failureOf(`http://${await startRaw('SSH-2.0-OpenSSH_9.6\r\n')}`)).toMatchObject({
      permanent: true,
    });
  });

  test('a server with TLS 1.1 at most', async () => {
    const ca = makeCa();
    const tls: Certificate = {
      ...ca.server(),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    };
    const api = await startApi(undefined, { tls });
    expect(await failureOf(api.origin, { env: { SSL_CERT_FILE: ca.file } })).toMatchObject({
      permanent: true,
      why: expect.stringContaining('no version or cipher of TLS in common'),
    });
  });

  test('a host name that does not exist', async () => {
    expect(await failureOf('http://no-such-host.invalid/v1')).toMatchObject({
      permanent: true,
      why: 'the host name does not exist: no-such-host.invalid (ENOTFOUND)',
      advice: expect.stringContaining('OPENAI_BASE_URL'),
    });
  });

  test('a scheme that is neither http nor https', async () => {
    expect(await failureOf('ftp://127.0.0.1/v1')).toMatchObject({ permanent: true });
  });

  test('a header with a line break, and its value is not shown', async () => {
    const failure = await failureOf('http://127.0.0.1:9', {
      headers: { authorization: 'Bearer sk-secret\nx' },
    });
    expect(failure).toMatchObject({
      permanent: true,
      why: expect.stringContaining('the header authorization'),
      advice: expect.stringContaining('API key'),
    });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });
});

describe('transport failure: not permanent is', () => {
  test('a port on which nothing listens', async () => {
    expect(await failureOf('http://127.0.0.1:9')).toEqual({
      permanent: false,
      why: 'the connection was refused: nothing listens on that port: 127.0.0.1:9 (ECONNREFUSED)',
      code: 'ECONNREFUSED',
    });
  });

  test('a server that hangs up', async () => {
    expect(await failureOf(`http://${await startRaw('hang up')}`)).toMatchObject({
      permanent: false,
      why: expect.stringContaining('closed the connection'),
    });
  });

  test('a server that hangs up in the handshake', async () => {
    expect(await failureOf(`https://${await startRaw('hang up')}`)).toMatchObject({ permanent: false });
  });

  test.each([
    ['http', { connectMs: 5000, idleMs: 200 }, /did not start to respond in time/],
    ['https', { connectMs: 200, idleMs: 5000 }, /connection was not established in time/],
  ])('a server that is silent (%s)', async (scheme, timeouts, why) => {
    expect(await failureOf(`${scheme}://${await startRaw('silence')}`, { timeouts })).toMatchObject({
      permanent: false,
      why: expect.stringMatching(why),
    });
  });

  test('a response that breaks off', async () => {
    const cut = 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"choices"';
    expect(await failureOf(`http://${await startRaw(cut)}`)).toMatchObject({ permanent: false });
  });

  test('a response with a broken header', async () => {
    expect(await failureOf(`http://${await startRaw('HTTP/1.1 200 OK\r\nbroken\r\n\r\n')}`)).toMatchObject({
      permanent: false,
    });
  });

  test('a name server that does not respond', () => {
    const error = Object.assign(new Error('getaddrinfo EAI_AGAIN api.example'), {
      code: 'EAI_AGAIN',
      hostname: 'api.example',
    });
    expect(transportFailure(error)).toEqual({
      permanent: false,
      why: 'the host name could not be looked up: the name server did not respond: api.example (EAI_AGAIN)',
      code: 'EAI_AGAIN',
    });
  });
});

describe('transport failure after a success:', () => {
  test.each(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    '%s is not permanent',
    (code) => {
      const error = Object.assign(new Error('one bad machine'), { code });
      expect(transportFailure(error)).toMatchObject({ permanent: true });
      expect(transportFailure(error, true)).toMatchObject({ permanent: false, advice: expect.any(String) });
    },
  );

  test('a request that cannot be sent is permanent', async () => {
    const sent = ask('http://127.0.0.1:9', { headers: { authorization: 'Bearer a\nb' } });
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(transportFailure(error, true)).toMatchObject({ permanent: true });
  });
});

describe('transport failure of anything thrown:', () => {
  test('the first known cause is reported', () => {
    const expired = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
    expect(transportFailure(new Error('fetch failed', { cause: expired }))).toMatchObject({
      permanent: true,
    });
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '::1', port: 9 });
    expect(transportFailure(new AggregateError([refused], ''))).toEqual({
      permanent: false,
      why: 'the connection was refused: nothing listens on that port: ::1:9 (ECONNREFUSED)',
      code: 'ECONNREFUSED',
    });
  });

  test.each([
    ['an unknown error', new Error('odd\nthing'), 'odd thing'],
    ['a text', 'odd', 'odd'],
    ['nothing', undefined, 'undefined'],
  ])('%s is not permanent', (_, error, why) => {
    expect(transportFailure(error)).toEqual({ permanent: false, why });
  });

  test('a circle of causes ends', () => {
    const error = new Error('odd');
    error.cause = error;
    expect(transportFailure(error)).toEqual({ permanent: false, why: 'odd' });
  });
});
