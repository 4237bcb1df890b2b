/**
 * Updates texts for users: documents get their tables of inputs and outputs from the actions (tables.ts), and all texts get the
 * name of the example model from src/example-model.ts. `--check` only compares. `--model` only prints the name of the model.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EXAMPLE_MODEL } from '../src/example-model.ts';
import { otherModels, renewModels } from './model-names.ts';
import { type Action, withTables } from './tables.ts';

const root = join(import.meta.dirname, '..');

function actionAt(path: string): Action {
  return parse(readFileSync(join(root, path), 'utf8')) as Action;
}

/** The files from which users copy the name of a model. CHANGELOG.md is not one of them, because it describes the past. */
function userTexts(): string[] {
  const below = (folder: string, kind: RegExp) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => kind.test(name))
      .map((name) => join(folder, name));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'action.yml',
    ...below('docs', /\.(?:md|yml)$/),
    ...below('demo', /\.ts$/),
    ...below('src/action', /\.ts$/),
  ];
}

/** Updates the file, unless `checking`. @returns whether it is up to date now */
function renew(name: string, checking: boolean): boolean {
  const path = join(root, name);
  const text = readFileSync(path, 'utf8');
  const renewed = renewModels(text, EXAMPLE_MODEL);
  const written = name.endsWith('.md') ? withTables(renewed, actionAt) : renewed;
  if (written === text) return true;
  if (!checking) {
    writeFileSync(path, written);
    return true;
  }
  for (const other of otherModels(text, EXAMPLE_MODEL))
    console.error(
      `${name}:${other.line} names the model ${other.name}; the example model is ${EXAMPLE_MODEL}.`,
    );
  if (written !== renewed)
    console.error(`The tables of inputs and outputs in ${name} differ from the actions.`);
  return false;
}

if (process.argv.includes('--model')) {
  console.log(EXAMPLE_MODEL);
} else {
  const stale = userTexts().filter((name) => !renew(name, process.argv.includes('--check')));
  if (stale.length > 0) {
    console.error("Run 'npm run readme' to update these files.");
    process.exitCode = 1;
  }
}
