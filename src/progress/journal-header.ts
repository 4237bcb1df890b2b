import { LineTooLong, linesOfFileSync } from '../lines.ts';
import { type JournalOwner, MAX_HEADER_BYTES, readHeader, readLine } from './journal-line.ts';

export interface SegmentHeader {
  readonly owner: JournalOwner;
  /** In milliseconds since 1970; 0 when it is unknown. */
  readonly made: number;
}

/** The header of a segment, or of a file of kept answers; undefined when its first line is none, or is damaged. */
export function headerOfFile(path: string): SegmentHeader | undefined {
  const first = firstLineOf(path);
  return first && readLine(first).kind === 'unknown' ? readHeader(first) : undefined;
}

function firstLineOf(path: string): Buffer | undefined {
  try {
    for (const { bytes } of linesOfFileSync(path, MAX_HEADER_BYTES)) return bytes;
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
  }
  return undefined;
}
