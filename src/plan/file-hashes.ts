import crypto from 'node:crypto';
import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { pathBytes } from './path-bytes.ts';

const CHUNK = 1 << 20;

/**
 * Up to this size, files are hashed without threads. That takes 0.1 s from the page cache, where two threads cost 0.05 s of
 * CPU more than they save, and 2 s from a slow disk, during which no signal is handled.
 */
const MAX_BYTES_WITHOUT_THREADS = 160 * 1024 ** 2;

/** Up to this number, files are hashed without threads. Opening a small file costs more than hashing it. */
const MAX_FILES_WITHOUT_THREADS = 5000;

/** The event loop handles signals after this many file sizes. */
const SIZES_PER_SLICE = 1000;

const MAX_THREADS = 4;

interface Known {
  readonly hash: string;
  readonly size: number;
}

/**
 * SHA-256 (hex) of files by path. Each file is read once in the life of this object. Files are read synchronously through one
 * buffer, because the disk reads ahead, and streams would cost as much as the hashing. Many bytes are read in several threads,
 * so that this thread can handle signals.
 */
export class FileHashes {
  readonly #known = new Map<string, Known>();

  /**
   * Reads the files that have not been read yet. Throws the errors of the file system, and when a path is not a regular file.
   * @param maxBytes the largest total size; if the files are larger, none is read
   */
  async read(paths: Iterable<string>, maxBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const wanted = new Set(paths);
    const files: Sized[] = [];
    for (const path of wanted) {
      if (!this.#known.has(path)) files.push(sized(path));
      // Others may have written the list, so it may be long.
      if (files.length % SIZES_PER_SLICE === SIZES_PER_SLICE - 1) await setImmediate();
    }
    const known = sum([...wanted].map((path) => this.#known.get(path)?.size ?? 0));
    const size = sum(files.map((file) => file.size));
    if (known + size > maxBytes) throw new Error(`the files have more than ${maxBytes} bytes in total`);
    if (size <= MAX_BYTES_WITHOUT_THREADS && files.length <= MAX_FILES_WITHOUT_THREADS) this.#readHere(files);
    else await this.#readInThreads(files);
  }

  #readHere(files: readonly Sized[]): void {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (const file of files) this.#add(file, sha256Of(pathBytes(file.path), buffer, fs, crypto));
  }

  async #readInThreads(files: readonly Sized[]): Promise<void> {
    const threads = balancedGroups(files, Math.min(availableParallelism(), MAX_THREADS)).map((share) => {
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

  /** @returns undefined when the file has not been read */
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
  // Anything other than a regular file may have no end.
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

/** The message of a thread: a hash for each path, or its error. */
interface ThreadResult {
  readonly hashes?: readonly string[];
  readonly error?: string;
}

async function resultOf(worker: Worker): Promise<readonly string[]> {
  const { hashes, error } = await new Promise<ThreadResult>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`a thread that hashes files ended with exit code ${code}`)),
    );
  });
  if (!hashes) throw new Error(error);
  return hashes;
}

/** Uses only its arguments, so that its source text is a complete program for a thread. A file for it would be another bundle. */
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
