/** A checkpoint as one encrypted file: nobody without the text of `encryption-key` can read it, change it or make one. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { constants, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { reasonOf } from '../../errors.ts';
import { type ChildProcessWithoutNullStreams, signalGroup, startLeader } from '../../process/leader.ts';
import { AS_OURS } from './safe-tar.ts';
import { CHUNK, openingStream, PREFIX, SealBroken, sealingStream } from './sealed-stream.ts';

/**
 * The file, all numbers big-endian:
 *
 *     magic `oaievals` 8 · version 1 · salt 16 · nonce prefix 7 · key check 16 · chunks
 *
 * Every chunk but the last holds 1 MiB of plain text; each is followed by its 16-byte GCM tag. The nonce of a chunk is
 * prefix · index (4) · 1 for the last chunk or else 0 (1): what is cut off, left out, repeated or moved has another nonce
 * than it was sealed with. Additional authenticated data of each chunk: the header, then the entry's key in the cache, so
 * that an entry cannot be passed off as that of another run, shard, model or eval set. (The construction is STREAM, of
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015.)
 *
 * The plain text is a tar archive, compressed: what is encrypted cannot be compressed any more.
 */
const MAGIC = Buffer.from('oaievals');
const VERSION = 1;
const SALT = 16;
const CHECK = 16;
const HEADER = MAGIC.length + 1 + SALT + PREFIX + CHECK;

/** What OWASP asks for where a person may have chosen the text (32 MB of memory; a quarter of a second). */
const SCRYPT: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

/** The fast end: 1 GB of JSON lines takes six seconds, and shrinks to a fifth or less. */
const GZIP_LEVEL = 3;

/** Below this, guessing is faster than asking. */
const SHORTEST_KEY = 16;

/** Why a text is no good as `encryption-key`, as a clause; undefined when it is. */
export function encryptionKeyProblem(text: string): string | undefined {
  if (text.length >= SHORTEST_KEY) return undefined;
  return `it is shorter than ${SHORTEST_KEY} characters, so it can be guessed`;
}

export interface Sealing {
  /** The text of the input `encryption-key`. */
  readonly encryptionKey: string;
  /** The entry's key in the cache. */
  readonly entryKey: string;
  /** The environment of tar. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Writes `<root>/<path>` and all below it to the file `target`, which must not exist. */
export async function sealTree(root: string, path: string, target: string, sealing: Sealing): Promise<void> {
  const salt = randomBytes(SALT);
  const prefix = randomBytes(PREFIX);
  const { key, check } = await derive(sealing.encryptionKey, salt);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION]), salt, prefix, check]);
  const output = createWriteStream(target, { flags: 'wx', mode: 0o600 });
  output.write(header);
  const { env, signal, entryKey } = sealing;
  const chunks = sealingStream({ key, prefix, names: namesOf(header, entryKey) });
  const tar = startTar(['-cf', '-', '-C', root, path], env);
  await together(
    pipeline(tar.stdout, createGzip({ level: GZIP_LEVEL }), chunks, output, { signal }),
    tar,
    signal,
  );
}

/**
 * Unpacks what `sealTree` wrote into the directory `into`. What was unpacked before a failure is not to be used.
 * @param mostBytes a bound for what comes out of the archive
 * @throws SealBroken
 */
export async function openSealed(
  source: string,
  into: string,
  mostBytes: number,
  sealing: Sealing,
): Promise<void> {
  // A link or a pipe in its place is not followed, and does not hold us up.
  const file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new SealBroken('it is not a regular file');
    const { header, salt, prefix, check } = await readHeader(file);
    const derived = await derive(sealing.encryptionKey, salt);
    if (!timingSafeEqual(derived.check, check)) {
      throw new SealBroken('it was encrypted with another key, or its first bytes are damaged');
    }
    const { env, signal, entryKey } = sealing;
    const chunks = openingStream({ key: derived.key, prefix, names: namesOf(header, entryKey) });
    const input = file.createReadStream({ start: HEADER, highWaterMark: CHUNK, autoClose: false });
    const tar = startTar(['-xf', '-', ...AS_OURS, '-C', into], env);
    const stages = [input, chunks, createGunzip(), bounded(mostBytes), feeding(tar.stdin)] as const;
    await together(pipeline(...stages, { signal }), tar, signal);
  } finally {
    await file.close();
  }
}

async function readHeader(
  file: FileHandle,
): Promise<{ header: Buffer; salt: Buffer; prefix: Buffer; check: Buffer }> {
  const { buffer: header, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, 0);
  const begins = header.subarray(0, MAGIC.length).equals(MAGIC);
  if (bytesRead < HEADER || !begins) throw new SealBroken('it does not start like an encrypted checkpoint');
  const version = header[MAGIC.length];
  if (version !== VERSION) {
    throw new SealBroken(
      `it is in format ${version}, and this version of the action reads format ${VERSION}`,
    );
  }
  let at = MAGIC.length + 1;
  const [salt, prefix, check] = [SALT, PREFIX, CHECK].map((length) => {
    at += length;
    return header.subarray(at - length, at);
  }) as [Buffer, Buffer, Buffer];
  return { header, salt, prefix, check };
}

/** A key of its own for each file, so that no nonce is ever used twice, and what tells a wrong key from a damaged file. */
async function derive(text: string, salt: Buffer): Promise<{ key: Buffer; check: Buffer }> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(text, salt, 32 + CHECK, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
  return { key: bytes.subarray(0, 32), check: bytes.subarray(32) };
}

function namesOf(header: Buffer, entryKey: string): Buffer {
  return Buffer.concat([header, Buffer.from(entryKey)]);
}

function bounded(mostBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= mostBytes) done(null, chunk);
      else done(new SealBroken(`it unpacks to more than ${mostBytes} bytes`));
    },
  });
}

/** Never with `-P`: without it tar refuses absolute names, `..`, and links that lead out of the directory. */
function startTar(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  const tar = startLeader('tar', args, { env, stdio: 'pipe' });
  // What it was starting when it was killed holds its output, for which nobody is to wait.
  tar.once('exit', () => killGroup(tar));
  return tar;
}

/**
 * Hands on what comes, and goes on taking when tar has closed its end: tar stops at the end mark of the archive, and what
 * follows has to be proved genuine all the same. Whether tar had enough, its exit code tells.
 */
function feeding(stdin: Writable): Writable {
  stdin.on('error', () => {});
  return new Writable({
    write(chunk, _encoding, done) {
      if (stdin.destroyed) done();
      else stdin.write(chunk, () => done());
    },
    final(done) {
      if (stdin.destroyed) done();
      else stdin.end(() => done());
    },
    destroy(error, done) {
      stdin.destroy();
      done(error);
    },
  });
}

/** With what tar started: a tar that is a script leaves children behind. */
function killGroup(tar: ChildProcessWithoutNullStreams): void {
  signalGroup(tar.pid, 'SIGKILL');
}

interface Ending {
  /** What tar said, when it did not end well. */
  readonly problem?: string;
  /** By us, or because its other end is gone: it does not say why. */
  readonly killed: boolean;
}

const STDERR_LIMIT = 4096;

async function ended(tar: ChildProcessWithoutNullStreams): Promise<Ending> {
  let said = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < STDERR_LIMIT) said += text;
  });
  try {
    const [code, signal] = (await once(tar, 'close')) as [number | null, string | null];
    if (code === 0) return { killed: false };
    const [line] = said.trim().split('\n');
    return {
      problem: line || `tar ended with ${signal ?? `exit code ${code}`}`,
      killed: signal === 'SIGKILL' || signal === 'SIGPIPE',
    };
  } catch (error) {
    return { problem: `tar could not be started (${reasonOf(error)})`, killed: false };
  }
}

/** Waits for both, and tells of a failure what came first: a tar whose other end is gone only says that it is gone. */
async function together(
  stream: Promise<void>,
  tar: ChildProcessWithoutNullStreams,
  signal: AbortSignal,
): Promise<void> {
  const ending = ended(tar);
  // Streams end when tar does, whatever keeps them.
  const stop = (): void => killGroup(tar);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const broken = await stream.then(
    () => undefined,
    (error: unknown) => {
      killGroup(tar);
      for (const pipe of [tar.stdin, tar.stdout, tar.stderr]) pipe.destroy();
      return error instanceof Error ? error : new Error(String(error));
    },
  );
  const { problem, killed } = await ending;
  if (broken && (killed || broken instanceof SealBroken || broken.name === 'AbortError')) throw broken;
  if (problem !== undefined) throw new Error(problem);
  if (broken) throw broken;
}
