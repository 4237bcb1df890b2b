/** A refusal explains why a name is not found when it exists in a place or a form that evals does not read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RegistryPlanner } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

const MATCH = '{ class: "evals.elsuite.basic.match:Match", args: { samples_jsonl: fruit.jsonl } }';
const SET = { 'registry/eval_sets/s.yaml': 's: { evals: [fruit] }\n' };
const DATA = { 'registry/data/fruit.jsonl': '{"input": "Say apple", "ideal": "apple"}\n' };
const FRUIT = { 'registry/evals/e.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0: ${MATCH}\n` };

type Files = Readonly<Record<string, string>>;

/** Changes of a request for the set `s` of these files, in their directory. */
const inDirectoryOf = (files: Files, registryPath = 'registry') => ({
  workingDirectory: planner.newFiles(files),
  registryPaths: [registryPath],
});

describe.concurrent('names that are not found', () => {
  test.for<[what: string, files: Files, says: RegExp, registryPath?: string]>([
    [
      'a set in a .yml file',
      { ...FRUIT, ...DATA, 'registry/eval_sets/s.yml': 's: { evals: [fruit] }\n' },
      /unknown-set: s: .*eval_sets\/s\.yml, but only files whose name ends in \.yaml are read; rename the file/,
    ],
    [
      'a set in a .json file',
      { ...FRUIT, ...DATA, 'registry/eval_sets/s.json': '{"s": {"evals": ["fruit"]}}' },
      /eval_sets\/s\.json, but only files whose name ends in \.yaml are read/,
    ],
    [
      'an eval in a .yml file',
      { ...SET, ...DATA, 'registry/evals/e.yml': `fruit.dev.v0: ${MATCH}\n` },
      /unmatched-name: fruit: .*evals\/e\.yml, but only files/,
    ],
    [
      'an eval in a sub-directory',
      { ...SET, ...DATA, 'registry/evals/team/e.yaml': `fruit.dev.v0: ${MATCH}\n` },
      /evals\/team\/e\.yaml, but files in sub-directories are not read; move the file directly into registry\/evals/,
    ],
    [
      'an eval in the directory of model-graded specs',
      {
        ...DATA,
        'registry/eval_sets/s.yaml': 's: { evals: [fruit.dev.v0] }\n',
        'registry/modelgraded/e.yaml': `fruit.dev.v0: ${MATCH}\n`,
      },
      /modelgraded\/e\.yaml, but evals looks for it in registry\/evals only/,
    ],
    [
      'a set of a registry path that is one level too deep',
      { ...SET, ...FRUIT, ...DATA },
      /wrong-registry-path: registry\/evals: it is too deep: a directory inside a registry \(did you mean registry\?\)/,
      'registry/evals',
    ],
    [
      'a set of a registry path that is one level too high',
      { ...SET, ...FRUIT, ...DATA },
      /wrong-registry-path: \.: it is no registry, but contains one \(did you mean registry\?\)/,
      '.',
    ],
    [
      'a set in a file directly in the registry path',
      { ...FRUIT, ...DATA, 'registry/s.yaml': 's: { evals: [fruit] }\n' },
      /has no directory eval_sets, where evals looks for it/,
    ],
  ])('not found: the refusal says where it is: %s', async ([, files, says, registryPath]) => {
    const error = await planner.refusal('s', inDirectoryOf(files, registryPath));
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toMatch(says);
  });

  const special: readonly (readonly [name: string, pattern: string])[] = [
    ['c++-basics', 'c\\+\\+-basics'],
    ['what?', 'what\\?'],
    ['math (easy)', 'math \\(easy\\)'],
    ['a[1]', 'a\\[1\\]'],
  ];

  test('not found: a name with special characters gets the pattern that means it', async () => {
    const evals = special.map(
      ([name]) => `"${name}": { id: "${name}.dev.v0" }\n"${name}.dev.v0": ${MATCH}\n`,
    );
    const registryFiles = { ...DATA, 'registry/evals/e.yaml': evals.join('') };
    const set = (names: readonly string[]) => ({
      ...registryFiles,
      'registry/eval_sets/s.yaml': `s: { evals: ${JSON.stringify(names)} }\n`,
    });
    const { message } = await planner.refusal('s', inDirectoryOf(set(special.map(([name]) => name))));
    for (const [name, pattern] of special)
      expect(message).toContain(`to select the eval ${name}, write ${pattern}`);
    expect(message).toContain('names in an eval set are patterns with special characters, here +;');

    // What the refusal says to write is found.
    const { evals: found } = await planner.plan(
      's',
      inDirectoryOf(set(special.map(([, pattern]) => pattern))),
    );
    expect(found.map(({ key }) => key)).toEqual(special.map(([name]) => `${name}.dev.v0`));
  });
});

describe.concurrent('a registry file that the set does not use', () => {
  const files = { ...SET, ...FRUIT, ...DATA };

  test.for<[what: string, more: Files, says: string]>([
    ['is broken', { 'registry/evals/other.yaml': 'other: [1\n' }, 'bad-registry: line 2, column 1: expected'],
    ['has control characters', { 'registry/evals/other.yaml': 'o: "\u0007"\n' }, 'bad-registry: '],
    [
      'has an entry that is not a mapping',
      { 'registry/evals/other.yaml': 'other: text\n' },
      'is text, but must be a mapping',
    ],
    [
      'uses a reserved word',
      { 'registry/eval_sets/other.yaml': 'other: { key: 1, evals: [] }\n' },
      'reserved keyword',
    ],
    ['repeats an entry', { 'registry/evals/other.yaml': 'test-match: { id: x }\n' }, 'duplicate-entry'],
    [
      'is broken and has completion functions',
      { 'registry/completion_fns/other.yaml': 'a: [\n' },
      'bad-registry: line 2, column 1: expected',
    ],
  ])('unused registry file: one that %s causes a warning only', async ([, more, says]) => {
    const found = await planner.plan('s', { ...inDirectoryOf({ ...files, ...more }), sharesRegistry: true });
    expect(found.evals.map(({ key }) => key)).toEqual(['fruit.dev.v0']);
    const warnings = found.warnings.map(({ code, message }) => `${code}: ${message}`);
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(warnings[0]).toContain('The set does not use it, so it is ignored here');
  });

  test.for<[what: string, more: Files, model?: string]>([
    [
      'may contain an eval that a pattern of the set matches',
      {
        'registry/eval_sets/s.yaml': 's: { evals: ["fr*"] }\n',
        'registry/evals/other.yaml': 'fruit2: [1\n',
      },
    ],
    [
      'may contain an eval that was not found',
      {
        'registry/eval_sets/s.yaml': 's: { evals: [fruit, other] }\n',
        'registry/evals/other.yaml': 'other: [1\n',
      },
    ],
    [
      'seems to contain the completion function',
      { 'registry/completion_fns/f.yaml': 'my-fn: [1\n' },
      'my-fn',
    ],
  ])('broken registry file: one that %s keeps the set from running', async ([, more, model = 'dummy']) => {
    const changes = { ...inDirectoryOf({ ...files, ...more }), sharesRegistry: true, model };
    expect((await planner.refusal('s', changes)).message).toContain('bad-registry: ');
  });

  test('broken registry file: one that oaieval reads in a process of its own keeps the set from running', async () => {
    const broken = { ...files, 'registry/evals/other.yaml': 'other: [1\n' };
    expect((await planner.refusal('s', inDirectoryOf(broken))).message).toContain('bad-registry: ');
  });

  test('broken registry file: one of solvers is not read for a model that needs none', async () => {
    const broken = { ...files, 'registry/solvers/f.yaml': 'a: [1\n' };
    expect((await planner.plan('s', inDirectoryOf(broken))).warnings).toHaveLength(1);
  });
});
