/** The ended attempts of a run, in `attempts.jsonl`. */
import { rmSync } from 'node:fs';
import type { AttemptRecord } from '../model/attempt-record.ts';
import {
  formatAttempts,
  MAX_ATTEMPTS_BYTES,
  mergeAttempts,
  ROOM_FOR_LAST_LINES,
  writableAttempt,
} from './attempts-file.ts';
import { appendLine, replaceFile } from './durable.ts';
import { entryExists, sizeOfFile } from './untrusted-files.ts';

/** Changes throw what the file system throws. */
export class AttemptLog {
  readonly #path: string;
  #records: AttemptRecord[];

  /** @param records what the file contains */
  constructor(path: string, records: readonly AttemptRecord[]) {
    this.#path = path;
    this.#records = [...records];
  }

  /** In the order in which the attempts ended. */
  get records(): readonly AttemptRecord[] {
    return this.#records;
  }

  /** Whether there is a file, even one without records. */
  get exists(): boolean {
    return entryExists(this.#path);
  }

  clear(): void {
    rmSync(this.#path, { force: true });
    this.#records = [];
  }

  /**
   * Appends a record, without the secrets and the excess of its texts. When this returns, the record outlives the process. A
   * file at its maximum size stays as it is.
   */
  append(record: AttemptRecord, redact: (text: string) => string): void {
    const whole = writableAttempt(record, redact);
    const size = Math.max(0, sizeOfFile(this.#path));
    const written = size < ROOM_FOR_LAST_LINES ? whole : { ...whole, lastLines: [] };
    const line = JSON.stringify(written);
    if (size + Buffer.byteLength(line) >= MAX_ATTEMPTS_BYTES) return;
    appendLine(this.#path, line);
    this.#records.push(written);
  }

  merge(others: readonly AttemptLog[]): void {
    const merged = mergeAttempts(
      this.#records,
      others.flatMap((other) => other.#records),
    );
    if (merged.length > 0) replaceFile(this.#path, formatAttempts(merged));
    this.#records = [...merged];
  }
}
