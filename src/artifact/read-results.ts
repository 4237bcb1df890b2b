/** Reads a file that should be a results.json. Anyone may have written it. */
import { open } from 'node:fs/promises';
import { reasonOf } from '../errors.ts';
import { wholeNumber } from '../model/format.ts';
import { whyNoFile } from '../path-faults.ts';
import { oneLine } from '../text.ts';
import { MAX_RESULTS_BYTES, type NotResults, type ParsedResults, parseResults } from './results-file.ts';
import { wrongFile } from './wrong-file.ts';

/** What to do when there is no file. */
export const PUT_IT_THERE =
  'Put the results.json of an approved run there: commit it, or download it from the artifact of that run in an earlier step.';

/** @param path absolute */
export async function readResults(path: string): Promise<ParsedResults> {
  const why = whyNoFile(path);
  if (why !== undefined) return { problem: why, next: PUT_IT_THERE };
  const bytes = await readBytes(path);
  if ('problem' in bytes) return bytes;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') return { problem: 'it is empty', next: PUT_IT_THERE };
  return wrongFile(bytes) ?? mergeConflict(text) ?? parseResults(text);
}

async function readBytes(path: string): Promise<Buffer | NotResults> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size <= MAX_RESULTS_BYTES) return await file.readFile();
    return {
      problem: `it has ${wholeNumber(size)} bytes, more than a results.json can have`,
      next: 'Name a results.json that this action wrote.',
    };
  } catch (error) {
    return { problem: `it cannot be read (${oneLine(reasonOf(error), 200)})`, next: PUT_IT_THERE };
  }
}

/** A committed baseline is a file in which branches may conflict. */
function mergeConflict(text: string): NotResults | undefined {
  if (!/^<{7} /m.test(text)) return undefined;
  return {
    problem: 'it contains the marks of a merge conflict',
    next: 'Commit the results.json of one approved run, whole.',
  };
}
