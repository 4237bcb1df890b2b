/**
 * Writes that survive SIGKILL at any instant: an appended line is complete or absent, a replaced file is the old one or the new
 * one. They are synchronous on purpose, so that nothing else in this process runs between two writes that belong together.
 */
import {
  chmodSync,
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
import { makeDirectory, PRIVATE_FILE } from './directories.ts';

/** Suffix of a file that is being written. One that is found later was never finished. */
export const TEMPORARY = '.tmp';

/** Appends one line (without its newline) and waits until it is on disk. If the write fails half way, it is undone. */
export function appendLine(path: string, line: string): void {
  makeDirectory(dirname(path));
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

/** Replaces the whole file in one step. If that fails, the old file stays. */
export function replaceFile(path: string, content: string): void {
  makeDirectory(dirname(path));
  const temporary = `${path}${TEMPORARY}`;
  try {
    // An existing entry is left over from a crash, or a trap. 'wx' refuses to follow a link.
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

/** Waits until the names of a file and of its neighbours are on disk, where the system can do that for a directory. */
export function flushEntries(path: string): void {
  let directory: number | undefined;
  try {
    directory = openSync(dirname(path), 'r');
    fsyncSync(directory);
  } catch {
    // Windows and some network file systems cannot. They write names to disk in their own time.
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

/** When the disk fills up, the kernel writes a part of a buffer. Writing the rest then fails, and reports the cause. */
export function writeWhole(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** Puts a file that never changes at a second path, by a hard link where the file system has them. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // The paths are on two file systems, or on one without hard links.
    copyFileSync(from, to);
  }
}

/** Replaces a file in one step by one that never changes, which stays where it is. */
export function replaceByLink(from: string, to: string): void {
  const temporary = `${to}${TEMPORARY}`;
  rmSync(temporary, { force: true });
  linkOrCopy(from, temporary);
  chmodSync(temporary, PRIVATE_FILE);
  renameSync(temporary, to);
}

const CHUNK_BYTES = 1 << 20;

/** The CRC-32 of a file of any size. It is fast, but it does not protect against files that were made to collide. */
export function checksumOfFile(path: string): number {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let checksum = 0;
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      checksum = crc32(chunk.subarray(0, read), checksum);
    return checksum;
  } finally {
    closeSync(file);
  }
}
