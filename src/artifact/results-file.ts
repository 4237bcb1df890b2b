/** Reads `results.json`: the results of a run and their verdict. Anyone may have written it. */
import type { z } from 'zod';
import { hasAtMost } from '../model/bounded-json.ts';
import type { Results } from '../model/results.ts';
import type { Verdict } from '../model/verdict.ts';
import { oneLine } from '../text.ts';
import { resultsSchema } from './results-schema.ts';

/** The size of a file that is read. Results of 1,000 evals with 100 samples each take a tenth, a third with all their flips. */
export const MAX_RESULTS_BYTES = 64 * 1024 * 1024;

/** JSON values of a file that is read; a file of the maximal size that this action wrote has fewer. */
const MAX_VALUES = 8_000_000;

export type ParsedResults = { readonly results: Results; readonly verdict: Verdict } | NotResults;

/** Why a text is not a results.json that this version knows. */
export interface NotResults {
  /** A clause. It quotes no values, because the path may name a confidential file. */
  readonly problem: string;
  /** What to do, a whole sentence. */
  readonly next: string;
}

const NAME_IT = 'Name a results.json that this action wrote.';
const RESTORE_IT = 'Restore it as the action wrote it, or use the results.json of a new run.';
const MATCH_VERSIONS =
  'Use the version of the action that wrote it, or the results.json of a new run with this version.';

export function parseResults(text: string): ParsedResults {
  if (text.length > MAX_RESULTS_BYTES || !hasAtMost(text, MAX_VALUES))
    return { problem: 'it is too large for a results.json', next: NAME_IT };
  const parsed = parseJson(text);
  if ('problem' in parsed) return { ...parsed, next: RESTORE_IT };
  const strange = strangeVersion(parsed.value);
  if (strange) return strange;
  const checked = resultsSchema.safeParse(parsed.value);
  if (!checked.success) return { problem: fieldProblem(checked.error), next: RESTORE_IT };
  const { version: _, verdict, ...results } = checked.data;
  const twice = firstRepeated(results.evals.map(({ key }) => key));
  if (twice !== undefined)
    return { problem: `it has the eval ${oneLine(twice, 200)} twice`, next: RESTORE_IT };
  return { results, verdict };
}

/** Says where the JSON is invalid. V8 says it only in some messages, and quotes the text in others. */
function parseJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const message = String(error);
    const [, position, line, column] = /at position (\d+) \(line (\d+) column (\d+)\)$/.exec(message) ?? [];
    if (message.includes('end of JSON input') || Number(position) >= text.trimEnd().length)
      return { problem: 'it is cut off: its JSON does not end' };
    return {
      problem:
        position === undefined ? 'it is not JSON' : `its JSON is invalid at line ${line}, column ${column}`,
    };
  }
}

function strangeVersion(value: unknown): NotResults | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value) || !('evals' in value))
    return { problem: 'it is JSON, but not a results.json of this action', next: NAME_IT };
  const { version } = value;
  if (version === 1) return undefined;
  if (typeof version !== 'number' || !Number.isSafeInteger(version))
    return { problem: 'its version is not a number', next: RESTORE_IT };
  return {
    problem: `it has version ${version}, which this version of the action does not know`,
    next: MATCH_VERSIONS,
  };
}

function fieldProblem({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join('.') || 'its content';
  return `${oneLine(path, 200)} is not valid (${oneLine(issue?.message ?? 'wrong shape', 200)})`;
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
