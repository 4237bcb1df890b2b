import crypto from 'node:crypto';
import fs from 'node:fs';

const CHUNK = 1 << 20;

interface Known {
  readonly hash: string;
  readonly size: number;
}

/**
 * SHA-256 (hex) of files by path, each read once in the life of this object. One after the other and synchronously, through
 * one buffer: nothing else is to be done meanwhile, the disk reads ahead, and streams would cost as much again as the hashing.
 */
export class FileHashes {
  readonly #known = new Map<string, Known>();
  #buffer: Buffer | undefined;

  /**
   * Reads those that are not known yet. Throws what the file system throws, and when one is not what it seems to be.
   * @param most bytes that all of them may have together; when they have more, none is read
   */
  async read(paths: Iterable<string>, most = Number.POSITIVE_INFINITY): Promise<void> {
    const sizes = new Map(
      [...new Set(paths)].map((path) => [path, this.#known.get(path)?.size ?? sizeOf(path)]),
    );
    if (sum(sizes.values()) > most) throw new Error(`the files have more than ${most} bytes together`);
    for (const [path, size] of sizes) {
      if (this.#known.has(path)) continue;
      this.#buffer ??= Buffer.allocUnsafeSlow(CHUNK);
      this.#known.set(path, { hash: sha256Of(path, this.#buffer, fs, crypto), size });
    }
  }

  /** @returns undefined when it has not been read */
  of(path: string): string | undefined {
    return this.#known.get(path)?.hash;
  }
}

function sizeOf(path: string): number {
  const stats = fs.statSync(path);
  // What is no regular file may have no end.
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  return stats.size;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function sha256Of(
  path: string,
  buffer: Buffer,
  { closeSync, constants, fstatSync, openSync, readSync }: typeof fs,
  { createHash }: typeof crypto,
): string {
  // Not to wait for a pipe that nobody writes to.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    const hash = createHash('sha256');
    let size = 0;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      size += read;
      // Files of the kernel's seem empty and may have no end.
      if (size > stats.size) break;
      hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
    }
    if (size !== stats.size) throw new Error(`${path} changes while it is read, or is not a regular file`);
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}
