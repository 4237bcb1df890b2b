/**
 * Writes what texts for users take from elsewhere: the tables of inputs and outputs in README.md, from action.yml, and the
 * name of the model that examples ask, from src/example-model.ts. `--check` only compares; `--model` prints that name.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_MODEL } from '../src/example-model.ts';
import { otherModels, renewModels } from './model-names.ts';

const root = join(import.meta.dirname, '..');
const action = readFileSync(join(root, 'action.yml'), 'utf8');

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly fallback: string;
}

/** The two-level sections of this repository's own action.yml; values stand on one line. */
function entries(section: string): Entry[] {
  const body = new RegExp(`^${section}:\\n((?:  .*\\n)+)`, 'm').exec(action)?.[1] ?? '';
  return [...body.matchAll(/^ {2}([\w-]+):\n((?: {4}.*\n)+)/gm)].map(([, name = '', fields = '']) => {
    const field = (key: string) => unquote(new RegExp(`^ {4}${key}: (.*)$`, 'm').exec(fields)?.[1] ?? '');
    const required = field('required') === 'true';
    return {
      name,
      description: field('description'),
      fallback: required ? 'required' : code(field('default')),
    };
  });
}

function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2').replaceAll("''", "'");
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function table(section: string): string {
  const rows = entries(section);
  return section === 'inputs'
    ? [
        '| Input | Default | Meaning |',
        '| :--- | :--- | :--- |',
        ...rows.map((row) => `| \`${row.name}\` | ${row.fallback} | ${row.description} |`),
      ].join('\n')
    : [
        '| Output | Meaning |',
        '| :--- | :--- |',
        ...rows.map((row) => `| \`${row.name}\` | ${row.description} |`),
      ].join('\n');
}

function withTables(text: string): string {
  return ['inputs', 'outputs'].reduce(
    (written, section) =>
      written.replace(
        new RegExp(`(<!-- ${section} -->\\n)[\\s\\S]*?(<!-- /${section} -->)`),
        (_, start, end) => `${start}\n${table(section)}\n\n${end}`,
      ),
    text,
  );
}

/** Texts and programs that a user reads, and may copy a name from. The history in CHANGELOG.md keeps its names. */
function userTexts(): string[] {
  const below = (folder: string, kind: RegExp) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => kind.test(name))
      .map((name) => join(folder, name));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'action.yml',
    ...below('docs', /\.md$/),
    ...below('demo', /\.ts$/),
    ...below('src/action', /\.ts$/),
  ];
}

/** @returns whether nothing was left to write */
function renew(name: string, checking: boolean): boolean {
  const path = join(root, name);
  const text = readFileSync(path, 'utf8');
  const renewed = renewModels(text, EXAMPLE_MODEL);
  const written = name === 'README.md' ? withTables(renewed) : renewed;
  if (written === text) return true;
  if (!checking) {
    writeFileSync(path, written);
    return true;
  }
  for (const other of otherModels(text, EXAMPLE_MODEL))
    console.error(`${name}:${other.line} names the model ${other.name}; examples ask ${EXAMPLE_MODEL}.`);
  if (written !== renewed) console.error(`${name} and action.yml disagree about inputs or outputs.`);
  return false;
}

if (process.argv.includes('--model')) {
  console.log(EXAMPLE_MODEL);
} else {
  const stale = userTexts().filter((name) => !renew(name, process.argv.includes('--check')));
  if (stale.length > 0) {
    console.error("Run 'npm run readme'.");
    process.exitCode = 1;
  }
}
