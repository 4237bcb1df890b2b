import type { Readable } from 'node:stream';

/** In characters. Of a longer line, the end is reported. */
export const MAX_LINE_LENGTH = 64 * 1024;

/**
 * Reports each state of a progress bar, which redraws its line after a `\r` and ends the line only when it is full. The stream
 * must have an encoding, which `readLines` sets.
 */
export function readRedraws(stream: Readable, onRedraw: (line: string) => void): void {
  let pending = '';
  stream.on('data', (chunk: string) => {
    pending = (pending + chunk).split('\n').at(-1)?.slice(-MAX_LINE_LENGTH) ?? '';
    if (!chunk.includes('\r')) return;
    pending = pending.split('\r').findLast((part) => part !== '') ?? '';
    if (pending !== '') onRedraw(pending);
  });
}
