/** A set that cannot run says why, also when the reason is one step away; what it does not use is no reason. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { shortLivedPlanner } from '../../../src/plan/planner.ts';
import { readRegistryPlan } from '../../../src/plan/read-registry-plan.ts';
import type { RegistryPlan } from '../../../src/plan/registry-plan.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { PlanProject } from '../../helpers/plan-project.ts';

let python = '';
let root = '';
beforeAll(async () => {
  python = await evalsPython();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'nearly-there-test-')));
}, 600_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MATCH = '{ class: "evals.elsuite.basic.match:Match", args: { samples_jsonl: fruit.jsonl } }';
const SAMPLE = '{"input": "Say apple", "ideal": "apple"}\n';

interface Asked {
  readonly files: Readonly<Record<string, string>>;
  readonly registry?: string;
  readonly evalSet?: string;
  readonly args?: readonly string[];
  readonly model?: string;
  readonly shares?: boolean;
}

async function plan({
  files,
  registry = 'registry',
  evalSet = 's',
  args = [],
  model = 'dummy',
  shares = true,
}: Asked) {
  const project = new PlanProject({ root, python });
  project.writeAll(files);
  const { OPENAI_BASE_URL: _, ...env } = process.env;
  const planner = shortLivedPlanner({ python, cwd: project.directory, env: { ...env, OPENAI_API_KEY: 'x' } });
  return await readRegistryPlan({
    planner,
    model,
    evalSet,
    args,
    registryPaths: [registry],
    chatFallback: true,
    sharesRegistry: shares,
    temporaryDirectory: root,
  });
}

async function refusal(asked: Asked): Promise<ActionError> {
  const error = await plan(asked).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ActionError) return error;
  throw new Error('it was not refused', { cause: error });
}

const SET = { 'registry/eval_sets/s.yaml': 's: { evals: [fruit] }\n' };
const DATA = { 'registry/data/fruit.jsonl': SAMPLE };
const FRUIT = { 'registry/evals/e.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0: ${MATCH}\n` };

describe('a refusal says what is nearly there', () => {
  test.for<[string, Asked, RegExp]>([
    [
      'a set in a .yml file',
      { files: { ...FRUIT, ...DATA, 'registry/eval_sets/s.yml': 's: { evals: [fruit] }\n' } },
      /unknown-set: s: .*eval_sets\/s\.yml, but only files whose name ends in \.yaml are read; rename the file/,
    ],
    [
      'a set in a .json file',
      { files: { ...FRUIT, ...DATA, 'registry/eval_sets/s.json': '{"s": {"evals": ["fruit"]}}' } },
      /eval_sets\/s\.json, but only files whose name ends in \.yaml are read/,
    ],
    [
      'an eval in a .yml file',
      { files: { ...SET, ...DATA, 'registry/evals/e.yml': `fruit.dev.v0: ${MATCH}\n` } },
      /unmatched-name: fruit: .*evals\/e\.yml, but only files/,
    ],
    [
      'an eval in a sub-directory',
      { files: { ...SET, ...DATA, 'registry/evals/team/e.yaml': `fruit.dev.v0: ${MATCH}\n` } },
      /evals\/team\/e\.yaml, but files in sub-directories are not read; move the file directly into registry\/evals/,
    ],
    [
      'an eval in the directory of sets',
      {
        files: {
          'registry/eval_sets/s.yaml': `s: { evals: [fruit.dev.v0] }\n`,
          ...DATA,
          'registry/modelgraded/e.yaml': `fruit.dev.v0: ${MATCH}\n`,
        },
      },
      /modelgraded\/e\.yaml, but evals looks for it in registry\/evals only/,
    ],
    [
      'a registry path one level too deep',
      { files: { ...SET, ...FRUIT, ...DATA }, registry: 'registry/evals' },
      /unknown-set: s: .*registry\/evals is one level too deep; give \S+\/registry instead/,
    ],
    [
      'a registry path one level too high',
      { files: { ...SET, ...FRUIT, ...DATA }, registry: '.' },
      /one level too high; give \S+\/registry instead/,
    ],
    [
      'sets directly in the registry path',
      { files: { ...FRUIT, ...DATA, 'registry/s.yaml': 's: { evals: [fruit] }\n' } },
      /has no directory eval_sets, where evals looks for it/,
    ],
    ...(
      [
        ['c++-basics', /write c\\\+\\\+-basics/],
        ['what?', /write what\\\?/],
        ['math (easy)', /write math \\\(easy\\\)/],
        ['a[1]', /write a\\\[1\\\]/],
      ] as const
    ).map(([name, says]): [string, Asked, RegExp] => [
      `an eval named ${name}`,
      {
        files: {
          'registry/eval_sets/s.yaml': `s: { evals: ["${name}"] }\n`,
          'registry/evals/e.yaml': `"${name}": { id: "${name}.dev.v0" }\n"${name}.dev.v0": ${MATCH}\n`,
          ...DATA,
        },
      },
      new RegExp(
        `names in an eval set are patterns with special characters, here .*; to select .*${says.source}`,
      ),
    ]),
  ])('%s', async ([, asked, says]) => {
    const error = await refusal(asked);
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toMatch(says);
  });

  test('and what it says to write is found', async () => {
    const { evals } = await plan({
      files: {
        'registry/eval_sets/s.yaml': 's: { evals: [c\\+\\+-basics] }\n',
        'registry/evals/e.yaml': `c++-basics: { id: c++-basics.dev.v0 }\nc++-basics.dev.v0: ${MATCH}\n`,
        ...DATA,
      },
    });
    expect(evals.map(({ key }) => key)).toEqual(['c++-basics.dev.v0']);
  });
});

describe('zero samples', () => {
  test.for<[string, Record<string, string>, string, string[], string]>([
    [
      'an empty file',
      { 'registry/data/fruit.jsonl': '' },
      'fruit.jsonl',
      [],
      'samples_jsonl: fruit.jsonl has no samples',
    ],
    ['blank lines', { 'registry/data/fruit.jsonl': '\n \n\r\n\n' }, 'fruit.jsonl', [], 'has no samples'],
    [
      'a directory without samples',
      { 'registry/data/fruit/readme.txt': 'x' },
      'fruit',
      [],
      'fruit is a directory in which no file named *.jsonl has a sample',
    ],
    [
      'a directory of empty files',
      { 'registry/data/fruit/a.jsonl': '', 'registry/data/fruit/b.jsonl': '\n' },
      'fruit',
      [],
      'is a directory in which',
    ],
    ['the data directory itself', { 'registry/data/notes.txt': '' }, '.', [], 'is a directory in which'],
    [
      '--max_samples 0',
      DATA,
      'fruit.jsonl',
      ['--max_samples', '0'],
      'no-samples: --max_samples 0: no eval would get a sample',
    ],
    [
      '--max_samples below zero',
      DATA,
      'fruit.jsonl',
      ['--max_samples', '-1'],
      '--max_samples -1 leaves none of 1 samples',
    ],
  ])('%s: is refused before any request', async ([, data, samples, args, says]) => {
    const evals = `fruit.dev.v0: { class: "evals.elsuite.basic.match:Match", args: { samples_jsonl: "${samples}" } }\n`;
    const files = {
      'registry/eval_sets/s.yaml': 's: { evals: [fruit.dev.v0] }\n',
      'registry/evals/e.yaml': evals,
    };
    const error = await refusal({ files: { ...files, ...data }, args });
    expect(error.message).toContain('no-samples');
    expect(error.message).toContain(says);
    expect(error.next).toContain('Add samples to the file');
  });

  test.for<[string, string, number]>([
    [
      'a line separator inside a sample ends no line',
      '{"input": "a\u2028b\u2029c\u0085d", "ideal": "e"}\n{"input": "f", "ideal": "g"}\n',
      2,
    ],
    ['the last line may lack its end', '{"input": "a", "ideal": "b"}\n{"input": "c", "ideal": "d"}', 2],
    ['lines of Windows', '{"input": "a", "ideal": "b"}\r\n{"input": "c", "ideal": "d"}\r\n', 2],
    [
      'a lone carriage return ends a line for Python',
      '{"input": "a", "ideal": "b"}\r{"input": "c", "ideal": "d"}\r',
      2,
    ],
  ])('samples are counted as Python reads them: %s', async ([, text, count]) => {
    const { evals } = await plan({ files: { ...SET, ...FRUIT, 'registry/data/fruit.jsonl': text } });
    expect(evals[0]?.samples).toBe(count);
  });
});

describe('a registry file that the set does not use', () => {
  const files = { ...SET, ...FRUIT, ...DATA };
  const warningsOf = ({ warnings }: RegistryPlan) =>
    warnings.map(({ code, message }) => `${code}: ${message}`);

  test.for<[string, Record<string, string>, string]>([
    ['is broken', { 'registry/evals/other.yaml': 'other: [1\n' }, 'bad-registry: while parsing'],
    ['has control characters', { 'registry/evals/other.yaml': 'o: "\u0007"\n' }, 'bad-registry: '],
    ['has an entry that is none', { 'registry/evals/other.yaml': 'other: text\n' }, 'of type str'],
    [
      'uses a reserved word',
      { 'registry/eval_sets/other.yaml': 'other: { key: 1, evals: [] }\n' },
      'reserved keyword',
    ],
    ['repeats an entry', { 'registry/evals/other.yaml': 'test-match: { id: x }\n' }, 'duplicate-entry'],
    [
      'is broken, of completion functions',
      { 'registry/completion_fns/other.yaml': 'a: [\n' },
      'bad-registry: while parsing',
    ],
  ])('and that %s is passed over, and said', async ([, more, says]) => {
    const found = await plan({ files: { ...files, ...more } });
    expect(found.evals.map(({ key }) => key)).toEqual(['fruit.dev.v0']);
    expect(warningsOf(found)).toEqual([expect.stringContaining(says)]);
    expect(warningsOf(found)[0]).toContain('The set does not use it, so it is ignored here');
  });

  test.for<[string, Asked]>([
    [
      'is read by an oaieval of its own',
      { files: { ...files, 'registry/evals/other.yaml': 'other: [1\n' }, shares: false },
    ],
    [
      'may hold what a pattern of the set means',
      {
        files: {
          ...files,
          'registry/eval_sets/s.yaml': 's: { evals: ["fr*"] }\n',
          'registry/evals/other.yaml': 'fruit2: [1\n',
        },
      },
    ],
    [
      'may hold what was not found',
      {
        files: {
          ...files,
          'registry/eval_sets/s.yaml': 's: { evals: [fruit, other] }\n',
          'registry/evals/other.yaml': 'other: [1\n',
        },
      },
    ],
    [
      'seems to hold the completion function',
      { files: { ...files, 'registry/completion_fns/f.yaml': 'my-fn: [1\n' }, model: 'my-fn' },
    ],
  ])('keeps a set from running when it %s', async ([, asked]) => {
    expect((await refusal(asked)).message).toContain('bad-registry: ');
  });

  test('that only completion functions would need keeps no set from running, whoever reads it', async () => {
    const found = await plan({ files: { ...files, 'registry/solvers/f.yaml': 'a: [1\n' }, shares: false });
    expect(warningsOf(found)).toHaveLength(1);
  });
});
