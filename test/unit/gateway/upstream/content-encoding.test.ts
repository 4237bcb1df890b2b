import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decoded, MAX_DECODED_BYTES } from '../../../../src/gateway/upstream/content-encoding.ts';

const TEXT = JSON.stringify({ content: 'ü😀 語'.repeat(50) });
const plain = Buffer.from(TEXT);

const textOf = async (...given: Parameters<typeof decoded>) => (await decoded(...given))?.toString();

describe('content encoding: decodes', () => {
  test.each<[string, string | string[] | undefined, Buffer]>([
    ['a body without the header', undefined, plain],
    ['a body with an empty header', '', plain],
    ['identity', 'identity', plain],
    ['gzip', 'gzip', gzipSync(plain)],
    ['gzip in capitals', 'GZip', gzipSync(plain)],
    ['x-gzip', 'x-gzip', gzipSync(plain)],
    ['gzip of two members', 'gzip', Buffer.concat([gzipSync(TEXT.slice(0, 40)), gzipSync(TEXT.slice(40))])],
    ['deflate', 'deflate', deflateSync(plain)],
    ['deflate without the zlib header', 'deflate', deflateRawSync(plain)],
    ['br', 'br', brotliCompressSync(plain)],
    ['zstd', 'zstd', zstdCompressSync(plain)],
    [
      'zstd of two frames',
      'zstd',
      Buffer.concat([zstdCompressSync(TEXT.slice(0, 40)), zstdCompressSync(TEXT.slice(40))]),
    ],
    ['several encodings in one header', 'gzip, br', brotliCompressSync(gzipSync(plain))],
    ['several encodings in two headers', ['gzip', 'br'], brotliCompressSync(gzipSync(plain))],
    ['a list with empty elements', [' gzip ,', ', identity'], gzipSync(plain)],
    ['a body whose encoding is a character set by mistake', 'utf-8', plain],
    ['gzip next to a character set by mistake', ['UTF-8', 'gzip'], gzipSync(plain)],
  ])('%s', async (_, encoding, body) => {
    expect(await textOf(body, encoding)).toBe(TEXT);
  });
});

test('content encoding: an empty body stays empty, whatever the header says', async () => {
  expect(await decoded(Buffer.alloc(0), 'gzip')).toEqual(Buffer.alloc(0));
});

describe('content encoding: does not decode', () => {
  test.each<[string, string | string[], Buffer]>([
    ['an unknown encoding', 'x-snappy', plain],
    ['an encoding named like an inherited property', 'constructor', plain],
    ['a body that does not match its encoding', 'gzip', plain],
    ['a truncated body', 'gzip', gzipSync(plain).subarray(0, -9)],
    ['a body with one of two named encodings', ['gzip', 'gzip'], gzipSync(plain)],
    ['more than five encodings', Array(6).fill('gzip'), plain],
  ])('%s', async (_, encoding, body) => {
    expect(await decoded(body, encoding)).toBeUndefined();
  });
});

describe('content encoding: the bound on decoded bytes', () => {
  const zeros = Buffer.alloc(1_000_000);

  test.each<[string, (body: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (body) => brotliCompressSync(body)],
    ['zstd', zstdCompressSync],
  ])('stops %s', async (encoding, pack) => {
    const packed = pack(zeros);
    expect(packed.length).toBeLessThan(2000);
    expect((await decoded(packed, encoding, zeros.length))?.equals(zeros)).toBe(true);
    expect(await decoded(packed, encoding, zeros.length - 1)).toBeUndefined();
  });

  test('stops several zstd frames that exceed it together', async () => {
    const frame = zstdCompressSync(zeros);
    const packed = Buffer.concat([frame, frame]);
    expect(await decoded(packed, 'zstd', 2 * zeros.length - 1)).toBeUndefined();
    expect((await decoded(packed, 'zstd', 2 * zeros.length))?.length).toBe(2 * zeros.length);
  });

  test('stops raw deflate', async () => {
    expect(await decoded(deflateRawSync(zeros), 'deflate', 1000)).toBeUndefined();
  });

  test('stops each of several encodings', async () => {
    const twice = gzipSync(gzipSync(zeros));
    expect(await decoded(twice, ['gzip', 'gzip'], zeros.length - 1)).toBeUndefined();
    expect((await decoded(twice, ['gzip', 'gzip'], zeros.length))?.length).toBe(zeros.length);
  });

  test('has a default', async () => {
    // Less than 100 kB, as an attacker would send it.
    const packed = zstdCompressSync(Buffer.alloc(MAX_DECODED_BYTES + 1));
    expect(packed.length).toBeLessThan(100_000);
    expect(await decoded(packed, 'zstd')).toBeUndefined();
  });
});
