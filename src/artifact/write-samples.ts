/** Writes `samples.jsonl`: the samples of all evals, one a line. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Report } from '../model/report.ts';
import { type EvalSamples, NO_TEXTS, type Sample } from '../model/sample.ts';
import { formatSample, MAX_SAMPLES } from './format-sample.ts';

/** From this size on, samples are written without their texts, so that the file is never larger than what is read. */
const BYTES_WITH_TEXTS = 200 * 1024 * 1024;

/** Smaller pieces would need many system calls, larger ones much memory. */
const PIECE_BYTES = 1 << 20;

export interface WrittenSamples {
  readonly samples: number;
  /** Of these, those whose texts did not fit into the file. */
  readonly withoutTexts: number;
  /** Samples beyond the number that is read, which were not written. */
  readonly leftOut: number;
}

export interface WriteLimits {
  readonly samples: number;
  readonly bytesWithTexts: number;
}

const LIMITS: WriteLimits = { samples: MAX_SAMPLES, bytesWithTexts: BYTES_WITH_TEXTS };

/**
 * Writes the samples in the order of the evals. The file is there only when it is complete.
 * @param path in a directory that exists
 */
export async function writeSamples(
  path: string,
  { results, samples }: Pick<Report, 'results' | 'samples'>,
  limits: WriteLimits = LIMITS,
): Promise<WrittenSamples> {
  const temporary = `${path}.tmp`;
  // An existing file is left over from a run that was killed. 'wx' does not follow a link.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx');
  try {
    const writer = new SamplesWriter(file, limits);
    for (const { key, mainMetric } of results.evals) {
      const own = samples.get(key);
      for (const sample of own?.samples ?? [])
        if (own && writer.add(key, mainMetric?.name, sample, own)) await writer.flush();
    }
    await writer.flush();
    await file.close();
    await rename(temporary, path);
    return writer.written;
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Collects lines, because a system call for each of 100,000 lines takes longer than everything else. */
class SamplesWriter {
  readonly #file: FileHandle;
  readonly #limits: WriteLimits;
  #lines: string[] = [];
  #pendingBytes = 0;
  #flushedBytes = 0;
  #written = { samples: 0, withoutTexts: 0, leftOut: 0 };

  constructor(file: FileHandle, limits: WriteLimits) {
    this.#file = file;
    this.#limits = limits;
  }

  get written(): WrittenSamples {
    return { ...this.#written };
  }

  /** @returns whether it is time to flush */
  add(key: string, metric: string | undefined, sample: Sample, own: EvalSamples): boolean {
    if (this.#written.samples >= this.#limits.samples) {
      this.#written.leftOut += 1;
      return false;
    }
    const texts = own.texts(sample);
    const hasRoom = this.#flushedBytes + this.#pendingBytes < this.#limits.bytesWithTexts;
    if (!hasRoom && texts !== NO_TEXTS) this.#written.withoutTexts += 1;
    const line = `${formatSample(key, metric, sample, hasRoom ? texts : NO_TEXTS)}\n`;
    this.#written.samples += 1;
    this.#lines.push(line);
    this.#pendingBytes += Buffer.byteLength(line);
    return this.#pendingBytes >= PIECE_BYTES;
  }

  async flush(): Promise<void> {
    const piece = this.#lines.join('');
    this.#flushedBytes += this.#pendingBytes;
    this.#lines = [];
    this.#pendingBytes = 0;
    await this.#file.appendFile(piece);
  }
}
