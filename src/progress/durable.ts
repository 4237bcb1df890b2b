/**
 * Files, read and written with care. Writes survive kill -9 at any instant: a line is there whole or not at all, a file is
 * the old one or the new one.
 * Synchronous on purpose: nothing else of the action runs between two writes that belong together.
 */
import type { Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder, PRIVATE_FILE } from './folders.ts';

/** Ending of a file that is being written; one that is found was never finished. */
export const TEMPORARY = '.tmp';

/** Appends one line (without its newline) and waits until it is on disk. A write that fails half way is undone. */
export function appendLine(path: string, line: string): void {
  makeFolder(dirname(path));
  const file = openSync(
    path,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    PRIVATE_FILE,
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
  makeFolder(dirname(path));
  const temporary = `${path}${TEMPORARY}`;
  try {
    // Whatever stands there is a leftover of a crash, or a trap; 'wx' refuses to follow a link.
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx', PRIVATE_FILE);
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
  eachChunk(path, (chunk) => hash.update(chunk));
}

/** The CRC-32 of a file: fast, and no proof against anyone who wants two files to look alike. */
export function checksumOfFile(path: string): number {
  let checksum = 0;
  eachChunk(path, (chunk) => {
    checksum = crc32(chunk, checksum);
  });
  return checksum;
}

/** Gives a file that never changes a second place: by a link where the file system has them. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system, or one without links.
    copyFileSync(from, to);
  }
}

function eachChunk(path: string, work: (chunk: Buffer) => void): void {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      work(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
