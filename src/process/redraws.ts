import type { Readable } from 'node:stream';

const LONGEST_LINE = 64 * 1024;

/**
 * Reports what a progress bar shows: it redraws its line, each time behind a `\r`, and ends it only when it is full. The
 * stream has to be one of text, as `readLines` makes it.
 */
export function readRedraws(stream: Readable, onRedraw: (line: string) => void): void {
  let pending = '';
  stream.on('data', (chunk: string) => {
    pending = (pending + chunk).split('\n').at(-1)?.slice(-LONGEST_LINE) ?? '';
    if (!chunk.includes('\r')) return;
    pending = pending.split('\r').findLast((part) => part !== '') ?? '';
    if (pending !== '') onRedraw(pending);
  });
}
