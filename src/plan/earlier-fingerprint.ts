/**
 * Fingerprints as version 0.1 made them, which identify its results. They cover only the code of a class and its bases, and
 * also the port of a local API and every file that an argument names.
 */

import type { Fingerprint } from '../model/fingerprint.ts';
import { baseUrlsWithPorts } from './base-urls.ts';
import type { FileHashes } from './file-hashes.ts';
import type { FingerprintContext } from './fingerprint.ts';
import { hashOf, sorted } from './hash.ts';
import type { CompletionFn, DataFile, RegisteredEval, SourceFile } from './registry-plan.ts';

/**
 * The fingerprints that version 0.1 would make of each eval of the registry plan. It had no inputs for a judge and a model map. The
 * files must have been read.
 */
export function earlierFingerprints(context: FingerprintContext): Fingerprint[][] {
  const { registry, model, modelMap, env, hashes } = context;
  if (modelMap.size > 0) return registry.evals.map(() => []);
  const shared = {
    arguments: hashOf(registry.arguments),
    base_url: hashOf(baseUrlsWithPorts(env)),
    completion_fn: hashOf(registry.completionFns.map((fn) => describe(fn, hashes))),
    evals: hashOf(registry.evalsVersion),
    model: hashOf(model),
  };
  return registry.evals.map((registered) => {
    if (registered.modelGraded && registry.judge) return [];
    const whole = registered.data;
    const given = whole.filter((file) => file.name === 'samples');
    // Before the eval ran, the files that it writes did not exist.
    const sets = registered.mayWrite && given.length < whole.length ? [whole, given] : [whole];
    return sets.map((data) => {
      const parts = sorted({ ...shared, ...ownParts(registered, data, hashes) });
      return { value: hashOf(parts), parts };
    });
  });
}

function ownParts(
  { key, spec, modelgraded, sources, packages, remote }: RegisteredEval,
  data: readonly DataFile[],
  hashes: FileHashes,
): Record<string, string> {
  const parts: Record<string, string> = { spec: hashOf({ key, spec, remote }) };
  for (const [name, files] of Map.groupBy(data, (file) => file.name))
    parts[name] = hashOf(files.map((file) => hashed(file, hashes)));
  if (modelgraded.length > 0) parts.modelgraded = hashOf(modelgraded);
  if (sources.length + packages.length > 0)
    parts.class = hashOf([sources.map((file) => hashed(file, hashes)), packages]);
  return parts;
}

function describe(fn: CompletionFn | CompletionFn['references'][number], hashes: FileHashes): unknown {
  const { name, kind, api, spec, sources, packages, data, remote } = fn;
  const references = 'references' in fn ? fn.references.map((each) => describe(each, hashes)) : [];
  return {
    name,
    kind,
    ...(api === null ? {} : { api }),
    spec,
    sources: sources.map((file) => hashed(file, hashes)),
    packages,
    data: data.map((file) => hashed(file, hashes)),
    remote,
    references,
  };
}

const hashed = (file: DataFile | SourceFile, hashes: FileHashes) => [file.label, hashes.of(file.path)];
