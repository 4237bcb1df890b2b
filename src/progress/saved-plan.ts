/** `plan.json`: the plan of the last run. Others may have written the file. */
import { z } from 'zod';
import { hasAtMost } from '../model/bounded-json.ts';
import { type Owner, sameOwner } from '../model/owner.ts';
import {
  NO_DEPENDENCIES,
  type Plan,
  type PlanDependencies,
  type SavedDependencies,
  type SavedPlan,
} from '../model/plan.ts';
import { areOrdinaryPaths } from '../model/plan-paths.ts';
import { ANSWER_KINDS } from '../model/request-demand.ts';
import { isSingleLine } from '../text.ts';
import type { StatePaths } from './paths.ts';
import { schemaUse } from './schema-use.ts';
import { problemWith, readRegularFile } from './untrusted-files.ts';

const text = z.string().max(65536);
/** Text that is printed. */
const line = text.refine(isSingleLine, 'has control characters');
const paths = z
  .array(text)
  .max(1_000_000)
  .refine(areOrdinaryPaths, 'contains a path that a plan cannot have');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const fingerprint = z.object({ value: sha256, parts: z.record(line, sha256) });

const whole = z.int().nonnegative();

const requestDemand = z.object({
  by: z.enum(['model', 'judge']),
  requests: whole,
  characters: whole,
  bytes: whole,
  messages: whole,
  answers: whole,
  answer: z.enum(ANSWER_KINDS),
  choices: z.int().positive(),
  maxTokens: z.int().positive().nullable(),
});

const schema: z.ZodType<SavedPlan> = z.object({
  version: z.literal(1),
  owner: z.object({ repository: line, cacheKey: text, model: line, evalSet: line }),
  signature: sha256,
  made: z.object({
    basis: z.object({ files: paths, directories: paths, absent: paths }),
    evalsVersion: text,
    // Version 0.1 did not write it.
    pythonVersion: line.optional(),
    warnings: z.array(line).max(1000).default([]),
    needsApiKey: z.boolean(),
    // Version 0.1 did not write it.
    apiModels: z.array(line).max(1000).optional(),
  }),
  evals: z
    .array(
      z.object({
        key: line.min(1),
        name: line,
        command: z.array(text).min(3),
        // Version 0.1 did not write it.
        modelGraded: z.boolean().default(false),
        samples: z.int().nonnegative().nullable(),
        demand: z.array(requestDemand).max(10).optional(),
        metrics: z.array(line),
        // Version 0.1 wrote neither of these two.
        evalClass: line.optional(),
        higherIsBetter: z.boolean().optional(),
        fingerprint,
        // Version 0.1 wrote neither of these.
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
        modelMap: z.record(line, line).optional(),
      }),
    )
    .max(100_000),
  leftOut: z.array(line).max(100_000).optional(),
});

/** Three times the size of a plan of 10,000 evals. More JSON would fill the heap of a small machine. */
export const MAX_PLAN_BYTES = 32 * 1024 * 1024;

/** A plan of 10,000 evals that import a hundred modules each has half as many. */
const MAX_VALUES = 4_000_000;

/** The digest of a plan that cannot be recalled, because its dependencies changed while it was made. */
const NO_DIGEST = '0'.repeat(64);

/**
 * The part of a plan that is saved. A plan that would be too large to read back is saved without its dependencies or without
 * its evals. Such a plan can be reported, but not recalled.
 */
export function savedPlan(
  { digest = NO_DIGEST, evals, leftOut, dependencies, ...plan }: Plan,
  owner: Owner,
): SavedPlan {
  const { evalsVersion, pythonVersion, warnings, needsApiKey, apiModels } = plan;
  const made = {
    basis: savedDependencies(dependencies),
    evalsVersion,
    ...(pythonVersion === undefined ? {} : { pythonVersion }),
    warnings,
    needsApiKey,
    ...(apiModels ? { apiModels } : {}),
  };
  const withoutDependencies = {
    version: 1,
    owner,
    signature: NO_DIGEST,
    made: { ...made, basis: savedDependencies(NO_DEPENDENCIES) },
  } as const;
  const chosen = { evals, ...(leftOut.length > 0 ? { leftOut } : {}) };
  const forms: SavedPlan[] = [
    { version: 1, owner, signature: digest, made, ...chosen },
    { ...withoutDependencies, ...chosen },
  ];
  return forms.find(canBeRead) ?? { ...withoutDependencies, evals: [] };
}

function savedDependencies({ files, directories, missing }: PlanDependencies): SavedDependencies {
  return { files, directories, absent: missing };
}

function canBeRead(plan: SavedPlan): boolean {
  const content = JSON.stringify(plan);
  return Buffer.byteLength(content) < MAX_PLAN_BYTES && hasAtMost(content, MAX_VALUES);
}

/** Returns the plan, or why the text is not a plan. */
export function parseSavedPlan(content: string): SavedPlan | { readonly reason: string } {
  if (content.length > MAX_PLAN_BYTES || !hasAtMost(content, MAX_VALUES))
    return { reason: 'it is too large to be a plan' };
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { reason: 'it is not JSON' };
  }
  const result = schema.safeParse(value, schemaUse(schema, content));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return {
    reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
  };
}

/** The plan in a state directory, if there is one and it belongs to this owner. Changes nothing on disk. */
export function readSavedPlan({ plan }: StatePaths, owner: Owner): SavedPlan | undefined {
  if (problemWith(plan, { maxBytes: MAX_PLAN_BYTES }) !== undefined) return undefined;
  const text = readRegularFile(plan);
  const saved = text === undefined ? undefined : parseSavedPlan(text);
  return !saved || 'reason' in saved || !sameOwner(saved.owner, owner) ? undefined : saved;
}
