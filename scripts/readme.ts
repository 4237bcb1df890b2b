/** Writes the tables of inputs and outputs in README.md from action.yml. `--check` only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
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

const unquote = (text: string) => text.replace(/^(['"])(.*)\1$/, '$2').replaceAll("''", "'");
const code = (text: string) => (text === '' ? '' : `\`${text}\``);

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

const written = ['inputs', 'outputs'].reduce(
  (text, section) =>
    text.replace(
      new RegExp(`(<!-- ${section} -->\\n)[\\s\\S]*?(<!-- /${section} -->)`),
      (_, start, end) => `${start}\n${table(section)}\n\n${end}`,
    ),
  readme,
);

if (process.argv.includes('--check')) {
  if (written !== readme) {
    console.error("README.md and action.yml disagree about inputs or outputs. Run 'npm run readme'.");
    process.exitCode = 1;
  }
} else {
  writeFileSync(join(root, 'README.md'), written);
}
