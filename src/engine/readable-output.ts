import type { Log } from '../log.ts';
import { printable, shorten } from '../text.ts';
import type { Engine } from './engine.ts';

/** Long enough for a reader. Annotations and reports contain up to thirty lines of each eval. */
const MAX_LINE_BYTES = 4096;

/**
 * Cleans all output of evals before anything prints, stores or judges it. It removes secrets (HTTP clients print the address of
 * the gateway, which contains a token) and control characters, and shortens long lines.
 */
export function readableOutput(engine: Engine, log: Pick<Log, 'redact'>): Engine {
  const readable = (line: string): string => shorten(log.redact(printable(line)), MAX_LINE_BYTES);
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
