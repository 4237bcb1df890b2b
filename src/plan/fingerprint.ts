/**
 * Everything that can change the result of an eval, as named hashes. Settings that only transport or print are excluded (threads,
 * debug, the user's name), and so are all paths of the machine. src/plan/written.ts excludes what an eval has written.
 */
import { relative, sep } from 'node:path';
import { ActionError, reasonOf } from '../errors.ts';
import type { Fingerprint } from '../model/fingerprint.ts';
import { type ModelMap, sortedLines } from '../model/model-map.ts';
import {
  codePart,
  dataPart,
  entryPart,
  JUDGE_PART,
  MODEL_MAP_PART,
  packagePart,
} from '../model/part-names.ts';
import type { WritableArgument } from '../model/plan.ts';
import { baseUrls } from './base-urls.ts';
import type { FileHashes } from './file-hashes.ts';
import { hashOf, sorted } from './hash.ts';
import type { CodeList, CompletionFn, DataFile, RegisteredEval, RegistryPlan } from './registry-plan.ts';

export interface FingerprintContext {
  readonly registry: RegistryPlan;
  readonly model: string;
  readonly modelMap: ModelMap;
  /** The environment of the evals, which has the base URLs. */
  readonly env: NodeJS.ProcessEnv;
  readonly hashes: FileHashes;
}

export interface Content {
  readonly fingerprint: Fingerprint;
  readonly writable: readonly WritableArgument[];
}

/** More parts of one kind than this are joined by directory, because each result records all of its parts. */
const MAX_PARTS = 32;

/**
 * The content of each eval of the registry plan, in its order.
 * @throws ActionError PLAN_INVALID when a file cannot be read
 */
export async function contents(context: FingerprintContext): Promise<Content[]> {
  const { registry, model, modelMap, env, hashes } = context;
  await readAll(filesOf(registry), hashes);
  const shared = {
    arguments: hashOf(registry.arguments),
    base_url: hashOf(baseUrls(env)),
    completion_fn: hashOf(registry.completionFns.map(describe)),
    evals: hashOf(
      registry.evalsRevision === '' ? registry.evalsVersion : [registry.evalsVersion, registry.evalsRevision],
    ),
    model: hashOf(model),
    ...(modelMap.size > 0 ? { [MODEL_MAP_PART]: hashOf(sortedLines(modelMap)) } : {}),
  };
  const candidates = fnContent(registry.completionFns, hashes);
  const judge = registry.judge && judgeContent(registry.judge, hashes);
  const code = codeParts(registry.code, hashes);
  return registry.evals.map((registered) => {
    const fns = registered.modelGraded && judge ? [candidates, judge] : [candidates];
    const own = registered.code === null ? [] : [registered.code];
    const parts = sorted({
      ...shared,
      ...Object.assign({}, ...fns.map((fn) => fn.parts)),
      ...ownParts(registered, hashes),
      ...code([...own, ...fns.flatMap((fn) => fn.lists)]),
    });
    const writable = registered.mayWrite ? writableArguments(registered.data) : [];
    return {
      fingerprint: { value: hashOf(parts), parts },
      writable: [...writable, ...fns.flatMap((fn) => fn.writable)],
    };
  });
}

/** What completion functions add to the content of an eval. */
interface FnContent {
  readonly parts: Readonly<Record<string, string>>;
  readonly writable: readonly WritableArgument[];
  /** The numbers of their code lists. */
  readonly lists: readonly number[];
}

function fnContent(fns: readonly CompletionFn[], hashes: FileHashes): FnContent {
  const all = fns.flatMap((fn) => [fn, ...fn.references]);
  return {
    parts: dataParts(all.flatMap(dataOf), hashes),
    writable: writableArguments(all.filter((fn) => fn.mayWrite).flatMap(dataOf)),
    lists: all.flatMap((fn) => (fn.code === null ? [] : [fn.code])),
  };
}

function judgeContent(judge: CompletionFn, hashes: FileHashes): FnContent {
  const { parts, ...rest } = fnContent([judge], hashes);
  return { ...rest, parts: { ...parts, [JUDGE_PART]: hashOf(describe(judge)) } };
}

/** The files that the arguments of a completion function name. */
function dataOf({ name, data }: CompletionFn | CompletionFn['references'][number]): DataFile[] {
  return data.map((file) => ({ ...file, name: `${name}.${file.name}` }));
}

/** All files whose content is part of a fingerprint. */
export function filesOf(registry: RegistryPlan): string[] {
  const named = [...registry.completionFns, ...(registry.judge ? [registry.judge] : [])];
  const fns = named.flatMap((fn) => [fn, ...fn.references]);
  const files = [
    ...[...registry.evals, ...fns].flatMap(({ data, sources }) => [...data, ...sources]),
    ...registry.evals.flatMap((registered) => registered.solverData),
    ...registry.code.flatMap((list) => list.files),
  ];
  return [...new Set(files.map((file) => file.path))];
}

async function readAll(paths: readonly string[], hashes: FileHashes): Promise<void> {
  try {
    await hashes.read(paths);
  } catch (error) {
    throw new ActionError(
      'PLAN_INVALID',
      `A file that an eval of the set names cannot be read: ${reasonOf(error)}.`,
      'Make it readable for the user of the runner.',
      { cause: error },
    );
  }
}

function ownParts(registered: RegisteredEval, hashes: FileHashes): Record<string, string> {
  const { key, spec, modelgraded, solvers, data, solverData, remote } = registered;
  return {
    ...dataParts([...data, ...solverData], hashes),
    spec: hashOf({ key, spec, remote }),
    ...(modelgraded.length > 0 ? { modelgraded: hashOf(modelgraded) } : {}),
    ...(solvers.length > 0 ? { solvers: hashOf(solvers) } : {}),
  };
}

/** A file is a part, and so is each entry of a directory. Files that an eval writes beside its data can then be excluded. */
function dataParts(data: readonly DataFile[], hashes: FileHashes): Record<string, string> {
  const parts: [string, string][] = [];
  for (const [argument, files] of Map.groupBy(data, (file) => file.name)) {
    const whole = dataPart(argument);
    const entries = Map.groupBy(files, (file) => partOf(file, whole));
    const groups = entries.size > MAX_PARTS ? new Map([[whole, files]]) : entries;
    for (const [part, group] of groups)
      parts.push([part, hashOf(group.map(({ label, path }) => [label, hashes.of(path)]))]);
  }
  return Object.fromEntries(parts);
}

/** `whole` when the argument names the file itself. Otherwise the part of the directory's entry that contains the file. */
function partOf({ path, root }: DataFile, whole: string): string {
  return path === root ? whole : entryPart(whole, relative(root, path).split(sep, 1)[0] ?? '');
}

function writableArguments(data: readonly DataFile[]): WritableArgument[] {
  return [...Map.groupBy(data, (file) => file.name)].flatMap(([name, [file]]) => {
    if (!file) return [];
    const { path, root, label } = file;
    return [{ argument: dataPart(name), path: root, ...(path === root ? { label } : {}) }];
  });
}

/** Evals share the code of their classes, so the parts of each combination of lists are made once. */
function codeParts(
  lists: readonly CodeList[],
  hashes: FileHashes,
): (numbers: readonly number[]) => Record<string, string> {
  const known = new Map<string, Record<string, string>>();
  return (numbers) => {
    const id = [...new Set(numbers)].sort((a, b) => a - b).join();
    const parts =
      known.get(id) ??
      joinedCode(
        numbers.flatMap((number) => lists[number] ?? []),
        hashes,
      );
    known.set(id, parts);
    return parts;
  };
}

function joinedCode(lists: readonly CodeList[], hashes: FileHashes): Record<string, string> {
  const files = new Map(
    lists.flatMap((list) => list.files.map(({ label, path }) => [label, hashes.of(path)])),
  );
  const packages = new Map(
    lists.flatMap((list) => list.packages.map(({ name, version }) => [name, version])),
  );
  return Object.fromEntries([
    ...joined(files).map(([label, value]) => [codePart(label), value]),
    ...joined(packages).map(([name, value]) => [packagePart(name), value]),
  ]);
}

/** A hash for each name. If there are too many names, a hash for each directory, as deep as the limit allows. */
function joined(values: ReadonlyMap<string, string | undefined>): [string, string][] {
  const entries = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  const depths = entries.map(([name]) => name.split('/').length);
  for (let depth = Math.max(1, ...depths); depth > 0; depth -= 1) {
    const groups = Map.groupBy(entries, ([name]) => name.split('/').slice(0, depth).join('/'));
    if (groups.size <= MAX_PARTS) return [...groups].map(([name, group]) => [name, hashOf(group)]);
  }
  return [['all', hashOf(entries)]];
}

function describe(fn: CompletionFn | CompletionFn['references'][number]): unknown {
  const { name, kind, api, spec, remote } = fn;
  const references = 'references' in fn ? fn.references.map(describe) : [];
  return { name, kind, ...(api === null ? {} : { api }), spec, remote, references };
}
