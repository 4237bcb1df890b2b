/** A checkpoint as one encrypted file. Only with the text of `encryption-key` can one be read, changed or made. */
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
 * Every chunk but the last contains 1 MiB of plain text; each is followed by its 16-byte GCM tag. The nonce of a chunk is
 * prefix · index (4) · 1 for the last chunk or else 0 (1). So a file in which a chunk is missing, repeated or moved does not
 * open. Additional authenticated data of each chunk: the header, then the entry's key in the cache, so
 * that an entry cannot be passed off as that of another run, shard, model or eval set. (The construction is STREAM, of
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015.)
 *
 * The plain text is a compressed tar archive, because encrypted data cannot be compressed.
 */
const MAGIC = Buffer.from('oaievals');
const VERSION = 1;
const SALT = 16;
const CHECK = 16;
const HEADER = MAGIC.length + 1 + SALT + PREFIX + CHECK;

/** What OWASP recommends for a text that a person may have chosen (32 MB of memory, a quarter of a second). */
const SCRYPT: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

/** A fast level: 1 GB of JSON lines takes six seconds, and shrinks to a fifth or less. */
const GZIP_LEVEL = 3;

/** A shorter text can be guessed. */
const MIN_KEY_CHARACTERS = 16;

/** Why a text cannot be used as `encryption-key`, as a clause; undefined when it can. */
export function encryptionKeyProblem(text: string): string | undefined {
  if (text.length >= MIN_KEY_CHARACTERS) return undefined;
  return `it is shorter than ${MIN_KEY_CHARACTERS} characters, so it can be guessed`;
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

/** Writes `<root>/<path>` with all its content to the file `target`, which must not exist. */
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
 * Unpacks what `sealTree` wrote into the directory `into`. After a failure nothing in it may be used.
 * @param maxBytes a bound for the size of the unpacked archive
 * @throws SealBroken
 */
export async function openSealed(
  source: string,
  into: string,
  maxBytes: number,
  sealing: Sealing,
): Promise<void> {
  // A link in its place is not followed, and a pipe does not block.
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
    const stages = [input, chunks, createGunzip(), bounded(maxBytes), feeding(tar.stdin)] as const;
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

/** A key for this one file, so that no nonce is used twice with a key, and a check that distinguishes a wrong key from damage. */
async function derive(text: string, salt: Buffer): Promise<{ key: Buffer; check: Buffer }> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(text, salt, 32 + CHECK, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
  return { key: bytes.subarray(0, 32), check: bytes.subarray(32) };
}

function namesOf(header: Buffer, entryKey: string): Buffer {
  return Buffer.concat([header, Buffer.from(entryKey)]);
}

function bounded(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) done(null, chunk);
      else done(new SealBroken(`it unpacks to more than ${maxBytes} bytes`));
    },
  });
}

/** Never with `-P`. Without it tar refuses absolute names, `..`, and links that lead out of the directory. */
function startTar(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  const tar = startLeader('tar', args, { env, stdio: 'pipe' });
  // A child that it has left behind would keep its output open.
  tar.once('exit', () => killGroup(tar));
  return tar;
}

/**
 * Passes data to tar, and still accepts data when tar has closed its end: tar stops at the end mark of the archive, but the
 * rest of the file must be authenticated too. The exit code of tar says whether it read enough.
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

/** Kills the children of tar as well: a tar that is a script has some. */
function killGroup(tar: ChildProcessWithoutNullStreams): void {
  signalGroup(tar.pid, 'SIGKILL');
}

interface Ending {
  /** What tar printed, if it failed. */
  readonly problem?: string;
  /** Whether we or a broken pipe killed it, so that it does not say why. */
  readonly killed: boolean;
}

const MAX_STDERR_CHARACTERS = 4096;

async function ended(tar: ChildProcessWithoutNullStreams): Promise<Ending> {
  let printed = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (printed.length < MAX_STDERR_CHARACTERS) printed += text;
  });
  try {
    const [code, signal] = (await once(tar, 'close')) as [number | null, string | null];
    if (code === 0) return { killed: false };
    const [line] = printed.trim().split('\n');
    return {
      problem: line || `tar ended with ${signal ?? `exit code ${code}`}`,
      killed: signal === 'SIGKILL' || signal === 'SIGPIPE',
    };
  } catch (error) {
    return { problem: `tar could not be started (${reasonOf(error)})`, killed: false };
  }
}

/** Waits for the stream and for tar, and rejects with the root cause: a tar that a broken pipe killed reports only that. */
async function together(
  stream: Promise<void>,
  tar: ChildProcessWithoutNullStreams,
  signal: AbortSignal,
): Promise<void> {
  const ending = ended(tar);
  // The streams end when tar does.
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
