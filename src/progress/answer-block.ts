/**
 * The file of the kept answers of one eval: what its requests were answered when it completed, for its next run.
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{"base_url":"…"},"made":1767225600000}
 *     {"crc":"1b2c3d4e","of":"<16 hex>","answers":"<zstd of the lines of some answers, Base64>"}
 *
 * The header is that of a journal segment, whose `fingerprint` stands for the servers alone: the lines name the whole request.
 * Each block is compressed by itself, so that a damaged line costs the answers of one block, and one answer is found without
 * unpacking the others. The lines in a block are those of a segment, with `at`, the time at which the answer was recorded.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { checked, isIntact, MAX_LINE_BYTES } from './journal-line.ts';

/** Larger blocks are hardly smaller when compressed, and cost more answers when they are damaged. */
export const BLOCK_BYTES = 64 * 1024;

const BLOCK = /^{"crc":"[0-9a-f]{8}","of":"([0-9a-f]{16})","answers":"/;

export function blockLine(of: string, lines: readonly Buffer[]): Buffer {
  return checked({ of, answers: zstdCompressSync(Buffer.concat(lines)).toString('base64') });
}

/** The owner of a line, and the lines in it; undefined when it is damaged, or not a block of answers. */
export function readBlock(line: Buffer): { readonly tag: string; readonly bytes: Buffer } | undefined {
  const [start, tag] = BLOCK.exec(line.toString('latin1', 0, 128)) ?? [];
  if (start === undefined || tag === undefined || !isIntact(line)) return undefined;
  try {
    const packed = Buffer.from(line.toString('latin1', start.length, line.length - 2), 'base64');
    return { tag, bytes: zstdDecompressSync(packed, { maxOutputLength: MAX_LINE_BYTES }) };
  } catch {
    return undefined;
  }
}

/** The lines of a block, without their newlines. */
export function* linesOfBlock(bytes: Buffer): Generator<{ readonly line: Buffer; readonly from: number }> {
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    yield { line: bytes.subarray(from, end), from };
    from = end + 1;
  }
}
