/** The text of the annotation for an eval that failed. Pure. */
import { oneLine, shorten } from '../text.ts';

/** GitHub cuts off the end of a longer one, which contains the exception (actions/runner, `ExecutionContext.cs`). */
const MAX_ANNOTATION_BYTES = 4000;

const MAX_REASON_BYTES = 1500;
const MAX_LINE_BYTES = 600;

/** The last line of a traceback, as Python prints it: `openai.NotFoundError: Error code: 404 …`. */
const EXCEPTION = /^(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Failure|Timeout)(?::|$)/;

/**
 * The reason, and as many of the last lines as fit. The exception is always among them, even if other threads printed much
 * after it.
 */
export function failureAnnotation(reason: string, attempts: number, lastLines: readonly string[]): string {
  const head = `${oneLine(reason, MAX_REASON_BYTES)} (attempts: ${attempts}). It is not recorded as completed. Re-run the failed jobs to retry it.`;
  const exception = lastLines.findLastIndex((line) => EXCEPTION.test(line));
  const shown = new Map<number, string>();
  let room = MAX_ANNOTATION_BYTES - Buffer.byteLength(head);
  for (const index of [exception, ...[...lastLines.keys()].reverse()]) {
    const line = lastLines[index];
    if (line === undefined || shown.has(index)) continue;
    const text = shorten(line, MAX_LINE_BYTES);
    room -= Buffer.byteLength(text) + 1;
    if (room < 0) break;
    shown.set(index, text);
  }
  const lines = [...shown].sort(([a], [b]) => a - b).map(([, text]) => text);
  return [head, ...lines].join('\n');
}
