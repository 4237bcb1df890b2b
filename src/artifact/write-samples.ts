/** Writes `samples.jsonl`: the samples of all evals, one a line. */
import type { Report } from '../model/report.ts';
import { type EvalSamples, NO_TEXTS, type Sample } from '../model/sample.ts';
import { formatSample, MAX_SAMPLES } from './format-sample.ts';
import { writeWholeFile } from './whole-file.ts';

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
export function writeSamples(
  path: string,
  report: Pick<Report, 'results' | 'samples'>,
  limits: WriteLimits = LIMITS,
): WrittenSamples {
  const pieces = new Pieces(limits);
  writeWholeFile(path, pieces.of(report));
  return pieces.written;
}

/** The lines in pieces, because a system call for each of 100,000 lines takes longer than everything else. */
class Pieces {
  readonly #limits: WriteLimits;
  #lines: string[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  #written = { samples: 0, withoutTexts: 0, leftOut: 0 };

  constructor(limits: WriteLimits) {
    this.#limits = limits;
  }

  get written(): WrittenSamples {
    return { ...this.#written };
  }

  *of({ results, samples }: Pick<Report, 'results' | 'samples'>): Generator<string> {
    for (const { key, mainMetric } of results.evals) {
      const own = samples.get(key);
      for (const sample of own?.samples ?? []) {
        if (own) this.#add(key, mainMetric?.name, sample, own);
        if (this.#pendingBytes >= PIECE_BYTES) yield this.#piece();
      }
    }
    yield this.#piece();
  }

  #add(key: string, metric: string | undefined, sample: Sample, own: EvalSamples): void {
    if (this.#written.samples >= this.#limits.samples) {
      this.#written.leftOut += 1;
      return;
    }
    const texts = own.texts(sample);
    const hasRoom = this.#bytes < this.#limits.bytesWithTexts;
    if (!hasRoom && texts !== NO_TEXTS) this.#written.withoutTexts += 1;
    const line = `${formatSample(key, metric, sample, hasRoom ? texts : NO_TEXTS)}\n`;
    const bytes = Buffer.byteLength(line);
    this.#written.samples += 1;
    this.#lines.push(line);
    this.#pendingBytes += bytes;
    this.#bytes += bytes;
  }

  #piece(): string {
    const piece = this.#lines.join('');
    this.#lines = [];
    this.#pendingBytes = 0;
    return piece;
  }
}
