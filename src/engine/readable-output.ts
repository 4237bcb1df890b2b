import type { Log } from '../log.ts';
import { printable, shorten } from '../text.ts';
import type { Engine } from './engine.ts';

/** Bytes. A person reads no more of a line, and annotations and reports keep thirty of them for each eval. */
const LONGEST_LINE = 4096;

/**
 * The one way by which output of evals enters: whatever is printed, kept or judged behind it has no secrets, such as the
 * gateway's address in the lines of an HTTP client, no characters that act, and a length that can be read.
 */
export function readableOutput(engine: Engine, log: Pick<Log, 'redact'>): Engine {
  const readable = (line: string): string => shorten(log.redact(printable(line)), LONGEST_LINE);
  return {
    start: ({ onLine, onRedraw, ...execution }) =>
      engine.start({
        ...execution,
        onLine: (line) => onLine(readable(line)),
        onRedraw: (line) => onRedraw?.(readable(line)),
      }),
    close: () => engine.close(),
  };
}
