import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decoded, MAX_DECODED_BYTES } from '../../../../src/gateway/upstream/content-encoding.ts';

const TEXT = JSON.stringify({ content: 'ü😀 語'.repeat(50) });
const plain = Buffer.from(TEXT);

const textOf = async (...given: Parameters<typeof decoded>) => (await decoded(...given))?.toString();

describe('content encoding: undone is', () => {
  test.each<[string, string | string[] | undefined, Buffer]>([
    ['none', undefined, plain],
    ['an empty header', '', plain],
    ['identity', 'identity', plain],
    ['gzip', 'gzip', gzipSync(plain)],
    ['gzip in capitals', 'GZip', gzipSync(plain)],
    ['x-gzip', 'x-gzip', gzipSync(plain)],
    ['gzip of two members', 'gzip', Buffer.concat([gzipSync(TEXT.slice(0, 40)), gzipSync(TEXT.slice(40))])],
    ['deflate', 'deflate', deflateSync(plain)],
    ['deflate without the head of zlib', 'deflate', deflateRawSync(plain)],
    ['br', 'br', brotliCompressSync(plain)],
    ['zstd', 'zstd', zstdCompressSync(plain)],
    [
      'zstd of two frames',
      'zstd',
      Buffer.concat([zstdCompressSync(TEXT.slice(0, 40)), zstdCompressSync(TEXT.slice(40))]),
    ],
    ['a chain in one header', 'gzip, br', brotliCompressSync(gzipSync(plain))],
    ['a chain in two headers', ['gzip', 'br'], brotliCompressSync(gzipSync(plain))],
    ['a chain with gaps', [' gzip ,', ', identity'], gzipSync(plain)],
    ['a character set by mistake', 'utf-8', plain],
    ['a character set by mistake, and gzip', ['UTF-8', 'gzip'], gzipSync(plain)],
  ])('%s', async (_, encoding, body) => {
    expect(await textOf(body, encoding)).toBe(TEXT);
  });
});

test('content encoding: no body at all is none, whatever the header says', async () => {
  expect(await decoded(Buffer.alloc(0), 'gzip')).toEqual(Buffer.alloc(0));
});

describe('content encoding: not undone is', () => {
  test.each<[string, string | string[], Buffer]>([
    ['an unknown encoding', 'x-snappy', plain],
    ['the name of a property of every object', 'constructor', plain],
    ['what is not what it says', 'gzip', plain],
    ['what breaks off', 'gzip', gzipSync(plain).subarray(0, -9)],
    ['what was packed once and is said to be twice', ['gzip', 'gzip'], gzipSync(plain)],
    ['more encodings than a server has a reason for', Array(6).fill('gzip'), plain],
  ])('%s', async (_, encoding, body) => {
    expect(await decoded(body, encoding)).toBeUndefined();
  });
});

describe('content encoding: a body that unpacks beyond the bound', () => {
  const zeros = Buffer.alloc(1_000_000);

  test.each<[string, (body: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (body) => brotliCompressSync(body)],
    ['zstd', zstdCompressSync],
  ])('%s stops at it', async (encoding, pack) => {
    const packed = pack(zeros);
    expect(packed.length).toBeLessThan(2000);
    expect((await decoded(packed, encoding, zeros.length))?.equals(zeros)).toBe(true);
    expect(await decoded(packed, encoding, zeros.length - 1)).toBeUndefined();
  });

  test('several frames of zstd stop at it together', async () => {
    const frame = zstdCompressSync(zeros);
    const packed = Buffer.concat([frame, frame]);
    expect(await decoded(packed, 'zstd', 2 * zeros.length - 1)).toBeUndefined();
    expect((await decoded(packed, 'zstd', 2 * zeros.length))?.length).toBe(2 * zeros.length);
  });

  test('raw deflate stops at it', async () => {
    expect(await decoded(deflateRawSync(zeros), 'deflate', 1000)).toBeUndefined();
  });

  test('each step of a chain stops at it', async () => {
    const twice = gzipSync(gzipSync(zeros));
    expect(await decoded(twice, ['gzip', 'gzip'], zeros.length - 1)).toBeUndefined();
    expect((await decoded(twice, ['gzip', 'gzip'], zeros.length))?.length).toBe(zeros.length);
  });

  test('is refused without a bound of the caller, too', async () => {
    // A few hundred kilobytes, as an attacker would send them.
    const packed = zstdCompressSync(Buffer.alloc(MAX_DECODED_BYTES + 1));
    expect(packed.length).toBeLessThan(100_000);
    expect(await decoded(packed, 'zstd')).toBeUndefined();
  });
});
