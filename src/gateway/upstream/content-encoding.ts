/** Undoes the content encoding of an answer, never beyond a bound: a few kilobytes may unpack to gigabytes. */
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { listOf } from './headers.ts';

/**
 * Twice the largest answer that an API gives: 2,048 embeddings of 3,072 numbers as text are 130 MB. It is also below
 * what fits into one string of V8.
 */
export const MOST_BYTES = 256 * 1024 * 1024;

/** As many as curl undoes. Each costs up to the bound in time and memory. */
const MOST_ENCODINGS = 5;

/** Each costs a tenth of a millisecond; an answer that comes word by word has hundreds. */
const MOST_FRAMES = 10_000;

type Decoder = (packed: Buffer, mostBytes: number) => Promise<Buffer>;

const unpackZlib = bounded(inflate);
const unpackRaw = bounded(inflateRaw);

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: bounded(gunzip),
  'x-gzip': bounded(gunzip),
  // Servers disagree on what it is (RFC 9110, section 8.4.1.2), so clients take both.
  deflate: (packed, mostBytes) =>
    isZlib(packed) ? unpackZlib(packed, mostBytes) : unpackRaw(packed, mostBytes),
  br: bounded(brotliDecompress),
  zstd: unpackZstd,
};

/** What servers write into the header by mistake: clients read such a body as it is. */
const NO_ENCODING = /^(identity|none|binary|utf-?8|us-ascii|iso-8859-1)$/;

/**
 * @param encoding the header `content-encoding`, which may have come more than once
 * @returns undefined when the encoding is unknown, the body is not what it says, or it unpacks to more than `mostBytes`
 */
export async function decoded(
  body: Buffer,
  encoding: string | readonly string[] | undefined,
  mostBytes = MOST_BYTES,
): Promise<Buffer | undefined> {
  const names = listOf(encoding)
    .map((name) => name.toLowerCase())
    .filter((name) => !NO_ENCODING.test(name));
  // What HEAD and 204 are answered with has the header, and no body.
  if (body.length === 0) return body;
  if (names.length > MOST_ENCODINGS) return undefined;
  let plain = body;
  for (const name of names.reverse()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (!decode) return undefined;
    try {
      plain = await decode(plain, mostBytes);
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

/** A zstd stream is one or more frames (RFC 8878, section 3.1); servers begin one whenever they flush. Node.js reads the first. */
async function unpackZstd(packed: Buffer, mostBytes: number): Promise<Buffer> {
  const frames: Buffer[] = [];
  for (let [rest, left] = [packed, mostBytes]; rest.length > 0; ) {
    if (frames.length >= MOST_FRAMES) throw new Error('too many frames');
    const { plain, size } = await firstFrame(rest, left);
    frames.push(plain);
    left -= plain.length;
    rest = rest.subarray(size);
  }
  return Buffer.concat(frames);
}

function firstFrame(packed: Buffer, maxOutputLength: number): Promise<{ plain: Buffer; size: number }> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, read: unknown) => {
      if (error) return reject(error);
      // Because of `info`, which the types of Node.js do not know.
      const { buffer, engine } = read as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ plain: buffer, size: engine.bytesWritten });
    };
    zstdDecompress(packed, { maxOutputLength: Math.max(1, maxOutputLength), info: true }, done);
  });
}

/** The two bytes that a zlib stream begins with (RFC 1950, section 2.2). */
function isZlib(packed: Buffer): boolean {
  return packed.length >= 2 && ((packed[0] ?? 0) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}
