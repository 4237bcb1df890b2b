import { createHash, hash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Below this a file is read at once: for hundreds of small files a stream each is most of the work. */
const SMALL = 1 << 20;
const CHUNK = 1 << 20;
const READERS = 8;

/** SHA-256 (hex) of files by path, each read once in the life of this object. */
export class FileHashes {
  readonly #known = new Map<string, string>();

  /** Reads those that are not known yet, a few at a time so that the disk is busy and memory is not. Throws what the file system throws. */
  async read(paths: Iterable<string>): Promise<void> {
    const queue = new Set(paths).values();
    const reader = async (): Promise<void> => {
      for (const path of queue) if (!this.#known.has(path)) this.#known.set(path, await hashFile(path));
    };
    await Promise.all(Array.from({ length: READERS }, reader));
  }

  /** @returns undefined when it has not been read */
  of(path: string): string | undefined {
    return this.#known.get(path);
  }
}

async function hashFile(path: string): Promise<string> {
  const stats = statSync(path);
  // What is no regular file may have no end.
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  if (stats.size <= SMALL) return hash('sha256', readFileSync(path));
  const running = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: CHUNK }), running);
  return running.digest('hex');
}
