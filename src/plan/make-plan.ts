import { fingerprints, hashOf } from './fingerprint.ts';
import type { Plan } from './plan.ts';
import { type PlanRequest, readRegistryPlan } from './registry-plan.ts';

/**
 * What the eval set means today, in the order in which `oaievalset` would run it.
 * @throws ActionError PLAN_INVALID or PLAN_FAILED, before anything is spent
 */
export async function makePlan(
  request: PlanRequest & { /** What the evals will see. */ readonly env: NodeJS.ProcessEnv },
): Promise<Plan> {
  const { model, evalSet, args, registryPaths, env } = request;
  const registry = await readRegistryPlan(request);
  const values = await fingerprints({ registry, model, env });
  const byBase = Map.groupBy(registry.evals, (registered) => registered.base);
  // What oaievalset records; with two registry paths it is an invalid command there, which the line need not mend.
  const shared = [...args, ...(registryPaths.length > 0 ? ['--registry_path', ...registryPaths] : [])];
  const evals = registry.evals.map(({ key, base, samples, metrics }, index) => ({
    key,
    name: byBase.get(base)?.length === 1 ? base : key,
    command: ['oaieval', model, key, ...shared],
    samples,
    metrics,
    fingerprint: values[index] ?? { value: '', parts: {} },
  }));
  return {
    evals,
    signature: hashOf([model, evalSet, shared, values.map(({ value }) => value)]),
    evalsVersion: registry.evalsVersion,
    needsApiKey: registry.completionFns.some((fn) => fn.needsApiKey),
  };
}
