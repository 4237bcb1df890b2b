import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import {
  CHUNK,
  openingStream,
  PREFIX,
  SealBroken,
  type StreamKey,
  sealingStream,
  TAG,
} from '../../../../src/checkpoint/trust/sealed-stream.ts';

const streamKey: StreamKey = {
  key: randomBytes(32),
  prefix: randomBytes(PREFIX),
  names: Buffer.from('entry-1'),
};

/** In pieces of odd sizes, as a pipe delivers them. */
async function through(stream: ReturnType<typeof sealingStream>, bytes: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 100_003) pieces.push(bytes.subarray(at, at + 100_003));
  return buffer(Readable.from(pieces, { objectMode: false }).compose(stream));
}

const seal = (plain: Buffer, key = streamKey) => through(sealingStream(key), plain);
const open = (sealed: Buffer, key = streamKey) => through(openingStream(key), sealed);

const SEALED = CHUNK + TAG;

describe('sealed stream', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])(
    'sealed stream: one of %i bytes opens as it was',
    async (size) => {
      const plain = randomBytes(size);
      const sealed = await seal(plain);
      expect(sealed.length).toBe(size + TAG * Math.max(1, Math.ceil(size / CHUNK)));
      expect((await open(sealed)).equals(plain)).toBe(true);
    },
  );

  test('sealed stream: two prefixes give two different streams', async () => {
    const plain = Buffer.alloc(100);
    const other = await seal(plain, { ...streamKey, prefix: randomBytes(PREFIX) });
    expect((await seal(plain)).equals(other)).toBe(false);
  });

  const [first, second, third] = [0, 1, 2].map(
    (n) => (all: Buffer) => all.subarray(n * SEALED, (n + 1) * SEALED),
  );
  const part = (all: Buffer, which = first) => which?.(all) ?? Buffer.alloc(0);

  test.each<[string, (sealed: Buffer) => Buffer]>([
    ['that lost its last byte', (all) => all.subarray(0, -1)],
    ['that was cut off between two chunks', (all) => all.subarray(0, 2 * SEALED)],
    ['that was cut off to its first chunk', (all) => part(all)],
    ['of which nothing is left', () => Buffer.alloc(0)],
    ['of which half a tag is left', (all) => all.subarray(0, TAG / 2)],
    ['whose first chunk is missing', (all) => all.subarray(SEALED)],
    ['whose middle chunk is missing', (all) => Buffer.concat([part(all), part(all, third)])],
    ['with a chunk twice', (all) => Buffer.concat([part(all), all])],
    ['with its last chunk twice', (all) => Buffer.concat([all, part(all, third)])],
    ['with two chunks exchanged', (all) => Buffer.concat([part(all, second), part(all), part(all, third)])],
    ['with something behind it', (all) => Buffer.concat([all, Buffer.from('more')])],
    ['with a changed byte at its start', (all) => flipped(all, 0)],
    ['with a changed byte in the middle', (all) => flipped(all, SEALED + 77)],
    ['with a changed tag', (all) => flipped(all, CHUNK + 3)],
    ['with a changed last byte', (all) => flipped(all, all.length - 1)],
  ])('sealed stream: one %s does not open', async (_what, change) => {
    const sealed = await seal(randomBytes(2 * CHUNK + 500));
    await expect(open(change(sealed))).rejects.toBeInstanceOf(SealBroken);
  });

  test.each<[string, Partial<StreamKey>]>([
    ['another key', { key: randomBytes(32) }],
    ['another prefix', { prefix: randomBytes(PREFIX) }],
    ['another name', { names: Buffer.from('entry-2') }],
  ])('sealed stream: one does not open with %s', async (_what, change) => {
    const sealed = await seal(randomBytes(1000));
    await expect(open(sealed, { ...streamKey, ...change })).rejects.toBeInstanceOf(SealBroken);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
