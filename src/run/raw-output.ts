import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The size of the file at most, in bytes. When it would grow beyond, it loses its first half. */
const MAX_BYTES = 1 << 20;

/** Lines are written together, because an eval may print thousands a second. */
const BUFFER_BYTES = 1 << 15;

const LEFT_OUT = '(earlier output is left out)\n';

/**
 * All output of one eval in a file, for a reader who needs more than the log shows. An eval does not fail because the file
 * cannot be written: then there is none.
 */
export class RawOutput {
  readonly #path: string;
  #lines: string[] = [];
  #bufferedBytes = 0;
  #writtenBytes = 0;
  #isBroken = false;

  /** @param path where the file grows, until `keep` moves it */
  constructor(path: string) {
    this.#path = path;
    this.#try(() => {
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
    });
  }

  append(line: string): void {
    this.#lines.push(line);
    this.#bufferedBytes += Buffer.byteLength(line) + 1;
    if (this.#bufferedBytes >= BUFFER_BYTES) this.#flush();
  }

  /** Ends the file and moves it to `target`, where it replaces that of an earlier run. */
  keep(target: string): void {
    this.#flush();
    this.#try(() => {
      if (this.#writtenBytes === 0) return;
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      renameSync(this.#path, target);
    });
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    const bytes = this.#bufferedBytes;
    this.#lines = [];
    this.#bufferedBytes = 0;
    this.#try(() => {
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#writtenBytes += bytes;
      if (this.#writtenBytes > MAX_BYTES) this.#dropFirstHalf();
    });
  }

  #dropFirstHalf(): void {
    const end = readFileSync(this.#path).subarray(-MAX_BYTES / 2);
    const rest = Buffer.concat([Buffer.from(LEFT_OUT), end.subarray(end.indexOf('\n') + 1)]);
    writeFileSync(this.#path, rest);
    this.#writtenBytes = rest.length;
  }

  #try(work: () => void): void {
    if (this.#isBroken) return;
    try {
      work();
    } catch {
      this.#isBroken = true;
    }
  }
}
