import { expect, test } from 'vitest';
import {
  corePackages,
  furtherPackages,
  lockedPackagesFor,
} from '../../../src/environment/locked-packages.ts';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';

const lock = await lockedPackagesFor(EVALS_VERSION);
const namesIn = (list: string) => new Set([...list.matchAll(/^([\w.-]+)==/gm)].map(([, name]) => name));
const all = namesIn(lock.text);

test('corePackages: what every eval imports, and no package of a single suite', () => {
  const core = namesIn(corePackages(lock));
  for (const name of ['evals', 'openai', 'numpy', 'pyyaml', 'tiktoken', 'blobfile'])
    expect(core).toContain(name);
  for (const name of ['pandas', 'scipy', 'pytest', 'anthropic', 'six']) expect(core).not.toContain(name);
});

test('furtherPackages: what a module needs, also what it imports only when it is there', () => {
  expect(furtherPackages(lock, [])).toBe('');
  const needed = namesIn(furtherPackages(lock, ['pandas', 'chess']));
  for (const name of ['pandas', 'python-dateutil', 'six', 'scipy', 'chess']) expect(needed).toContain(name);
  expect(needed).not.toContain('statsmodels');
  expect(needed).not.toContain('numpy');
});

test.each([['all' as const], [['pandas', 'joblib']], [['nowhere_to_be_found']], [['*']], [['constructor']]])(
  'furtherPackages: everything besides the core for %j',
  (modules) => {
    const further = namesIn(furtherPackages(lock, modules));
    expect(new Set([...further, ...namesIn(corePackages(lock))])).toEqual(all);
  },
);

test('the groups of a lock: each package is in the lock', () => {
  const { core, imports } = lock.groups;
  for (const name of [...core, ...Object.keys(imports), ...Object.values(imports).flat()])
    expect(all).toContain(name);
});
