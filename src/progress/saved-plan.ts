import { lstatSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Basis } from '../plan/basis.ts';
import type { Plan, PlannedEval } from '../plan/plan.ts';
import type { StatePaths } from './paths.ts';

const text = z.string().max(65536);
const paths = z.array(text).max(1_000_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const schema: z.ZodType<SavedPlan> = z.object({
  version: z.literal(1),
  owner: z.object({ repository: text, cacheKey: text, model: text, evalSet: text }),
  signature: sha256,
  made: z.object({
    basis: z.object({ files: paths, directories: paths, absent: paths }),
    evalsVersion: text,
    needsApiKey: z.boolean(),
  }),
  evals: z
    .array(
      z.object({
        key: text.min(1),
        name: text,
        command: z.array(text).min(3),
        samples: z.int().nonnegative().nullable(),
        metrics: z.array(text),
        fingerprint: z.object({ value: sha256, parts: z.record(text, sha256) }),
      }),
    )
    .max(100_000),
});

/** `plan.json`: the last plan, and the signature of what it was made from. */
export interface SavedPlan {
  readonly version: 1;
  /** Whose state this is; state of another owner is set aside. */
  readonly owner: Owner;
  /** SHA-256 (hex) of what the plan was made from. */
  readonly signature: string;
  readonly made: {
    readonly basis: Basis;
    readonly evalsVersion: string;
    readonly needsApiKey: boolean;
  };
  readonly evals: readonly PlannedEval[];
}

export interface Owner {
  readonly repository: string;
  readonly cacheKey: string;
  readonly model: string;
  readonly evalSet: string;
}

/** In bytes: a plan of 100,000 evals is smaller. */
const LARGEST = 256 * 1024 * 1024;

/** No content has this signature: a plan whose basis changed while it was made is made again. */
const NEVER = '0'.repeat(64);

export function savedPlan(
  { signature = NEVER, evals, basis, evalsVersion, needsApiKey }: Plan,
  owner: Owner,
): SavedPlan {
  return { version: 1, owner, signature, made: { basis, evalsVersion, needsApiKey }, evals };
}

/** Returns the plan, or why the text is none. */
export function parseSavedPlan(content: string): SavedPlan | { readonly reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return {
    reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
  };
}

export function sameOwner(a: Owner, b: Owner): boolean {
  return (
    a.repository === b.repository &&
    a.cacheKey === b.cacheKey &&
    a.model === b.model &&
    a.evalSet === b.evalSet
  );
}

/** The plan that lies in a state directory, if there is one and it is of this owner; nothing is changed there. */
export function readSavedPlan({ plan }: StatePaths, owner: Owner): SavedPlan | undefined {
  const stats = lstatSync(plan, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > LARGEST) return undefined;
  const saved = parseSavedPlan(readFileSync(plan, 'utf8'));
  return 'reason' in saved || !sameOwner(saved.owner, owner) ? undefined : saved;
}
