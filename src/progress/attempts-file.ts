/** `attempts.jsonl`: one line for each ended attempt at an eval, in the order in which the attempts ended. */
import { z } from 'zod';
import { type AttemptRecord, MOST_LAST_LINES } from '../model/attempt-record.ts';
import { MOST_ADAPTATIONS } from '../model/completion-record.ts';
import { compareText, printable, shorten } from '../text.ts';
import {
  adaptationSchema,
  commandSchema,
  count,
  formatRecordLines,
  type LineLimits,
  type ParsedLines,
  parseRecordLines,
  printedName,
  runSchema,
} from './record-lines.ts';

/** In bytes; a larger file is not read. */
export const LARGEST_ATTEMPTS = 32 * 1024 * 1024;

/** From this size on, in bytes, records are written without their last lines: the outcomes of all evals have to fit. */
export const ROOM_FOR_LAST_LINES = 16 * 1024 * 1024;

/** In bytes. */
const LONGEST_SHOWN_LINE = 1000;
const LONGEST_REASON = 4000;

const LIMITS: LineLimits = { lines: 200_000, lineLength: 2 * 1024 * 1024, values: 20_000 };

/** Printed in a log and in a summary. */
const shown = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);

const tokens = z.object({ prompt: count, completion: count, cached: count, reasoning: count });

const schema: z.ZodType<AttemptRecord> = z
  .object({
    version: z.literal(1),
    eval: printedName.min(1),
    argv: commandSchema,
    attempt: z.int().positive(),
    status: z.enum(['completed', 'failed', 'interrupted']),
    willRetry: z.boolean(),
    cause: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/)
      .nullable(),
    reason: shown(LONGEST_REASON),
    lastLines: z.array(shown(LONGEST_SHOWN_LINE)).max(MOST_LAST_LINES),
    traffic: z.object({
      sent: count,
      replayed: count,
      retried: count,
      failed: count,
      tokensSent: tokens,
      tokensReplayed: tokens,
    }),
    adaptations: z.array(adaptationSchema).max(MOST_ADAPTATIONS).default([]),
    run: runSchema,
    started: z.iso.datetime(),
    ended: z.iso.datetime(),
  })
  .refine((record) => record.argv[2] === record.eval, { path: ['argv'], message: 'names another eval' });

export function parseAttempts(text: string): ParsedLines<AttemptRecord> {
  return parseRecordLines(text, schema, LIMITS);
}

export function formatAttempts(records: readonly AttemptRecord[]): string {
  return formatRecordLines(records);
}

/**
 * The record as it can be written: its texts without secrets, invisible characters, or more than a reader looks at.
 * @param redact replaces secrets
 */
export function writableAttempt(record: AttemptRecord, redact: (text: string) => string): AttemptRecord {
  const clean = (text: string, bytes: number) =>
    shorten(printable(redact(text)).replace(/[\t\n]+/g, ' '), bytes);
  return {
    ...record,
    reason: clean(record.reason, LONGEST_REASON),
    lastLines: record.lastLines.slice(-MOST_LAST_LINES).map((line) => clean(line, LONGEST_SHOWN_LINE)),
  };
}

/** A total order: by the time at which attempts ended, and for equal times by their text. */
export function inOrder(a: AttemptRecord, b: AttemptRecord): number {
  return compareText(a.ended, b.ended) || compareText(JSON.stringify(a), JSON.stringify(b));
}

/** Attempts of two states, each once. More than a file can hold are cut at the old end. */
export function mergeAttempts(
  a: readonly AttemptRecord[],
  b: readonly AttemptRecord[],
): readonly AttemptRecord[] {
  const byText = new Map([...a, ...b].map((record) => [JSON.stringify(record), record]));
  return [...byText.values()].sort(inOrder);
}
