/** Files of one JSON record per line, such as `completions.jsonl` and `attempts.jsonl`. Their content is not trusted. */
import { z } from 'zod';
import { linesOfText } from '../lines.ts';
import { parseBoundedJson } from '../model/bounded-json.ts';
import { hasNoControls } from '../text.ts';
import { schemaUse } from './schema-use.ts';

export interface ParsedLines<T> {
  readonly records: T[];
  /** Why the file, or a part of it, is invalid, as a clause; undefined when every complete line is a record. */
  readonly rejected: string | undefined;
  /** Whether the file ends within a line, because the process was killed during a write. */
  readonly isTorn: boolean;
}

export interface LineLimits {
  readonly lines: number;
  /** In characters. */
  readonly lineLength: number;
  /** JSON values in one line. A line of a million lists takes fifty times its size in memory. */
  readonly values: number;
}

/** Reads every valid record. An invalid last line without its newline is torn, so it is dropped and not reported. */
export function parseRecordLines<T>(text: string, schema: z.ZodType<T>, limits: LineLimits): ParsedLines<T> {
  const records: T[] = [];
  const use = schemaUse(schema, text);
  let lines = 0;
  let rejected = 0;
  let first = '';
  for (const { line, ended } of linesOfText(text)) {
    lines += 1;
    if (lines > limits.lines)
      return { records: [], rejected: `it has more than ${limits.lines} lines`, isTorn: false };
    const parsed = parseLine(line, schema, limits, use);
    if ('record' in parsed) {
      records.push(parsed.record);
    } else if (ended) {
      first ||= `line ${lines}: ${parsed.problem}`;
      rejected += 1;
    }
  }
  return {
    records,
    rejected: rejected === 0 ? undefined : `${first} (${rejected} such)`,
    isTorn: text !== '' && !text.endsWith('\n'),
  };
}

export function formatRecordLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function parseLine<T>(
  line: string,
  schema: z.ZodType<T>,
  { lineLength, values }: LineLimits,
  use: ReturnType<typeof schemaUse>,
): { readonly record: T } | { readonly problem: string } {
  if (line.length > lineLength) return { problem: 'longer than a record can be' };
  let value: unknown;
  try {
    value = parseBoundedJson(line, values);
  } catch {
    return { problem: 'not JSON' };
  }
  const result = schema.safeParse(value, use);
  if (result.success) return { record: result.data };
  const issue = result.error.issues[0];
  return { problem: issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'wrong shape' };
}

// Parts of the schemas of both files.

export const printedName = z.string().max(4096).refine(hasNoControls, 'has control characters');

export const count = z.int().nonnegative();

export const commandSchema = z.array(z.string().max(65536)).min(3).max(4096);

export const adaptationSchema = z.union([
  z.object({ model: printedName, param: printedName, value: printedName, renamedTo: z.null() }),
  z.object({ model: printedName, param: printedName, value: z.null(), renamedTo: printedName }),
]);

export const runSchema = z.object({ repository: printedName, id: printedName, attempt: count });
