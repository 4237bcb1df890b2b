/** `completions.jsonl`: one completion record per line. */
import { z } from 'zod';
import { commandId } from '../model/command.ts';
import {
  type CompletionRecord,
  MAX_RECORDED_ADAPTATIONS,
  MAX_RECORDED_MODELS,
  MAX_SAMPLE_SOURCES,
} from '../model/completion-record.ts';
import {
  adaptationSchema,
  commandSchema,
  count,
  formatRecordLines,
  type LineLimits,
  parseRecordLines,
  printedName,
  runSchema,
} from './record-lines.ts';

/** A larger file is not read. The records of 10,000 evals take a third of this. */
export const MAX_COMPLETIONS_BYTES = 32 * 1024 * 1024;

const LIMITS: LineLimits = {
  // No eval set has a tenth as many records, however often its evals completed.
  lines: 200_000,
  // The line of a record has a few hundred characters.
  lineLength: 2 * 1024 * 1024,
  // A record with a thousand modules and a thousand metrics has a tenth as many.
  values: 50_000,
};

const metric = z.union([z.number(), z.string().max(4096), z.boolean(), z.null()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** In base64. */
const bits = z
  .string()
  .max(MAX_SAMPLE_SOURCES / 4)
  .regex(/^[\w+/]*={0,2}$/);

const schema: z.ZodType<CompletionRecord> = z
  .object({
    version: z.literal(1),
    eval: printedName.min(1),
    argv: commandSchema,
    judge: printedName.optional(),
    fingerprint: sha256,
    parts: z.record(printedName, sha256),
    written: z.array(printedName).max(10_000).default([]),
    metrics: z.record(z.string().max(4096), metric),
    samples: count.nullable(),
    tokens: z.object({
      prompt: count,
      completion: count,
      total: count,
      cached: count.default(0),
      reasoning: count.default(0),
    }),
    requests: z.object({ sent: count, replayed: count }).nullable(),
    usage: z
      .record(
        printedName,
        z.object({ responses: count, prompt: count, completion: count, cached: count, reasoning: count }),
      )
      .refine((models) => Object.keys(models).length <= MAX_RECORDED_MODELS + 1, 'names too many models')
      .optional(),
    reusedAnswers: z.object({ count, oldest: z.iso.datetime() }).optional(),
    sampleSources: z.object({ samples: count.max(MAX_SAMPLE_SOURCES), sent: bits, unknown: bits }).optional(),
    adaptations: z.array(adaptationSchema).max(MAX_RECORDED_ADAPTATIONS).default([]),
    models: z
      .record(printedName, printedName)
      .refine((models) => Object.keys(models).length <= MAX_RECORDED_MODELS, 'names too many models')
      .optional(),
    run: runSchema,
    started: z.iso.datetime(),
    ended: z.iso.datetime(),
  })
  .refine((record) => record.argv[2] === record.eval, { path: ['argv'], message: 'names another eval' });

export interface ParsedCompletions {
  readonly records: CompletionRecord[];
  /** Why the file, or a part of it, is invalid, as a clause; undefined when all of its lines are completion records. */
  readonly rejected: string | undefined;
  readonly needsRewrite: boolean;
}

/** Of two records of one command, the later line counts. */
export function parseCompletions(text: string): ParsedCompletions {
  const { records, rejected, isTorn } = parseRecordLines(text, schema, LIMITS);
  const byCommand = new Map<string, CompletionRecord>();
  for (const record of records) {
    const id = commandId(record.argv);
    byCommand.delete(id);
    byCommand.set(id, record);
  }
  return {
    records: [...byCommand.values()],
    rejected,
    needsRewrite: rejected !== undefined || isTorn || byCommand.size < records.length,
  };
}

export function formatRecord(record: CompletionRecord): string {
  return JSON.stringify(record);
}

export function formatCompletions(records: readonly CompletionRecord[]): string {
  return formatRecordLines(records);
}
