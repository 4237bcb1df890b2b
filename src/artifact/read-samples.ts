/** Reads `samples.jsonl`. Anyone may have written it. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { LineTooLong, linesOfFile } from '../lines.ts';
import { wholeNumber } from '../model/format.ts';
import {
  type EvalSamples,
  NO_TEXTS,
  type Sample,
  type SamplesByEval,
  type SampleTexts,
} from '../model/sample.ts';
import { whyNoFile } from '../path-faults.ts';
import { oneLine } from '../text.ts';
import { MAX_SAMPLES } from './format-sample.ts';
import { MAX_LINE_BYTES, parseSample, parseTexts } from './sample-line.ts';
import { wrongFile } from './wrong-file.ts';

export interface ReadLimits {
  readonly bytes: number;
  readonly samples: number;
  /** Of all samples. They take most of the memory. */
  readonly scores: number;
}

/** A file that reaches them fits into the memory of a small runner, whatever it contains. */
const LIMITS: ReadLimits = { bytes: 384 * 1024 * 1024, samples: MAX_SAMPLES, scores: 4 * MAX_SAMPLES };

/**
 * Reads samples without their texts, which are read from the file when they are asked for.
 * @returns the samples, or why the file cannot be used, as a clause
 */
export async function readSamples(
  path: string,
  limits: ReadLimits = LIMITS,
): Promise<SamplesByEval | { readonly problem: string }> {
  const problem = whyNoFile(path);
  if (problem !== undefined) return { problem };
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limits.bytes)
    return {
      problem: `it has ${wholeNumber(size)} bytes, and at most ${wholeNumber(limits.bytes)} are read`,
    };
  const byEval = new Map<string, StoredSamples>();
  let [number, scores] = [0, 0];
  try {
    for await (const { bytes, offset, ended } of linesOfFile(path, MAX_LINE_BYTES)) {
      number += 1;
      if (number > limits.samples)
        return { problem: `it has more than ${wholeNumber(limits.samples)} samples` };
      const parsed = parseSample(bytes);
      if ('problem' in parsed) return { problem: lineProblem(number, parsed.problem, bytes, ended) };
      const { key, sample } = parsed;
      scores += Object.keys(sample.scores).length;
      if (scores > limits.scores) return { problem: `it has more than ${wholeNumber(limits.scores)} scores` };
      const samples = byEval.get(key) ?? new StoredSamples(path, key);
      byEval.set(key, samples);
      if (!samples.add(sample, { offset, bytes: bytes.length }))
        return { problem: `it has the sample ${oneLine(sample.id, 200)} of ${oneLine(key, 200)} twice` };
    }
  } catch (error) {
    if (error instanceof LineTooLong) return { problem: error.message };
    return { problem: `it cannot be read (${oneLine(reasonOf(error), 200)})` };
  }
  return byEval;
}

function lineProblem(number: number, problem: string, bytes: Buffer, ended: boolean): string {
  const wrong = number === 1 ? wrongFile(bytes) : undefined;
  if (wrong) return wrong.problem;
  return ended
    ? `its line ${number} is not a sample (${oneLine(problem, 200)})`
    : 'it is cut off in its last line';
}

/** Where a line is in the file. */
interface Extent {
  readonly offset: number;
  readonly bytes: number;
}

class StoredSamples implements EvalSamples {
  readonly samples: Sample[] = [];
  readonly #extents = new Map<string, Extent>();
  readonly #path: string;
  readonly #key: string;

  constructor(path: string, key: string) {
    this.#path = path;
    this.#key = key;
  }

  /** @returns false when there is a sample with this id */
  add(sample: Sample, extent: Extent): boolean {
    if (this.#extents.has(sample.id)) return false;
    this.samples.push(sample);
    this.#extents.set(sample.id, extent);
    return true;
  }

  /** The texts are missing when the file has changed since. */
  texts({ id }: Sample): SampleTexts {
    const extent = this.#extents.get(id);
    if (!extent) return NO_TEXTS;
    try {
      return parseTexts(readExtent(this.#path, extent), this.#key, id);
    } catch {
      return NO_TEXTS;
    }
  }
}

function readExtent(path: string, { offset, bytes }: Extent): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(bytes);
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, offset));
  } finally {
    closeSync(file);
  }
}
