/** The entries of the stand-in for the cache service, in memory or in a directory. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CacheEntry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly archive: Buffer;
}

export interface StoredEntry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly signature: string;
  readonly blocks: Map<string, Buffer>;
  archive: Buffer;
  finished: boolean;
}

/** The entries, in the order in which they were reserved. */
export class CacheEntries {
  #entries: StoredEntry[] = [];
  readonly #directory: string | undefined;

  constructor(directory: string | undefined) {
    this.#directory = directory;
    if (!directory) return;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).filter((it) => it.endsWith('.json'))) {
      const { id, key, version } = JSON.parse(readFileSync(join(directory, name), 'utf8')) as CacheEntry;
      const archive = readFileSync(join(directory, `${id}.archive`));
      this.#entries.push({
        id,
        key,
        version,
        signature: newSignature(),
        blocks: new Map(),
        archive,
        finished: true,
      });
    }
    this.#entries.sort((a, b) => a.id - b.id);
  }

  /** Reserves a key. Undefined if the key is taken, also by an entry that was never finished. */
  reserve(key: string, version: string): StoredEntry | undefined {
    if (this.#entries.some((it) => it.key === key && it.version === version)) return undefined;
    const id = (this.#entries.at(-1)?.id ?? 0) + 1;
    const entry = {
      id,
      key,
      version,
      signature: newSignature(),
      blocks: new Map(),
      archive: Buffer.alloc(0),
      finished: false,
    };
    this.#entries.push(entry);
    return entry;
  }

  reserved(key: string, version: string): StoredEntry | undefined {
    return this.#entries.find((it) => it.key === key && it.version === version);
  }

  byId(id: number): StoredEntry | undefined {
    return this.#entries.find((it) => it.id === id);
  }

  finish(entry: StoredEntry): void {
    entry.finished = true;
    this.keep(entry);
  }

  keep({ id, key, version, archive }: StoredEntry): void {
    if (!this.#directory) return;
    writeFileSync(join(this.#directory, `${id}.archive`), archive);
    writeFileSync(join(this.#directory, `${id}.json`), JSON.stringify({ id, key, version }));
  }

  finished(): StoredEntry[] {
    return this.#entries.filter((it) => it.finished);
  }

  evict(): void {
    for (const { id } of this.#directory ? this.finished() : []) {
      for (const end of ['archive', 'json']) rmSync(join(this.#directory ?? '', `${id}.${end}`));
    }
    this.#entries = this.#entries.filter((it) => !it.finished);
  }

  find(keys: readonly string[], version: string): StoredEntry | undefined {
    const newestFirst = this.finished()
      .filter((it) => it.version === version)
      .reverse();
    for (const key of keys) {
      const match =
        newestFirst.find((it) => it.key === key) ?? newestFirst.find((it) => it.key.startsWith(key));
      if (match) return match;
    }
    return undefined;
  }
}

function newSignature(): string {
  return randomBytes(16).toString('hex');
}
