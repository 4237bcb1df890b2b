/** Decodes the content encoding of a response up to a bound: a few kilobytes may decompress to gigabytes. */
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { listElements } from './headers.ts';

/**
 * Twice the largest response of an API: 2,048 embeddings of 3,072 numbers, as text, are 130 MB. It also fits into one
 * string of V8.
 */
export const MAX_DECODED_BYTES = 256 * 1024 * 1024;

/** As many as curl decodes. Each costs up to the bound in time and memory. */
const MAX_ENCODINGS = 5;

/** Each costs a tenth of a millisecond; a response that is flushed word by word has hundreds. */
const MAX_FRAMES = 10_000;

type Decoder = (packed: Buffer, maxBytes: number) => Promise<Buffer>;

const unpackZlib = bounded(inflate);
const unpackRaw = bounded(inflateRaw);

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: bounded(gunzip),
  'x-gzip': bounded(gunzip),
  // Servers disagree on what this means (RFC 9110, section 8.4.1.2), so clients accept both.
  deflate: (packed, maxBytes) =>
    isZlib(packed) ? unpackZlib(packed, maxBytes) : unpackRaw(packed, maxBytes),
  br: bounded(brotliDecompress),
  zstd: unpackZstd,
};

/** Values that servers write by mistake. Clients read such a body unchanged. */
const NO_ENCODING = /^(identity|none|binary|utf-?8|us-ascii|iso-8859-1)$/;

/**
 * @param encoding the header `content-encoding`, which may occur more than once
 * @returns undefined when the encoding is unknown, does not match the body, or the body decodes to more than `maxBytes`
 */
export async function decoded(
  body: Buffer,
  encoding: string | readonly string[] | undefined,
  maxBytes = MAX_DECODED_BYTES,
): Promise<Buffer | undefined> {
  const names = listElements(encoding)
    .map((name) => name.toLowerCase())
    .filter((name) => !NO_ENCODING.test(name));
  // The responses to HEAD, and 204, may have the header, but have no body.
  if (body.length === 0) return body;
  if (names.length > MAX_ENCODINGS) return undefined;
  let plain = body;
  for (const name of names.reverse()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (!decode) return undefined;
    try {
      plain = await decode(plain, maxBytes);
    } catch {
      return undefined;
    }
  }
  return plain;
}

type Unpack = (
  packed: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, plain: Buffer) => void,
) => void;

function bounded(unpack: Unpack): Decoder {
  return (packed, maxOutputLength) =>
    new Promise((resolve, reject) => {
      unpack(packed, { maxOutputLength }, (error, plain) => (error ? reject(error) : resolve(plain)));
    });
}

/**
 * A zstd stream is one or more frames (RFC 8878, section 3.1): servers begin a frame whenever they flush. Node.js reads only
 * the first.
 */
async function unpackZstd(packed: Buffer, maxBytes: number): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let [rest, left] = [packed, maxBytes]; rest.length > 0; ) {
    if (frames.length >= MAX_FRAMES) throw new Error('too many frames');
    const { plain, size } = await firstFrame(rest, left);
    frames.push(plain);
    left -= plain.length;
    rest = rest.subarray(size);
  }
  return Buffer.concat(frames);
}

function firstFrame(packed: Buffer, maxOutputLength: number): Promise<{ plain: Buffer; size: number }> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: unknown) => {
      if (error) return reject(error);
      // The result has this shape because of `info`, which the types of Node.js lack.
      const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ plain: buffer, size: engine.bytesWritten });
    };
    zstdDecompress(packed, { maxOutputLength: Math.max(1, maxOutputLength), info: true }, done);
  });
}

/** Whether a body begins with the two bytes of a zlib stream (RFC 1950, section 2.2). */
function isZlib(packed: Buffer): boolean {
  return packed.length >= 2 && ((packed[0] ?? 0) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}
