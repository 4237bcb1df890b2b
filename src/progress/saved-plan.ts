import { lstatSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Owner, sameOwner } from '../model/owner.ts';
import type { Plan, SavedPlan } from '../model/plan.ts';
import { NO_DEPENDENCIES, type PlanDependencies, type SavedDependencies } from '../model/plan.ts';
import { areOrdinaryPaths } from '../model/plan-paths.ts';
import { holdsAtMost } from './bounded-json.ts';
import type { StatePaths } from './paths.ts';

const text = z.string().max(65536);
/** What is printed: nothing that a terminal or a runner obeys. */
const line = text.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'has control characters');
const paths = z
  .array(text)
  .max(1_000_000)
  .refine(areOrdinaryPaths, 'contains a path that a plan cannot have');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const fingerprint = z.object({ value: sha256, parts: z.record(line, sha256) });

const schema: z.ZodType<SavedPlan> = z.object({
  version: z.literal(1),
  owner: z.object({ repository: line, cacheKey: text, model: line, evalSet: line }),
  signature: sha256,
  made: z.object({
    basis: z.object({ files: paths, directories: paths, absent: paths }),
    evalsVersion: text,
    warnings: z.array(line).max(1000).default([]),
    needsApiKey: z.boolean(),
  }),
  evals: z
    .array(
      z.object({
        key: line.min(1),
        name: line,
        command: z.array(text).min(3),
        samples: z.int().nonnegative().nullable(),
        metrics: z.array(line),
        fingerprint,
        // Version 0.1 had neither.
        earlier: z.array(fingerprint).max(8).default([]),
        writable: z
          .array(
            z.object({
              argument: line,
              path: text.refine((path) => areOrdinaryPaths([path]), 'is not a valid path for a plan'),
              label: text.optional(),
            }),
          )
          .max(10_000)
          .default([]),
      }),
    )
    .max(100_000),
});

/** In bytes: three times what a plan of 10,000 evals takes. Of more JSON the heap of a small machine is full. */
export const LARGEST_PLAN = 32 * 1024 * 1024;

/** A plan of 10,000 evals that import a hundred modules each holds half as many. */
const MOST_VALUES = 4_000_000;

/** No content has this digest: a plan whose dependencies changed while it was made is made again. */
const NO_DIGEST = '0'.repeat(64);

/** What is kept of a plan: of one that would be too large to be read again, as much as is of use without being recalled. */
export function savedPlan(
  { digest = NO_DIGEST, evals, dependencies, evalsVersion, warnings, needsApiKey }: Plan,
  owner: Owner,
): SavedPlan {
  const made = { basis: savedDependencies(dependencies), evalsVersion, warnings, needsApiKey };
  const forgotten = {
    version: 1,
    owner,
    signature: NO_DIGEST,
    made: { ...made, basis: savedDependencies(NO_DEPENDENCIES) },
  } as const;
  const forms: SavedPlan[] = [
    { version: 1, owner, signature: digest, made, evals },
    { ...forgotten, evals },
  ];
  return forms.find(canBeRead) ?? { ...forgotten, evals: [] };
}

function savedDependencies({ files, directories, missing }: PlanDependencies): SavedDependencies {
  return { files, directories, absent: missing };
}

function canBeRead(plan: SavedPlan): boolean {
  const content = JSON.stringify(plan);
  return Buffer.byteLength(content) < LARGEST_PLAN && holdsAtMost(content, MOST_VALUES);
}

/** Returns the plan, or why the text is none. */
export function parseSavedPlan(content: string): SavedPlan | { readonly reason: string } {
  if (content.length > LARGEST_PLAN || !holdsAtMost(content, MOST_VALUES))
    return { reason: 'it is too large to be a plan' };
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

/** The plan that lies in a state directory, if there is one and it is of this owner; nothing is changed there. */
export function readSavedPlan({ plan }: StatePaths, owner: Owner): SavedPlan | undefined {
  const stats = lstatSync(plan, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > LARGEST_PLAN) return undefined;
  const saved = parseSavedPlan(readFileSync(plan, 'utf8'));
  return 'reason' in saved || !sameOwner(saved.owner, owner) ? undefined : saved;
}
