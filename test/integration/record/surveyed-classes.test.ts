import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { knownClass } from '../../../src/record/known-classes.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';

const PACKAGE = 'evals.elsuite.';

test('survey of samples: docs/samples.md has each class of the registry of evals, and each known class is one of them', async () => {
  const registered = registeredClasses(await evalsPython());
  expect(registered.length).toBeGreaterThan(30);
  const root = join(import.meta.dirname, '../../..');
  const survey = readFileSync(join(root, 'docs/samples.md'), 'utf8');
  expect(registered.filter((name) => !survey.includes(`\`${name}\``))).toEqual([]);
  const source = readFileSync(join(root, 'src/record/known-classes.ts'), 'utf8');
  const known = [...source.matchAll(/^ {2}'([\w.]+:\w+)'/gm)].map(([, name = '']) => name);
  expect(known.length).toBeGreaterThan(10);
  expect(known.filter((name) => !registered.includes(name))).toEqual([]);
  expect(known.filter((name) => Object.keys(knownClass(PACKAGE + name)).length === 0)).toEqual([]);
});

function registeredClasses(python: string): string[] {
  const library = join(dirname(python), '../lib');
  const version = readdirSync(library).find((name) => name.startsWith('python3'));
  const evals = join(library, version ?? '', 'site-packages/evals/registry/evals');
  const texts = readdirSync(evals).map((name) => readFileSync(join(evals, name), 'utf8'));
  const classes = texts.flatMap((text) =>
    [...text.matchAll(/^\s*class:\s*(\S+)/gm)].map(([, name = '']) => name.replace(PACKAGE, '')),
  );
  return [...new Set(classes)];
}
