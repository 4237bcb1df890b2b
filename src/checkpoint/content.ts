/** Whether two states say the same, for the question whether a checkpoint is worth saving. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { commandId } from '../model/command.ts';
import type { SavedPlan } from '../model/plan.ts';
import { formatRecord } from '../progress/completions-file.ts';
import type { State } from '../progress/state.ts';

export interface Content {
  /** SHA-256 (hex) of what is done: records, progress lines, and the names and sizes of what is never written to again. */
  readonly done: string;
  readonly plan: SavedPlan | undefined;
  /** As text. */
  readonly attempts: readonly string[];
}

export function contentOf(state: State): Content {
  const { logs, journal } = state.paths;
  const done = {
    records: state.records.map(formatRecord).sort(),
    commands: state.commands.map(commandId).sort(),
    files: [...sizesBelow(logs), ...sizesBelow(journal)],
  };
  return {
    done: createHash('sha256').update(JSON.stringify(done)).digest('hex'),
    plan: state.plan,
    attempts: state.attempts.map((attempt) => JSON.stringify(attempt)),
  };
}

/** Whether `now` holds something that `before` does not. Attempts of earlier runs that were removed are nothing new. */
export function hasNews(now: Content, before: Content): boolean {
  const known = new Set(before.attempts);
  return !saysTheSame(now, before) || now.attempts.some((attempt) => !known.has(attempt));
}

/** On a machine with other paths the same plan is made from files of other names: that is nothing new. */
export function saysTheSame(a: Content, b: Content): boolean {
  return a.done === b.done && samePlan(a.plan, b.plan);
}

function samePlan(a: SavedPlan | undefined, b: SavedPlan | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.signature === b.signature) return true;
  if (JSON.stringify(answerOf(a)) !== JSON.stringify(answerOf(b))) return false;
  const [ofA, ofB] = [filesOf(a), filesOf(b)];
  const elsewhere = JSON.stringify(ofA) !== JSON.stringify(ofB);
  return elsewhere && JSON.stringify(namesOf(ofA)) === JSON.stringify(namesOf(ofB));
}

function answerOf({ evals, made: { evalsVersion, needsApiKey } }: SavedPlan): unknown {
  return { evals, evalsVersion, needsApiKey };
}

function filesOf({ made: { basis } }: SavedPlan): string[] {
  return [...basis.files].sort();
}

function namesOf(paths: readonly string[]): string[] {
  return paths.map((path) => basename(path)).sort();
}

function sizesBelow(folder: string): [string, number][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): string => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [relative(folder, path), lstatSync(path, { throwIfNoEntry: false })?.size ?? -1]);
}
