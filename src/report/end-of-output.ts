import { isRoutine } from './routine-output.ts';
import { shortTracebacks } from './traceback.ts';

const TRACEBACK = 'Traceback (most recent call last):';

/** A frame of a traceback, or a line outside of one. */
const FRAME_OR_TEXT = /^(?:\S|\s+File ")/;

/**
 * The last lines of an eval's output without what every eval prints, and without the frames of the machinery. Pure.
 * @param lines they may begin within a traceback
 */
export function endOfOutput(lines: readonly string[]): string[] {
  const isCut = /^\s/.test(lines[0] ?? '');
  const firstFrame = Math.max(
    0,
    lines.findIndex((line) => FRAME_OR_TEXT.test(line)),
  );
  return shortTracebacks(isCut ? [TRACEBACK, ...lines.slice(firstFrame)] : lines).filter(
    (line) => !isRoutine(line),
  );
}
