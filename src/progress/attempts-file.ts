/** `attempts.jsonl`: one line for each ended attempt of an eval, in the order in which the attempts ended. */
import { z } from 'zod';
import { type AttemptRecord, MAX_LAST_LINES } from '../model/attempt-record.ts';
import { MAX_RECORDED_ADAPTATIONS, MAX_RECORDED_MODELS } from '../model/completion-record.ts';
import type { EvalFailure } from '../model/eval-failure.ts';
import type { ModelTraffic } from '../model/traffic.ts';
import { compareText, isSingleLine, printable, shorten } from '../text.ts';
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

/** A larger file is not read. */
export const MAX_ATTEMPTS_BYTES = 32 * 1024 * 1024;

/** From this size on, in bytes, records are written without their last lines, so that the outcomes of all evals fit. */
export const ROOM_FOR_LAST_LINES = 16 * 1024 * 1024;

const MAX_LAST_LINE_BYTES = 1000;
const MAX_REASON_BYTES = 4000;
const MAX_NAME_BYTES = 500;
const MAX_PATH_BYTES = 4096;

const LIMITS: LineLimits = { lines: 200_000, lineLength: 2 * 1024 * 1024, values: 20_000 };

/** Text that logs and summaries show. */
const shown = (maxBytes: number) => z.string().max(maxBytes).refine(isSingleLine, 'has control characters');

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
    reason: shown(MAX_REASON_BYTES),
    failure: z
      .object({
        type: shown(MAX_NAME_BYTES),
        place: z.object({ file: shown(MAX_PATH_BYTES), line: count }).nullable(),
        sample: shown(MAX_NAME_BYTES).nullable(),
      })
      .optional(),
    lastLines: z.array(shown(MAX_LAST_LINE_BYTES)).max(MAX_LAST_LINES),
    traffic: z.object({
      sent: count,
      replayed: count,
      retried: count,
      failed: count,
      tokensSent: tokens,
      tokensReplayed: tokens,
      // Earlier versions did not write it.
      models: z
        .record(
          shown(MAX_NAME_BYTES),
          z.object({ received: count, replayed: count, tokensSent: tokens, tokensReplayed: tokens }),
        )
        .refine((models) => Object.keys(models).length <= MAX_RECORDED_MODELS + 1, 'names too many models')
        .default({}),
    }),
    adaptations: z.array(adaptationSchema).max(MAX_RECORDED_ADAPTATIONS).default([]),
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
 * The form of a record that is written: its texts without secrets and invisible characters, and shortened.
 * @param redact replaces secrets
 */
export function writableAttempt(record: AttemptRecord, redact: (text: string) => string): AttemptRecord {
  const clean = (text: string, bytes: number) =>
    shorten(printable(redact(text)).replace(/[\t\n]+/g, ' '), bytes);
  return {
    ...record,
    reason: clean(record.reason, MAX_REASON_BYTES),
    ...(record.failure ? { failure: writableFailure(record.failure, clean) } : {}),
    traffic: { ...record.traffic, models: writableModels(record.traffic.models, clean) },
    lastLines: record.lastLines.slice(-MAX_LAST_LINES).map((line) => clean(line, MAX_LAST_LINE_BYTES)),
  };
}

function writableModels(models: ModelTraffic, clean: (text: string, bytes: number) => string): ModelTraffic {
  const entries = Object.entries(models).map(([name, use]) => [clean(name, MAX_NAME_BYTES), use] as const);
  return Object.fromEntries(entries);
}

function writableFailure(
  { type, place, sample }: EvalFailure,
  clean: (text: string, bytes: number) => string,
): EvalFailure {
  return {
    type: clean(type, MAX_NAME_BYTES),
    place: place && { file: clean(place.file, MAX_PATH_BYTES), line: place.line },
    sample: sample === null ? null : clean(sample, MAX_NAME_BYTES),
  };
}

/** A total order: by the time at which attempts ended, then by their text. */
export function compareAttempts(a: AttemptRecord, b: AttemptRecord): number {
  return compareText(a.ended, b.ended) || compareText(JSON.stringify(a), JSON.stringify(b));
}

/** The attempts of two states, each of them once. */
export function mergeAttempts(
  a: readonly AttemptRecord[],
  b: readonly AttemptRecord[],
): readonly AttemptRecord[] {
  const byText = new Map([...a, ...b].map((record) => [JSON.stringify(record), record]));
  return [...byText.values()].sort(compareAttempts);
}
