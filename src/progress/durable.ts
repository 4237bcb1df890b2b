/**
 * Files, read and written with care. Writes survive kill -9 at any instant: a line is there whole or not at all, a file is
 * the old one or the new one.
 * Synchronous on purpose: nothing else of the action runs between two writes that belong together.
 */
import type { Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Ending of a file that is being written; one that is found was never finished. */
export const TEMPORARY = '.tmp';

/** Appends one line (without its newline) and waits until it is on disk. A write that fails half way is undone. */
export function appendLine(path: string, line: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(
    path,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    const before = fstatSync(file).size;
    try {
      writeWhole(file, Buffer.from(`${line}\n`));
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, before);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/** Replaces the whole file in one step, or leaves it as it was. */
export function replaceFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}${TEMPORARY}`;
  try {
    // Whatever stands there is a leftover of a crash, or a trap; 'wx' refuses to follow a link.
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx', 0o644);
    try {
      writeWhole(file, Buffer.from(content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The kernel may take part of a buffer (a disk that fills up); the rest is tried again, and then the reason shows. */
function writeWhole(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

const CHUNK = 1 << 20;

/** Feeds a file to a hash, a piece at a time: it may be larger than memory. */
export function hashFile(hash: Hash, path: string): void {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
