/** `run.json`: what the last run is. Others may have written the file. */
import { z } from 'zod';
import { parseBoundedJson } from '../model/bounded-json.ts';
import type { RunEstimate } from '../model/estimate.ts';
import { MAX_PRICE, MAX_PRICE_OVERRIDES } from '../model/price.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { MAX_SHARDS } from '../model/shard.ts';
import { isSingleLine, oneLine } from '../text.ts';
import { count } from './record-lines.ts';
import { schemaUse } from './schema-use.ts';

/** The facts of 10,000 evals take a tenth of this. */
export const MAX_RUN_FACTS_BYTES = 32 * 1024 * 1024;

const MAX_VALUES = 1_000_000;

const MAX_TEXT_BYTES = 4096;

const line = z.string().max(MAX_TEXT_BYTES).refine(isSingleLine, 'has control characters');

const dollars = z.number().nonnegative().max(MAX_PRICE);

const prices = z.object({
  providers: z.array(line).max(10),
  overrides: z
    .array(z.object({ model: line, price: z.object({ input: dollars, output: dollars, cached: dollars }) }))
    .max(MAX_PRICE_OVERRIDES),
});

const range = z
  .object({ low: z.number().nonnegative(), high: z.number().nonnegative() })
  .refine(({ low, high }) => low <= high, 'has a low end above its high end');

const runEstimate: z.ZodType<RunEstimate> = z.object({
  evals: count,
  unknownEvals: count,
  guessedEvals: count,
  requests: range,
  promptTokens: range,
  completionTokens: range,
  cost: range.nullable(),
  unpriced: z.array(line).max(1000),
});

const schema: z.ZodType<RunFacts> = z.object({
  version: z.literal(1),
  run: z.object({
    repository: line,
    id: line,
    attempt: count,
    sha: line,
    ref: line,
    workflow: line,
    job: line,
    started: z.iso.datetime(),
  }),
  versions: z.object({ action: line, evals: line, python: line.nullable() }),
  judgeModel: line.nullable(),
  modelMap: z.record(line, line),
  args: z.array(z.string().max(65536)).max(4096),
  shard: z
    .object({
      index: z.int().min(1),
      count: z.int().min(1).max(MAX_SHARDS),
      plan: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .optional(),
  // Version 0.1 did not write it.
  prices: prices.optional(),
  estimate: runEstimate.optional(),
  decisions: z.record(
    line,
    z.object({
      kind: z.enum(['reuse', 'run']),
      reason: line,
      parts: z.array(line).max(10_000),
    }),
  ),
});

/** Returns the facts, or why the text has none. */
export function parseRunFacts(text: string): RunFacts | { readonly reason: string } {
  let value: unknown;
  try {
    value = parseBoundedJson(text, MAX_VALUES);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const result = schema.safeParse(value, schemaUse(schema, text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return {
    reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
  };
}

/** A reason may quote names of files and arguments, which are as long as their writers like. */
export function formatRunFacts(facts: RunFacts, redact: (text: string) => string): string {
  const decisions = Object.entries(facts.decisions).map(([key, { kind, reason, parts }]) => [
    key,
    { kind, reason: short(redact(reason)), parts: parts.map(short) },
  ]);
  return `${JSON.stringify({ ...facts, decisions: Object.fromEntries(decisions) })}\n`;
}

function short(text: string): string {
  return oneLine(text, MAX_TEXT_BYTES);
}
