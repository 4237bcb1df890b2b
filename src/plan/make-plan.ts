import { type ModelMap, sortedLines } from '../model/model-map.ts';
import { NO_DEPENDENCIES, type Plan, type SavedPlan } from '../model/plan.ts';
import { recordedCommand } from './command.ts';
import { dependenciesOf, outside, planDigest } from './dependencies.ts';
import { earlierFingerprints } from './earlier-fingerprint.ts';
import type { FileHashes } from './file-hashes.ts';
import { contents, filesOf } from './fingerprint.ts';
import { describeWarnings } from './plan-problems.ts';
import { type RegistryRequest, readRegistryPlan } from './read-registry-plan.ts';

export interface MakePlanRequest {
  readonly registryRequest: RegistryRequest;
  readonly modelMap: ModelMap;
  /** The environment of the evals, which has the base URLs. */
  readonly env: NodeJS.ProcessEnv;
  readonly hashes: FileHashes;
  /** What `planKey` returned: everything except files that determines the plan. */
  readonly key: unknown;
  /** The directories that the key already determines: the venvs with the locked packages. Asked when evals are installed. */
  readonly lockedRoots: () => Promise<readonly string[]>;
}

/**
 * What the eval set means today, in the order in which `oaievalset` would run it.
 * @throws ActionError PLAN_INVALID or PLAN_FAILED, before any request is sent
 */
export async function makePlan(request: MakePlanRequest): Promise<Plan> {
  const { registryRequest, modelMap, env, hashes, key, lockedRoots } = request;
  const registry = await readRegistryPlan(registryRequest);
  const context = { registry, model: registryRequest.model, modelMap, env, hashes };
  const values = await contents(context);
  const earlier = earlierFingerprints(context);
  const byBase = Map.groupBy(registry.evals, (registered) => registered.base);
  const evals = registry.evals.map(({ key: evalKey, base, spec, ...registered }, index) => ({
    key: evalKey,
    name: byBase.get(base)?.length === 1 ? base : evalKey,
    command: recordedCommand(registryRequest, { key: evalKey, modelGraded: registered.modelGraded }),
    modelGraded: registered.modelGraded,
    samples: registered.samples,
    ...(registered.demand ? { demand: registered.demand } : {}),
    metrics: registered.metrics,
    evalClass: spec.cls,
    higherIsBetter: registered.higherIsBetter,
    fingerprint: values[index]?.fingerprint ?? { value: '', parts: {} },
    earlier: earlier[index] ?? [],
    writable: values[index]?.writable ?? [],
    ...(modelMap.size > 0 ? { modelMap: Object.fromEntries(sortedLines(modelMap)) } : {}),
  }));
  const files = [...new Set([...registry.dependencies.files, ...filesOf(registry)])].sort();
  const dependencies = outside(await lockedRoots(), { ...registry.dependencies, files });
  const fns = [...registry.completionFns, ...(registry.judge ? [registry.judge] : [])];
  const made = {
    evals,
    leftOut: registry.leftOut,
    evalsVersion: registry.evalsVersion,
    pythonVersion: registry.pythonVersion,
    warnings: describeWarnings(registry.warnings),
    needsApiKey: fns.some((fn) => fn.needsApiKey),
    apiModels: fns.flatMap(({ name, kind }) => (kind === 'dummy' || kind === 'registry' ? [] : [name])),
  };
  const digest = await planDigest(key, dependencies, made, hashes);
  return { ...made, digest, dependencies: digest === undefined ? NO_DEPENDENCIES : dependencies };
}

/**
 * The saved plan, when its key and all its dependencies are unchanged. Reads the files that the plan depends on, and starts no
 * process.
 */
export async function recallPlan(
  saved: SavedPlan | undefined,
  key: unknown,
  hashes: FileHashes,
  cancelled?: AbortSignal,
): Promise<Plan | undefined> {
  if (!saved?.made) return undefined;
  const { basis, evalsVersion, pythonVersion, needsApiKey, apiModels, warnings } = saved.made;
  const { evals, leftOut = [], signature: digest } = saved;
  const dependencies = dependenciesOf(basis);
  const recalled = { evals, leftOut, evalsVersion, pythonVersion, needsApiKey, apiModels, warnings };
  if ((await planDigest(key, dependencies, recalled, hashes, cancelled)) !== digest) return undefined;
  return { ...recalled, digest, dependencies };
}
