/** Whether two states have the same content, which decides whether a checkpoint is worth saving. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { commandId } from '../model/command.ts';
import type { SavedPlan } from '../model/plan.ts';
import { formatRecord } from '../progress/completions-file.ts';
import type { State } from '../progress/state.ts';

export interface Content {
  /** SHA-256 (hex) of the completion records, the progress lines, and the names and sizes of files that never change. */
  readonly done: string;
  readonly plan: SavedPlan | undefined;
  /** Each as JSON. */
  readonly attempts: readonly string[];
}

export function contentOf(state: State): Content {
  const { logs, journal, answers } = state.paths;
  const done = {
    records: state.records.map(formatRecord).sort(),
    commands: state.commands.map(commandId).sort(),
    files: [...sizesBelow(logs), ...sizesBelow(journal), ...sizesBelow(answers)],
  };
  return {
    done: createHash('sha256').update(JSON.stringify(done)).digest('hex'),
    plan: state.plan,
    attempts: state.attempts.map((attempt) => JSON.stringify(attempt)),
  };
}

/** Whether `now` contains something that `before` does not. Attempts of earlier runs may have been removed since. */
export function hasNews(now: Content, before: Content): boolean {
  const known = new Set(before.attempts);
  return !saysTheSame(now, before) || now.attempts.some((attempt) => !known.has(attempt));
}

/** The same plan may be made from the same files at other paths, as on another machine. */
export function saysTheSame(a: Content, b: Content): boolean {
  return a.done === b.done && samePlan(a.plan, b.plan);
}

function samePlan(a: SavedPlan | undefined, b: SavedPlan | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.signature === b.signature) return true;
  if (JSON.stringify(resultOf(a)) !== JSON.stringify(resultOf(b))) return false;
  const [ofA, ofB] = [filesOf(a), filesOf(b)];
  const elsewhere = JSON.stringify(ofA) !== JSON.stringify(ofB);
  return elsewhere && JSON.stringify(namesOf(ofA)) === JSON.stringify(namesOf(ofB));
}

function resultOf({ evals, leftOut, made: { evalsVersion, needsApiKey } }: SavedPlan): unknown {
  return { evals, leftOut, evalsVersion, needsApiKey };
}

function filesOf({ made: { basis } }: SavedPlan): string[] {
  return [...basis.files].sort();
}

function namesOf(paths: readonly string[]): string[] {
  return paths.map((path) => basename(path)).sort();
}

function sizesBelow(directory: string): [string, number][] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): string => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [relative(directory, path), lstatSync(path, { throwIfNoEntry: false })?.size ?? -1]);
}
