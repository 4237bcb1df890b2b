/** The workflows in docs/recipes, as people copy them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const directory = join(import.meta.dirname, '../../docs/recipes');

export interface RecipeStep {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface RecipeJob {
  readonly 'runs-on': string | readonly string[];
  readonly permissions?: Permissions;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: object;
  readonly container?: unknown;
  readonly services?: unknown;
  readonly steps: readonly RecipeStep[];
}

export type Permissions = Readonly<Record<string, string>>;

export interface RecipeWorkflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, RecipeJob>>;
}

export interface Recipe {
  /** Of the file, such as `shards.yml`. */
  readonly name: string;
  readonly text: string;
  readonly workflow: RecipeWorkflow;
}

export const recipes: readonly Recipe[] = readdirSync(directory)
  .filter((name) => name.endsWith('.yml'))
  .sort()
  .map((name) => {
    const text = readFileSync(join(directory, name), 'utf8');
    return { name, text, workflow: parse(text) as RecipeWorkflow };
  });

export function recipe(name: string): Recipe {
  const found = recipes.find((each) => each.name === name);
  if (!found) throw new Error(`docs/recipes has no ${name}.`);
  return found;
}

export function stepsOf({ workflow }: Recipe): readonly RecipeStep[] {
  return Object.values(workflow.jobs).flatMap(({ steps }) => steps);
}
