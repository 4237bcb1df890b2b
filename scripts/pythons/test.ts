/**
 * Runs the tests of what depends on Python, on several Pythons of this machine: the planner, both engines, and the lock, from
 * which evals is installed for each.
 *
 *     npm run test:pythons                             all Pythons that the action supports
 *     npm run test:pythons -- --oldest --newest        two of them
 *     npm run test:pythons -- 3.12                     the named ones; fails when this machine does not have one
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { installEvals } from '../../test/helpers/evals-venv.ts';
import { findPythons, PYTHON_NAMES } from './find.ts';

/** What runs inside Python. Tests tagged `python` are long, but must run on each. */
const TESTS = [
  'test/integration/plan',
  'test/integration/engine',
  'test/integration/python',
  'test/bundle/quick-start.test.ts',
  'test/bundle/warm-engine',
  'test/bundle/whole-record.test.ts',
];

const { values, positionals: named } = parseArgs({
  options: {
    oldest: { type: 'boolean', default: false },
    newest: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const found = findPythons();
const missing = PYTHON_NAMES.filter((name) => !found.some((python) => python.name === name));
const wantsEnds = values.oldest || values.newest;
const chosen = found.filter(
  ({ name }, index) =>
    named.includes(name) ||
    (values.oldest && index === 0) ||
    (values.newest && index === found.length - 1) ||
    (named.length === 0 && !wantsEnds),
);

if (missing.length > 0) console.log(`Not on this machine: Python ${missing.join(', ')}`);
const unknown = named.filter((name) => !chosen.some((python) => python.name === name));
if (unknown.length > 0 || chosen.length === 0) {
  console.error(`There is no Python ${unknown.join(', ') || PYTHON_NAMES.join(', ')} on this machine.`);
  process.exit(1);
}

console.log('Installing evals for each');
await Promise.all(chosen.map(({ path }) => installEvals(path)));

const failed = chosen.filter(({ version, path }) => {
  console.log(`\n==> Python ${version} (${path})`);
  const { status } = spawnSync('vitest', ['run', '--tags-filter=(!long && !soak) || python', ...TESTS], {
    stdio: 'inherit',
    env: { ...process.env, EVALS_TEST_PYTHON: path },
  });
  return status !== 0;
});
const list = (pythons: typeof chosen) => pythons.map(({ version }) => version).join(', ');
if (failed.length > 0) {
  console.error(`\nTests failed on Python ${list(failed)}.`);
  process.exit(1);
}
console.log(`\nAll tests passed on Python ${list(chosen)}.`);
