/**
 * Writes the tables of docs/python.md: which of the evals and eval sets that evals registers can run on each Python, with the
 * packages that the action installs. Needs all supported Pythons on this machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PYTHON_PACKAGE } from '../../src/environment/python-sources.ts';
import { installEvals } from '../../test/helpers/evals-venv.ts';
import { findPythons, PYTHON_NAMES } from './find.ts';

const PAGE = join(import.meta.dirname, '../../docs/python.md');

/** What plan_all.py writes. */
interface Planned {
  readonly evals: number;
  readonly planned: number;
  readonly sets: Readonly<Record<string, boolean>>;
  readonly reasons: Readonly<Record<string, number>>;
}

function planAll(python: string): Planned {
  const directory = mkdtempSync(join(tmpdir(), 'plan-all-'));
  try {
    const file = join(directory, 'planned.json');
    const program = join(import.meta.dirname, 'plan_all.py');
    execFileSync(python, [program, dirname(PYTHON_PACKAGE), file], { stdio: ['ignore', 'ignore', 'pipe'] });
    return JSON.parse(readFileSync(file, 'utf8')) as Planned;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const pythons = findPythons();
if (pythons.length < PYTHON_NAMES.length) {
  console.error(
    `Only Python ${pythons.map(({ name }) => name).join(', ')} of ${PYTHON_NAMES.join(', ')} is here.`,
  );
  process.exit(1);
}

const columns: { version: string; planned: Planned }[] = [];
for (const { version, path } of pythons) {
  console.log(`Python ${version}`);
  columns.push({ version, planned: planAll(await installEvals(path)) });
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const reasons = [...new Set(columns.flatMap(({ planned }) => Object.keys(planned.reasons)))];
const unable = (planned: Planned) => Object.keys(planned.sets).filter((name) => planned.sets[name] === false);
const table = [
  row(['', ...columns.map(({ version }) => version)]),
  row([':--', ...columns.map(() => '--:')]),
  row(['registered evals', ...columns.map(({ planned }) => planned.evals)]),
  row(['evals that can run', ...columns.map(({ planned }) => planned.planned)]),
  ...reasons.map((why) => row([why, ...columns.map(({ planned }) => planned.reasons[why] ?? 0)])),
  row([
    'eval sets that can run',
    ...columns.map(
      ({ planned: p }) => `${Object.keys(p.sets).length - unable(p).length} of ${Object.keys(p.sets).length}`,
    ),
  ]),
];
/** The sets that cannot run, with the versions of Python on which they cannot. */
const versionsBySet = new Map<string, string[]>();
for (const { version, planned } of columns) {
  for (const name of unable(planned)) versionsBySet.set(name, [...(versionsBySet.get(name) ?? []), version]);
}
const sets = [...versionsBySet].map(
  ([name, versions]) =>
    `- \`${name}\`${versions.length < columns.length ? ` on Python ${versions.join(', ')}` : ''}`,
);

writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(
    /(<!-- table -->\n)[\s\S]*?(<!-- \/table -->)/,
    (_, start, end) =>
      `${start}\n${table.join('\n')}\n\nEval sets that cannot run as a whole, for one or more of these reasons:\n\n${sets.join('\n')}\n\n${end}`,
  ),
);
