import type { Plan, SavedPlan } from '../model/plan.ts';
import { NO_DEPENDENCIES } from '../model/plan.ts';
import { recordedCommand } from './command.ts';
import { outside, planDigest } from './dependencies.ts';
import { earlierFingerprints } from './earlier-fingerprint.ts';
import type { FileHashes } from './file-hashes.ts';
import { contents, filesOf } from './fingerprint.ts';
import { describeWarnings } from './plan-problems.ts';
import { type PlanRequest, readRegistryPlan } from './registry-plan.ts';

export interface MakePlanRequest extends PlanRequest {
  /** What the evals will see. */
  readonly env: NodeJS.ProcessEnv;
  readonly hashes: FileHashes;
  /** What `planKey` returned: everything except files that determines the plan. */
  readonly subject: unknown;
  /** A directory whose content the subject stands for: the venv of a lock. */
  readonly lockedRoot: string | undefined;
}

/**
 * What the eval set means today, in the order in which `oaievalset` would run it.
 * @throws ActionError PLAN_INVALID or PLAN_FAILED, before anything is spent
 */
export async function makePlan(request: MakePlanRequest): Promise<Plan> {
  const { model, args, registryPaths, env, hashes, subject, lockedRoot } = request;
  const registry = await readRegistryPlan(request);
  const context = { registry, model, env, hashes };
  const values = await contents(context);
  const earlier = earlierFingerprints(context);
  const byBase = Map.groupBy(registry.evals, (registered) => registered.base);
  const evals = registry.evals.map(({ key, base, samples, metrics }, index) => ({
    key,
    name: byBase.get(base)?.length === 1 ? base : key,
    command: recordedCommand({ model, evalKey: key, args, registryPaths }),
    samples,
    metrics,
    fingerprint: values[index]?.fingerprint ?? { value: '', parts: {} },
    earlier: earlier[index] ?? [],
    writable: values[index]?.writable ?? [],
  }));
  const files = [...new Set([...registry.basis.files, ...filesOf(registry)])].sort();
  const basis = outside(lockedRoot, { ...registry.basis, files });
  const answer = {
    evals,
    evalsVersion: registry.evalsVersion,
    warnings: describeWarnings(registry.warnings),
    needsApiKey: registry.completionFns.some((fn) => fn.needsApiKey),
  };
  const digest = await planDigest(subject, basis, answer, hashes);
  return { ...answer, digest, basis: digest === undefined ? NO_DEPENDENCIES : basis };
}

/**
 * The saved plan, when the request and all dependencies of the plan are unchanged. Reads the files that the plan depends on, and
 * starts no process.
 */
export async function recallPlan(
  saved: SavedPlan | undefined,
  subject: unknown,
  hashes: FileHashes,
  cancelled?: AbortSignal,
): Promise<Plan | undefined> {
  if (!saved?.made) return undefined;
  const { basis, evalsVersion, needsApiKey, warnings } = saved.made;
  const { evals, signature: digest } = saved;
  const answer = { evals, evalsVersion, needsApiKey, warnings };
  if ((await planDigest(subject, basis, answer, hashes, cancelled)) !== digest) return undefined;
  return { ...answer, digest, basis };
}
