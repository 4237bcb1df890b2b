/** What an annotation says of an eval that failed. Pure. */
import { oneLine, shorten } from '../text.ts';

/** Bytes. GitHub cuts the rest off, and with it the end, where the exception stands (actions/runner, `ExecutionContext.cs`). */
const LONGEST_ANNOTATION = 4000;

const LONGEST_REASON = 1500;
const LONGEST_LINE = 600;

/** The last line of a traceback, as Python prints it: `openai.NotFoundError: Error code: 404 …`. */
const EXCEPTION = /^(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Failure|Timeout)(?::|$)/;

/**
 * Why it failed, and as much of the end of its output as there is room for. The exception is always there, also when other
 * threads have printed much behind it.
 */
export function failureAnnotation(reason: string, attempts: number, lastLines: readonly string[]): string {
  const head = `${oneLine(reason, LONGEST_REASON)} (attempts: ${attempts}). It is not recorded as done; re-run the failed jobs to try again.`;
  const exception = lastLines.findLastIndex((line) => EXCEPTION.test(line));
  const shown = new Map<number, string>();
  let room = LONGEST_ANNOTATION - Buffer.byteLength(head);
  for (const index of [exception, ...[...lastLines.keys()].reverse()]) {
    const line = lastLines[index];
    if (line === undefined || shown.has(index)) continue;
    const text = shorten(line, LONGEST_LINE);
    room -= Buffer.byteLength(text) + 1;
    if (room < 0) break;
    shown.set(index, text);
  }
  const lines = [...shown].sort(([a], [b]) => a - b).map(([, text]) => text);
  return [head, ...lines].join('\n');
}
