import type { Log } from '../log.ts';
import { printable, shorten } from '../text.ts';
import type { Engine } from './engine.ts';

/** No person reads more of a line; annotations and reports hold thirty lines of each eval. */
const LONGEST_LINE_BYTES = 4096;

/**
 * The only way in for the output of evals. Whatever is printed, kept or judged behind it has no secrets (an HTTP client prints
 * the gateway's address, which holds a token), no control characters, and lines of bounded length.
 */
export function readableOutput(engine: Engine, log: Pick<Log, 'redact'>): Engine {
  const readable = (line: string): string => shorten(log.redact(printable(line)), LONGEST_LINE_BYTES);
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
