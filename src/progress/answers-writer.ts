import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { BLOCK_BYTES, blockLine } from './answer-block.ts';
import { makeDirectory, PRIVATE_FILE } from './directories.ts';
import { writeWhole } from './durable.ts';
import { answerLine, headerLine, type JournalOwner, ownerTag, type RecordedAnswer } from './journal-line.ts';

export interface WrittenAnswers {
  readonly answers: number;
  /** Size of the file. */
  readonly bytes: number;
}

/**
 * Replaces the file of the kept answers of an eval in one step. Between two blocks, other work of this process gets its turn:
 * other evals wait for responses of the gateway.
 * @param temporary on the same file system; what is left of it after a kill does no harm
 * @param made the time of the header, in milliseconds since 1970
 */
export async function writeAnswers(
  path: string,
  temporary: string,
  owner: JournalOwner,
  made: number,
  answers: Iterable<RecordedAnswer>,
): Promise<WrittenAnswers> {
  for (const each of [path, temporary]) makeDirectory(dirname(each));
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', PRIVATE_FILE);
  const tag = ownerTag(owner);
  let count = 0;
  let bytes = 0;
  const write = (line: Buffer): void => {
    writeWhole(file, line);
    bytes += line.length;
  };
  try {
    write(headerLine(owner, made));
    let block: Buffer[] = [];
    let size = 0;
    for (const answer of answers) {
      const line = answerLine(tag, answer);
      block.push(line);
      size += line.length;
      count += 1;
      if (size < BLOCK_BYTES) continue;
      write(blockLine(tag, block));
      block = [];
      size = 0;
      await new Promise(setImmediate);
    }
    if (size > 0) write(blockLine(tag, block));
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  return { answers: count, bytes };
}
