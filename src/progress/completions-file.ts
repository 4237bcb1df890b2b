import { z } from 'zod';
import { linesOfText } from '../lines.ts';
import { formatCommand } from '../model/command.ts';
import { type CompletionRecord, MOST_ADAPTATIONS } from '../model/completion-record.ts';
import { parseBoundedJson } from './bounded-json.ts';

const metric = z.union([z.number(), z.string().max(4096), z.boolean(), z.null()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const shortText = z.string().max(4096);
/** Printed as it is; the action writes none with control characters in it. */
const name = z
  .string()
  .max(4096)
  .regex(/^\P{Cc}*$/u);

const adaptation = z.union([
  z.object({ model: name, param: name, value: name, renamedTo: z.null() }),
  z.object({ model: name, param: name, value: z.null(), renamedTo: name }),
]);

const schema: z.ZodType<CompletionRecord> = z.object({
  version: z.literal(1),
  eval: name.min(1),
  argv: z.array(z.string().max(65536)).min(3).max(4096),
  fingerprint: sha256,
  parts: z.record(name, sha256),
  written: z.array(name).max(10_000).default([]),
  metrics: z.record(shortText, metric),
  samples: z.int().nonnegative().nullable(),
  tokens: z.object({
    prompt: z.int().nonnegative(),
    completion: z.int().nonnegative(),
    total: z.int().nonnegative(),
    cached: z.int().nonnegative().default(0),
    reasoning: z.int().nonnegative().default(0),
  }),
  requests: z.object({ sent: z.int().nonnegative(), replayed: z.int().nonnegative() }).nullable(),
  adaptations: z.array(adaptation).max(MOST_ADAPTATIONS).default([]),
  run: z.object({ repository: name, id: name, attempt: z.int().nonnegative() }),
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
});

export interface ParsedCompletions {
  readonly records: CompletionRecord[];
  /** Why the file, or a part of it, is none, as a clause; undefined when all of its lines are completion records. */
  readonly rejected: string | undefined;
  readonly needsRewrite: boolean;
}

/** Reads `completions.jsonl`. Of two records of one command the later line counts. */
export function parseCompletions(text: string): ParsedCompletions {
  const byCommand = new Map<string, CompletionRecord>();
  let lines = 0;
  let rejected = 0;
  let first = '';
  let superseded = false;
  for (const { line, ended } of linesOfText(text)) {
    lines += 1;
    if (lines > MOST_LINES)
      return { records: [], rejected: `it has more than ${MOST_LINES} lines`, needsRewrite: true };
    const parsed = parseRecord(line);
    if (typeof parsed !== 'string') {
      const id = formatCommand(parsed.argv);
      superseded ||= byCommand.delete(id);
      byCommand.set(id, parsed);
    } else if (ended) {
      // One without its newline is torn: the process was killed while it wrote.
      first ||= `line ${lines}: ${parsed}`;
      rejected += 1;
    }
  }
  return {
    records: [...byCommand.values()],
    rejected: rejected === 0 ? undefined : `${first} (${rejected} such)`,
    needsRewrite: rejected > 0 || superseded || (text !== '' && !text.endsWith('\n')),
  };
}

/** No eval set has a tenth as many, completed as often as any is. */
const MOST_LINES = 200_000;

export function formatRecord(record: CompletionRecord): string {
  return JSON.stringify(record);
}

export function formatCompletions(records: readonly CompletionRecord[]): string {
  return records.map((record) => `${formatRecord(record)}\n`).join('');
}

/** In characters: a record has a line of a few hundred, and a line that holds a million lists is a bomb. */
const LONGEST_LINE = 2 * 1024 * 1024;

/** A record that names a thousand modules, with a thousand metrics, holds a tenth as many. */
const MOST_VALUES = 50_000;

function parseRecord(line: string): CompletionRecord | string {
  if (line.length > LONGEST_LINE) return 'longer than any record of this action';
  let value: unknown;
  try {
    value = parseBoundedJson(line, MOST_VALUES);
  } catch {
    return 'not JSON';
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    return issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'wrong shape';
  }
  if (result.data.argv[2] !== result.data.eval) return 'argv: names another eval';
  return result.data;
}
