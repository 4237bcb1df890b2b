import crypto from 'node:crypto';
import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { pathBytes } from './path-bytes.ts';

const CHUNK = 1 << 20;

/**
 * Bytes that are hashed without threads: in 0.1 s from the page cache, where two threads cost 0.05 s of CPU more than they
 * save, and in 2 s from a slow disk, which a signal may wait.
 */
const AT_ONCE = 160 * 1024 ** 2;

/** Files that are hashed without threads: opening each costs more than to hash a small one. */
const FILES_AT_ONCE = 5000;

/** Files that are looked at before signals are listened to again. */
const SIZED_AT_ONCE = 1000;

const MOST_THREADS = 4;

interface Known {
  readonly hash: string;
  readonly size: number;
}

/**
 * SHA-256 (hex) of files by path, each read once in the life of this object. Few are read synchronously, through one buffer:
 * the disk reads ahead, and streams would cost as much again as the hashing. Many are read just so, in several threads, while
 * this one listens to signals.
 */
export class FileHashes {
  readonly #known = new Map<string, Known>();

  /**
   * Reads those that are not known yet. Throws what the file system throws, and when one is not what it seems to be.
   * @param most bytes that all of them may have together; when they have more, none is read
   */
  async read(paths: Iterable<string>, most = Number.POSITIVE_INFINITY): Promise<void> {
    const wanted = new Set(paths);
    const files: Sized[] = [];
    for (const path of wanted) {
      if (!this.#known.has(path)) files.push(sized(path));
      // A list that others wrote may be long.
      if (files.length % SIZED_AT_ONCE === SIZED_AT_ONCE - 1) await setImmediate();
    }
    const known = sum([...wanted].map((path) => this.#known.get(path)?.size ?? 0));
    const size = sum(files.map((file) => file.size));
    if (known + size > most) throw new Error(`the files have more than ${most} bytes in total`);
    if (size <= AT_ONCE && files.length <= FILES_AT_ONCE) {
      const buffer = Buffer.allocUnsafeSlow(CHUNK);
      for (const file of files) this.#add(file, sha256Of(pathBytes(file.path), buffer, fs, crypto));
      return;
    }
    const threads = balancedGroups(files, Math.min(availableParallelism(), MOST_THREADS)).map((share) => {
      const workerData = share.map((file) => pathBytes(file.path));
      return { share, worker: new Worker(THREAD, { eval: true, workerData, execArgv: [] }) };
    });
    try {
      await Promise.all(
        threads.map(async ({ share, worker }) => {
          const hashes = await resultOf(worker);
          for (const [index, file] of share.entries()) this.#add(file, hashes[index] ?? '');
        }),
      );
    } finally {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    }
  }

  #add({ path, size }: Sized, hash: string): void {
    this.#known.set(path, { hash, size });
  }

  /** @returns undefined when it has not been read */
  of(path: string): string | undefined {
    return this.#known.get(path)?.hash;
  }
}

interface Sized {
  readonly path: string;
  readonly size: number;
}

function sized(path: string): Sized {
  const stats = fs.statSync(pathBytes(path));
  // What is no regular file may have no end.
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  return { path, size: stats.size };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Splits files into at most `count` groups of similar size (greedy, largest first). */
function balancedGroups(files: readonly Sized[], count: number): Sized[][] {
  const all = Array.from({ length: Math.min(count, files.length) }, () => ({
    size: 0,
    files: [] as Sized[],
  }));
  for (const file of [...files].sort((a, b) => b.size - a.size)) {
    const least = all.reduce((a, b) => (b.size < a.size ? b : a));
    least.files.push(file);
    least.size += file.size;
  }
  return all.map((share) => share.files);
}

/** The message of a thread: one hash for each path, or its error. */
interface ThreadResult {
  readonly hashes?: readonly string[];
  readonly error?: string;
}

async function resultOf(worker: Worker): Promise<readonly string[]> {
  const { hashes, error } = await new Promise<ThreadResult>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread that reads files ended with ${code}`)));
  });
  if (!hashes) throw new Error(error);
  return hashes;
}

/** Uses nothing but its arguments, so that its text is all that a thread needs: an entry of its own would be another bundle. */
function sha256Of(
  path: string | Buffer,
  buffer: Buffer,
  { closeSync, constants, fstatSync, openSync, readSync }: typeof fs,
  { createHash }: typeof crypto,
): string {
  // Opening a pipe without a writer would block otherwise.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    const hash = createHash('sha256');
    let size = 0;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      size += read;
      // The kernel's own files report a size of 0 and may have no end.
      if (size > stats.size) break;
      hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
    }
    if (size !== stats.size) throw new Error(`${path} changed while it was read, or is not a regular file`);
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

/** Node.js runs a worker's source text as a CommonJS module. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const read = ${sha256Of};
const buffer = Buffer.allocUnsafeSlow(${CHUNK});
try {
  const modules = [require('node:fs'), require('node:crypto')];
  parentPort.postMessage({ hashes: workerData.map((path) => read(path, buffer, ...modules)) });
} catch (error) {
  parentPort.postMessage({ error: error.message });
}
`;
