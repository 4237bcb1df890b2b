/**
 * What decides an eval's result, as named hashes. Left out is what only transports or prints: threads, debug, the user's
 * name, and every path of the machine.
 */
import { createHash } from 'node:crypto';
import { ActionError, reasonOf } from '../errors.ts';
import type { FileHashes } from './file-hashes.ts';
import type { Fingerprint } from './plan.ts';
import type { CompletionFn, DataFile, RegisteredEval, RegistryPlan, SourceFile } from './registry-plan.ts';

export interface FingerprintContext {
  readonly registry: RegistryPlan;
  readonly model: string;
  /** The environment of the evals: it says where the API is. */
  readonly env: NodeJS.ProcessEnv;
  readonly hashes: FileHashes;
}

/**
 * One fingerprint for each eval of the registry plan, in its order.
 * @throws ActionError PLAN_INVALID when a file cannot be read
 */
export async function fingerprints(context: FingerprintContext): Promise<Fingerprint[]> {
  const { registry, model, env, hashes } = context;
  const paths = [
    ...registry.evals,
    ...registry.completionFns.flatMap((fn) => [fn, ...fn.references]),
  ].flatMap(({ data, sources }) => [...data, ...sources].map((file) => file.path));
  try {
    await hashes.read(paths);
  } catch (error) {
    throw new ActionError(
      'PLAN_INVALID',
      `A file that an eval of the set names cannot be read: ${reasonOf(error)}.`,
      'Make it readable to the user of the runner.',
      { cause: error },
    );
  }
  const hashed = (file: DataFile | SourceFile) => [file.label, hashes.of(file.path)] as const;

  const shared = {
    arguments: hashOf(registry.arguments),
    base_url: hashOf(baseUrls(env)),
    completion_fn: hashOf(registry.completionFns.map((fn) => describe(fn, hashed))),
    evals: hashOf(registry.evalsVersion),
    model: hashOf(model),
  };
  return registry.evals.map((registered) => {
    const parts = sorted({ ...shared, ...ownParts(registered, hashed) });
    return { value: hashOf(parts), parts };
  });
}

type Hashed = (file: DataFile | SourceFile) => readonly [string, string | undefined];

function ownParts(
  { key, spec, modelgraded, sources, packages, data, remote }: RegisteredEval,
  hashed: Hashed,
) {
  const parts: Record<string, string> = { spec: hashOf({ key, spec, remote }) };
  for (const [name, files] of Map.groupBy(data, (file) => file.name)) parts[name] = hashOf(files.map(hashed));
  if (modelgraded.length > 0) parts.modelgraded = hashOf(modelgraded);
  if (sources.length + packages.length > 0) parts.class = hashOf([sources.map(hashed), packages]);
  return parts;
}

function describe(fn: CompletionFn | CompletionFn['references'][number], hashed: Hashed): unknown {
  const { name, kind, api, spec, sources, packages, data, remote } = fn;
  const references = 'references' in fn ? fn.references.map((reference) => describe(reference, hashed)) : [];
  return {
    name,
    kind,
    ...(api === null ? {} : { api }),
    spec,
    sources: sources.map(hashed),
    packages,
    data: data.map(hashed),
    remote,
    references,
  };
}

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** Another server gives other answers. A user name or password in the URL only transports. */
function baseUrls(env: NodeJS.ProcessEnv): Record<string, string> {
  const urls = { openai: env.OPENAI_BASE_URL || DEFAULT_BASE_URL, anthropic: env.ANTHROPIC_BASE_URL ?? '' };
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, withoutCredentials(url)]));
}

function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

/** SHA-256 (hex) of a value as JSON, whatever the order of its keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)])) as T;
}
