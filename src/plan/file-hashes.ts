import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;

/**
 * SHA-256 (hex) of files by path, each read once in the life of this object. One after the other and synchronously, through
 * one buffer: nothing else is to be done meanwhile, the disk reads ahead, and streams would cost as much again as the hashing.
 */
export class FileHashes {
  readonly #known = new Map<string, string>();
  #buffer: Buffer | undefined;

  /** Reads those that are not known yet. Throws what the file system throws. */
  read(paths: Iterable<string>): void {
    for (const path of paths) if (!this.#known.has(path)) this.#known.set(path, this.#hash(path));
  }

  /** @returns undefined when it has not been read */
  of(path: string): string | undefined {
    return this.#known.get(path);
  }

  #hash(path: string): string {
    this.#buffer ??= Buffer.allocUnsafeSlow(CHUNK);
    const buffer = this.#buffer;
    // Not to wait for a pipe that nobody writes to.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // What is no regular file may have no end.
      if (!fstatSync(file).isFile()) throw new Error(`${path} is not a regular file`);
      const hash = createHash('sha256');
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
        hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
      }
      return hash.digest('hex');
    } finally {
      closeSync(file);
    }
  }
}
