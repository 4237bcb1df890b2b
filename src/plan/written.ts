/** Files that an eval wrote while it ran are not inputs. Its result is recorded without them. */
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DoneContent } from '../model/completion-record.ts';
import { argumentOf, entryPart } from '../model/part-names.ts';
import type { PlannedEval, WritableArgument } from '../model/plan.ts';
import { FileHashes } from './file-hashes.ts';
import { hashOf } from './hash.ts';
import { namesIn, pathBytes } from './path-bytes.ts';

/** The most files and directories that are checked for one argument. */
const MAX_ENTRIES = 100_000;

/**
 * The content of an eval that has just ended, without everything that was written since the set was planned.
 * @param sinceMs the time when the set was planned, in milliseconds since 1970
 */
export async function contentAtEnd(
  planned: PlannedEval,
  sinceMs = performance.timeOrigin,
): Promise<DoneContent> {
  const { parts, value } = planned.fingerprint;
  const left = new Set<string>();
  const written = new Set<string>();
  for (const each of planned.writable) {
    const changed = await changedIn(each, parts, sinceMs);
    if (changed === undefined) continue;
    written.add(each.argument);
    for (const part of changed) left.add(part);
  }
  if (written.size === 0) return { fingerprint: value, parts: { ...parts }, written: [] };
  const kept = Object.fromEntries(Object.entries(parts).filter(([part]) => !left.has(part)));
  return { fingerprint: hashOf(kept), parts: kept, written: [...written].sort() };
}

/** The parts of an argument that were written. Undefined when nothing was written, not even a new file. */
async function changedIn(
  { argument, path, label }: WritableArgument,
  parts: Readonly<Record<string, string>>,
  sinceMs: number,
): Promise<string[] | undefined> {
  const known = Object.keys(parts).filter((part) => argumentOf(part) === argument);
  if (label !== undefined)
    return (await fileChanged(path, label, parts[argument], sinceMs)) ? known : undefined;
  const budget = { entries: MAX_ENTRIES };
  // A large directory is one part.
  if (known.includes(argument)) return treeChanged(path, sinceMs, budget) ? known : undefined;
  const names = Map.groupBy(namesOf(path), (name) => entryPart(argument, name));
  const changed = known.filter((part) => {
    const now = names.get(part);
    return !now || now.some((name) => treeChanged(join(path, name), sinceMs, budget));
  });
  return changed.length > 0 || changedLater(path, sinceMs) ? changed : undefined;
}

function namesOf(path: string): string[] {
  try {
    return namesIn(path);
  } catch {
    return [];
  }
}

async function fileChanged(path: string, label: string, hash: string | undefined, sinceMs: number) {
  const stats = statSync(pathBytes(path), { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.mtimeMs >= sinceMs) return true;
  if (stats.ctimeMs < sinceMs) return false;
  const hashes = new FileHashes();
  await hashes.read([path]);
  return hashOf([[label, hashes.of(path)]]) !== hash;
}

function treeChanged(path: string, sinceMs: number, budget: { entries: number }): boolean {
  budget.entries -= 1;
  if (budget.entries < 0) return false;
  if (changedLater(path, sinceMs)) return true;
  if (!lstatSync(pathBytes(path), { throwIfNoEntry: false })?.isDirectory()) return false;
  return namesOf(path).some((name) => treeChanged(join(path, name), sinceMs, budget));
}

/** A file that has disappeared counts as changed. */
function changedLater(path: string, sinceMs: number): boolean {
  const stats = statSync(pathBytes(path), { throwIfNoEntry: false });
  return stats === undefined || Math.max(stats.mtimeMs, stats.ctimeMs) >= sinceMs;
}
