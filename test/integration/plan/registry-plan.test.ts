import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { shortLivedPlanner } from '../../../src/plan/planner.ts';
import { type RegistryRequest, readRegistryPlan } from '../../../src/plan/read-registry-plan.ts';
import type { CompletionFn, RegisteredEval, RegistryPlan } from '../../../src/plan/registry-plan.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';

const registries = join(import.meta.dirname, '../../fixtures/registries');
const registry = (name: string): string => join(registries, name);
const modules = registry('modules');

let python = '';
let directory = '';
let elsewhere = '';
let temporaryDirectory = '';

beforeAll(async () => {
  python = await evalsPython();
  directory = mkdtempSync(join(tmpdir(), 'registry-plan-test-'));
  elsewhere = join(directory, 'elsewhere');
  temporaryDirectory = join(directory, 'temporary');
  mkdirSync(elsewhere);
  mkdirSync(temporaryDirectory);
}, 600_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { OPENAI_API_KEY: _, ...withoutKey } = process.env;

const usualEnv = { ...withoutKey, PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: '1' };

/** What a test may say otherwise. */
type Over = Partial<RegistryRequest & { python: string; workingDirectory: string; env: NodeJS.ProcessEnv }>;

function request(evalSet: string, over: Over = {}): RegistryRequest {
  const { python: program = python, workingDirectory: cwd = elsewhere, env = usualEnv, ...rest } = over;
  return {
    planner: shortLivedPlanner({ python: program, cwd, env }),
    model: 'dummy',
    evalSet,
    args: [],
    registryPaths: [],
    chatFallback: false,
    sharesRegistry: false,
    temporaryDirectory,
    ...rest,
  };
}

const plan = (evalSet: string, over: Over = {}): Promise<RegistryPlan> =>
  readRegistryPlan(request(evalSet, over));

/** The problems of a set that must not run: the lines of the error, and its next step. */
async function refusal(evalSet: string, over: Over = {}): Promise<ActionError> {
  const error = await plan(evalSet, over).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ActionError)) throw new Error(`no refusal of ${evalSet}`, { cause: error });
  return error;
}

const problemsOf = (error: ActionError): string[] =>
  error.message
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^- /, ''));

function evalOf(from: RegistryPlan, key: string): RegisteredEval {
  const found = from.evals.find((each) => each.key === key);
  if (found === undefined)
    throw new Error(`no ${key} among ${from.evals.map((each) => each.key).join(', ')}`);
  return found;
}

async function completionFn(name: string, over: Over = {}): Promise<CompletionFn> {
  const { completionFns } = await plan('test-basic', {
    model: name,
    registryPaths: [registry('own')],
    ...over,
  });
  const [found] = completionFns;
  if (found === undefined) throw new Error(`nothing said of ${name}`);
  return found;
}

describe('the evals of a set', () => {
  /** The keys in the order `oaievalset` announces them. An `oaieval` that fails at once keeps it from running any. */
  async function announcedByOaievalset(evalSet: string, registryPaths: readonly string[]): Promise<string[]> {
    const bin = mkdtempSync(join(directory, 'bin-'));
    writeFileSync(join(bin, 'oaieval'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const paths = registryPaths.flatMap((path) => ['--registry_path', path]);
    const { stdout } = await promisify(execFile)(
      python,
      ['-m', 'evals.cli.oaievalset', 'dummy', evalSet, '--no-resume', ...paths],
      {
        cwd: elsewhere,
        env: {
          ...withoutKey,
          OPENAI_API_KEY: 'unused',
          PYTHONPATH: modules,
          PATH: `${bin}${delimiter}${process.env.PATH}`,
        },
      },
    ).catch((error: { stdout: string }) => error);
    const [, announced = ''] = stdout.split('Going to run the following commands:\n');
    const keys = [...announced.matchAll(/^ {2}oaieval dummy (\S+)/gm)].map((match) => match[1] ?? '');
    expect(keys.length).toBeGreaterThan(0);
    return keys;
  }

  test.each([
    ['test-basic', []],
    ['coqa-ex', []],
    ['raven-matrices', []],
    ['test-modelgraded', []],
    ['own', [registry('own')]],
    ['own-wildcard', [registry('own')]],
  ] as const)('%s: those of oaievalset, in its order', async (evalSet, registryPaths) => {
    const { evals } = await plan(evalSet, { registryPaths });
    expect(evals.map((each) => each.key)).toEqual(await announcedByOaievalset(evalSet, registryPaths));
  });

  /** A registry with these evals, in this order, and sets of them. */
  function registryOf(keys: readonly string[], sets: Readonly<Record<string, readonly string[]>>): string {
    const own = mkdtempSync(join(directory, 'registry-'));
    mkdirSync(join(own, 'evals'));
    mkdirSync(join(own, 'eval_sets'));
    const spec = { class: 'evals.elsuite.test.match:TestMatch' };
    const write = (name: string, entries: object) => writeFileSync(join(own, name), JSON.stringify(entries));
    write('evals/all.yaml', Object.fromEntries(keys.map((key) => [key, spec])));
    const listed = Object.entries(sets).map(([name, evals]) => [name, { evals }]);
    write('eval_sets/all.yaml', Object.fromEntries(listed));
    return own;
  }

  test('names and patterns are what they are to oaievalset, in its order', async () => {
    const keys = ['zz.b.v0', 'zz.a.v1', 'zz-x.a.v0', 'zz-a+b.x', 'zz-aab.x', 'zzb.a', 'zz/d@1:2.x'];
    const registryPaths = [
      registryOf(keys, {
        names: ['zz-x.a.v0', 'zz/d@1:2.x', 'zz.a.v1', 'zz.a.v1'],
        mixed: ['zzb.a', 'zz.*.v0', 'zz-x.a.v0'],
        expressions: ['zzb.a', 'zz-(x|y).a.v0', 'zz-a+b.x'],
        unmatched: ['zz[.]b', 'zz-a+b.x', 'zz-a+b'],
      }),
    ];
    for (const evalSet of ['names', 'mixed', 'expressions']) {
      const { evals } = await plan(evalSet, { registryPaths });
      expect(evals.map(({ key }) => key)).toEqual(await announcedByOaievalset(evalSet, registryPaths));
    }
    expect(problemsOf(await refusal('unmatched', { registryPaths }))).toEqual([
      // To evals a dot is a dot, also there.
      expect.stringContaining(
        'unmatched-name: zz[.]b: the eval set unmatched names an eval that no registry has',
      ),
      expect.stringContaining(
        'unmatched-name: zz-a+b: the eval set unmatched names an eval that no registry has',
      ),
    ]);
  });

  test('10,000 of them by name take no longer than by a pattern', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `many-${index}.dev.v0`);
    const registryPaths = [registryOf(keys, { 'by-name': keys, 'by-pattern': ['many-*'] })];
    const timed = async (evalSet: string) => {
      const begun = performance.now();
      expect((await plan(evalSet, { registryPaths })).evals).toHaveLength(10_000);
      return performance.now() - begun;
    };
    const byPattern = await timed('by-pattern');
    // As many comparisons as there are pairs would take eight times as long.
    expect(await timed('by-name')).toBeLessThan(3 * byPattern);
  });

  test('across several registries', async () => {
    const registryPaths = [registry('second'), registry('own')];
    const error = await refusal('across-registries', { registryPaths });
    expect(problemsOf(error)).toEqual([
      'missing-data: second-relative.dev.v0: samples_jsonl: there is no file relative.jsonl',
    ]);
    const workingDirectory = mkdtempSync(join(directory, 'work-'));
    writeFileSync(join(workingDirectory, 'relative.jsonl'), '{}\n{}\n{}\n{}\n');
    const found = await plan('across-registries', { registryPaths, workingDirectory });
    expect(found.evals.map((each) => each.key)).toEqual(
      await announcedByOaievalset('across-registries', registryPaths),
    );
    expect(found.registryPaths.slice(-2)).toEqual(registryPaths);
    expect(evalOf(found, 'second-relative.dev.v0')).toMatchObject({
      samples: 4,
      data: [{ name: 'samples', path: join(workingDirectory, 'relative.jsonl'), label: 'relative.jsonl' }],
    });
    // A blank line is a line to evals too.
    expect(evalOf(found, 'second-own-data.dev.v0').samples).toBe(3);
  });

  test('relative registry paths are below the working directory', async () => {
    const { evals } = await plan('own', { workingDirectory: registries, registryPaths: ['own'] });
    expect(evalOf({ evals } as RegistryPlan, 'own-capitals.dev.v0').data[0]).toEqual({
      name: 'samples',
      path: join(registry('own'), 'data/own/capitals.jsonl'),
      label: 'own/capitals.jsonl',
      root: join(registry('own'), 'data/own/capitals.jsonl'),
    });
  });

  test('a built-in one: spec, metrics, data and samples', async () => {
    const found = await plan('coqa-ex');
    const match = evalOf(found, 'coqa-match.dev.v0');
    const path = join(found.evalsLocation, 'registry/data/coqa/match.jsonl');
    expect(match).toMatchObject({
      base: 'coqa-match',
      spec: { cls: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: 'coqa/match.jsonl' } },
      metrics: ['accuracy'],
      higherIsBetter: true,
      modelgraded: [],
      sources: [],
      packages: [],
      data: [{ name: 'samples', path, label: 'coqa/match.jsonl' }],
      samples: readFileSync(path, 'utf8').trimEnd().split('\n').length,
    });
    const [fact] = evalOf(found, 'coqa-fact.dev.v0').modelgraded;
    expect(fact).toMatchObject({
      name: 'fact',
      spec: { choice_strings: 'ABCDE', input_outputs: { input: 'completion' } },
    });
  });

  test('one whose samples only its class knows', async () => {
    const found = await plan('test-basic');
    expect(evalOf(found, 'test-match.s1.simple-v0')).toMatchObject({ samples: null, data: [] });
  });

  test('own classes, data, model-graded specs', async () => {
    const found = await plan('own', { registryPaths: [registry('own')] });
    const data = (label: string) => join(registry('own'), 'data', label);
    expect(evalOf(found, 'own-capitals.dev.v0')).toEqual({
      key: 'own-capitals.dev.v0',
      base: 'own-capitals',
      metrics: ['accuracy', 'speed'],
      higherIsBetter: true,
      spec: {
        cls: 'own_evals.capitals:Capitals',
        args: {
          samples_jsonl: 'own/capitals.jsonl',
          few_shot_jsonl: 'own/shots.jsonl',
          num_few_shot: 1,
          guide: 'https://example.com/guide.txt',
          weights: [{ $float: 'inf' }, 0.5],
        },
      },
      modelgraded: [],
      sources: [
        {
          module: 'own_evals.capitals',
          path: join(modules, 'own_evals/capitals.py'),
          label: 'own_evals/capitals.py',
        },
        { module: 'own_evals.base', path: join(modules, 'own_evals/base.py'), label: 'own_evals/base.py' },
      ],
      packages: [],
      code: expect.any(Number),
      mayWrite: true,
      solvers: [],
      solverData: [],
      data: [
        ['samples', 'own/capitals.jsonl'],
        ['few_shot_jsonl', 'own/shots.jsonl'],
      ].map(([name, label = '']) => ({ name, path: data(label), label, root: data(label) })),
      remote: [{ name: 'guide', url: 'https://example.com/guide.txt' }],
      samples: 3,
    });
    expect(evalOf(found, 'own-tone.dev.v0')).toMatchObject({
      samples: 3,
      modelgraded: [
        { name: 'own-tone', spec: { prompt: 'Is this {mood}? {completion}', choice_strings: ['Yes', 'No'] } },
      ],
    });
    // evals reads the *.jsonl of a directory; all of its files are data.
    expect(evalOf(found, 'own-folder.dev.v0')).toMatchObject({
      samples: 3,
      metrics: [],
      data: ['a.jsonl', 'b.jsonl', 'notes.txt'].map((name) => ({
        name: 'samples',
        label: `own/folder/${name}`,
      })),
    });
  });

  test('nothing but paths says where the registry lies', async () => {
    const moved = mkdtempSync(join(directory, 'moved-'));
    cpSync(registries, moved, { recursive: true });
    const here = await plan('own', { registryPaths: [registry('own')] });
    const there = await plan('own', {
      registryPaths: [join(moved, 'own')],
      env: { ...usualEnv, PYTHONPATH: join(moved, 'modules') },
    });
    const withoutPaths = (from: RegistryPlan) =>
      JSON.stringify(from.evals, (key, value) => (['path', 'root'].includes(key) ? undefined : value));
    expect(withoutPaths(there)).toBe(withoutPaths(here));
    expect(withoutPaths(here)).not.toContain(registries);
  });

  test('an installed class is known by its distribution', async () => {
    const own = mkdtempSync(join(directory, 'registry-'));
    mkdirSync(join(own, 'evals'));
    mkdirSync(join(own, 'eval_sets'));
    writeFileSync(join(own, 'eval_sets/installed.yaml'), 'installed: { evals: [installed.*] }\n');
    writeFileSync(join(own, 'evals/installed.yaml'), 'installed.dev.v0: { class: "tqdm:tqdm" }\n');
    const found = await plan('installed', { registryPaths: [own] });
    expect(evalOf(found, 'installed.dev.v0')).toMatchObject({
      sources: [],
      packages: [{ name: 'tqdm', version: expect.stringMatching(/^\d+\./) }],
    });
  });

  test('in a checkout of evals the classes of evals are own files too', async () => {
    const { evalsLocation } = await plan('test-basic');
    const checkout = mkdtempSync(join(directory, 'checkout-'));
    const data = join(evalsLocation, 'registry/data');
    cpSync(evalsLocation, join(checkout, 'evals'), {
      recursive: true,
      filter: (path) =>
        !path.startsWith(data) || path === data || path.startsWith(join(data, 'test_fuzzy_match')),
    });
    const env = { ...usualEnv, PYTHONPATH: checkout };
    const found = await plan('test-basic', { env });
    expect(found.evalsLocation).toBe(join(checkout, 'evals'));
    expect(evalOf(found, 'test-match.s1.simple-v0').sources.map(({ label }) => label)).toEqual([
      'evals/elsuite/test/match.py',
      'evals/elsuite/basic/match.py',
      'evals/eval.py',
    ]);
  });

  test('imports may print and leave threads behind', async () => {
    const { evals } = await plan('own-noisy', { registryPaths: [registry('own')] });
    expect(evals.map((each) => each.key)).toEqual(['own-noisy.dev.v0']);
  });
});

describe('arguments', () => {
  test('those that change results, as oaieval reads them', async () => {
    const found = await plan('own', {
      args: ['--max_samp', '2', '--seed=7', '--extra_eval_params', 'num_few_shot=0,mood=kind', '--debug'],
      registryPaths: [registry('own')],
    });
    expect(found.arguments).toEqual({
      maxSamples: 2,
      seed: 7,
      extraEvalParams: { num_few_shot: 0, mood: 'kind' },
      completionArgs: {},
    });
    expect(evalOf(found, 'own-capitals.dev.v0')).toMatchObject({
      spec: { args: { num_few_shot: 0, mood: 'kind', samples_jsonl: 'own/capitals.jsonl' } },
      samples: 2,
    });
  });

  test('the defaults of oaieval', async () => {
    const found = await plan('test-basic');
    expect(found.arguments).toEqual({
      maxSamples: null,
      seed: 20220722,
      extraEvalParams: {},
      completionArgs: {},
    });
  });

  test.each([
    [
      ['--max_samples', 'few'],
      "invalid-argument: --max_samples few: argument --max_samples: invalid int value: 'few'",
    ],
    [['--no-such', '1'], 'invalid-argument: --no-such 1: unrecognized arguments: --no-such 1'],
    [['--he'], 'invalid-argument: --he: it only prints help'],
    [
      ['--extra_eval_params', 'a=1=2'],
      "invalid-argument: --extra_eval_params: 'a=1=2' does not have the form key=value",
    ],
  ])('%j is refused', async (args, problem) => {
    const error = await refusal('test-basic', { args });
    expect(problemsOf(error)).toEqual([problem]);
    expect(error.next).toBe('Correct the input args.');
  });

  test('what would move or hide results is refused, abbreviated or not', async () => {
    const args = ['--record_p=x', '--registry=y', '--http-run', '--no-local', '--dry-run', '--log_to', 'z'];
    const named = problemsOf(await refusal('test-basic', { args })).map((line) =>
      line.split(': ').slice(0, 2).join(' '),
    );
    expect(named).toEqual([
      'forbidden-argument --record_path',
      'forbidden-argument --registry_path',
      // Both move results away, for the same reason.
      'forbidden-argument --http-run, --no-local-run',
      'forbidden-argument --dry-run',
      'forbidden-argument --log_to_file',
    ]);
  });
});

describe('completion functions', () => {
  test('names that evals knows need no registry', async () => {
    const { completionFns } = await plan('test-basic', {
      model: 'dummy,gpt-3.5-turbo,gpt-4o-mini,own-ecko',
      registryPaths: [registry('own')],
    });
    expect(completionFns.map(({ name, kind, needsApiKey, near }) => [name, kind, needsApiKey, near])).toEqual(
      [
        ['dummy', 'dummy', false, []],
        // Chat models to evals are gpt-3.5-turbo… and gpt-4-…; what else there is, the API has to say.
        ['gpt-3.5-turbo', 'openai-chat', true, []],
        ['gpt-4o-mini', 'api-model', true, []],
        ['own-ecko', 'api-model', true, ['own-echo']],
      ],
    );
  });

  test('an own one: its class, arguments and files', async () => {
    const echo = await completionFn('own-echo', { args: ['--completion_args', 'prefix=said,'] });
    expect(echo).toMatchObject({
      kind: 'registry',
      needsApiKey: false,
      spec: { cls: 'own_evals.echo:Echo', args: { prefix: 'said', template: 'own/template.txt' } },
      sources: [{ label: 'own_evals/echo.py' }],
      data: [{ name: 'template', label: 'own/template.txt' }],
      references: [],
    });
  });

  test('what it refers to belongs to it', async () => {
    const nested = await completionFn('own-nested');
    expect(nested.references.map(({ name, kind }) => [name, kind])).toEqual([
      ['own-judge', 'registry'],
      ['gpt-3.5-turbo', 'openai-chat'],
      ['own-echo', 'registry'],
    ]);
    expect(nested.needsApiKey).toBe(true);
    const elsewhereModel = await completionFn('own-elsewhere');
    expect(elsewhereModel).toMatchObject({ needsApiKey: false, references: [] });
  });

  test("solvers nested in evals' own registry", async () => {
    const cot = await completionFn('already_said_that/cot/gpt-3.5-turbo');
    expect(cot).toMatchObject({ kind: 'registry', needsApiKey: true, sources: [] });
    expect(cot.references.map(({ name }) => name)).toEqual([
      'evals.solvers.providers.openai.openai_solver:OpenAISolver',
    ]);
  });

  test('one that cannot be imported, an empty name, an alias of itself', async () => {
    const error = await refusal('test-basic', {
      model: 'own-missing,,alias-fn',
      registryPaths: [registry('own'), registry('aliases')],
    });
    expect(problemsOf(error)).toEqual([
      "completion-fn-import: own-missing: class own_evals.nowhere:Echo cannot be imported: No module named 'own_evals.nowhere'",
      'empty-model-name: own-missing,,alias-fn: the list of models contains an empty name',
      'bad-registry: alias-fn: alias loop: alias-fn -> alias-fn',
    ]);
  });

  test('nothing is asked of the API', async () => {
    const asked: string[] = [];
    const api = createServer((message, response) => {
      asked.push(`${message.method} ${message.url}`);
      response.end('{"data": []}');
    });
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
    try {
      const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/v1`;
      const env = { ...usualEnv, OPENAI_API_KEY: 'unused', OPENAI_BASE_URL: url };
      await plan('test-basic', { model: 'gpt-4o-mini,cot/text-davinci-003', env });
      expect(asked).toEqual([]);
    } finally {
      await new Promise((done) => api.close(done));
    }
  });
});

describe('problems', () => {
  test('an unknown set, with names that look like it', async () => {
    const error = await refusal('test-basik');
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toBe(
      'The eval set test-basik cannot run. A problem was found:\n- unknown-set: test-basik: no registry has an eval set of this name (did you mean test-basic?)',
    );
    expect(error.next).toContain('registry-path');
  });

  test('an eval where a set is needed, a set without evals', async () => {
    expect(problemsOf(await refusal('test-match'))).toEqual([
      'unknown-set: test-match: it is an eval, not an eval set; add it to an eval set',
    ]);
    expect(problemsOf(await refusal('own-empty', { registryPaths: [registry('own')] }))).toEqual([
      'empty-set: own-empty: the eval set lists no evals',
    ]);
  });

  test('all that is wrong with a set is named', async () => {
    const error = await refusal('broken', {
      registryPaths: [registry('broken'), join(registries, 'absent')],
    });
    expect(problemsOf(error).toSorted()).toEqual([
      'bad-eval-name: broken-name-without-split: the name of an eval needs a split after a dot, as in my-eval.dev.v0, and must have no control characters or repeated blanks',
      expect.stringMatching(
        /^bad-registry: broken-spec\.dev\.v0: Error while processing eval 'broken-spec\.dev\.v0': .*cls/,
      ),
      "class-import: broken-attribute.dev.v0: class evals.elsuite.basic.match:Macth cannot be imported: module 'evals.elsuite.basic.match' has no attribute 'Macth'",
      "class-import: broken-import.dev.v0: class no_such_module.evals:Eval cannot be imported: No module named 'no_such_module'",
      'class-import: broken-quits.dev.v0: class own_evals.quits:Eval cannot be imported: this module quits',
      'lfs-pointer: broken-pointer.dev.v0: samples_jsonl: broken/pointer.jsonl is a Git LFS pointer, not the data itself',
      'missing-data: broken-foreign.dev.v0: samples_jsonl: there is no file coqa/match.jsonl',
      'missing-data: broken-missing.dev.v0: samples_jsonl: there is no file broken/pointr.jsonl (did you mean broken/pointer.jsonl?)',
      'missing-modelgraded: broken-modelgraded.dev.v0: no registry has the modelgraded spec fakt (did you mean fact?)',
      `missing-registry-path: ${join(registries, 'absent')}: there is no directory ${join(registries, 'absent')}`,
      'unmatched-name: nothing-*: the eval set broken names an eval that no registry has',
      'unmatched-name: test-inclueds: the eval set broken names an eval that no registry has (did you mean test-includes?)',
      expect.stringMatching(/^unreadable-data: broken-damaged\.dev\.v0: damaged\.jsonl\.gz: /),
    ]);
    expect(error.next).toContain('git lfs pull');
    expect(error.next).toContain('lfs: true');
  });

  test('classes of the working directory are out of reach, as for oaieval', async () => {
    const error = await refusal('own', {
      registryPaths: [registry('own')],
      workingDirectory: modules,
      env: withoutKey,
    });
    expect(problemsOf(error)).toEqual([
      "class-import: own-capitals.dev.v0: class own_evals.capitals:Capitals cannot be imported: No module named 'own_evals'",
    ]);
    expect(error.next).toContain('PYTHONPATH');
  });

  test('entries of a registry that another one has', async () => {
    const twice = await refusal('test-basic', { registryPaths: [registry('duplicate')] });
    expect(problemsOf(twice)).toEqual([
      expect.stringMatching(
        /^duplicate-entry: test-match: duplicate entry: test-match from \S+again\.yaml \(it is already in \S+test-basic\.yaml\), and 1 more of this file$/,
      ),
    ]);
    const named = await refusal('own', { registryPaths: [registry('own'), registry('own')] });
    expect(problemsOf(named).map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['duplicate-entry', 'own'],
      ['duplicate-entry', 'own-capitals'],
      ['duplicate-entry', 'own-tone'],
    ]);
  });

  test('aliases that lead nowhere, or in a circle', async () => {
    const error = await refusal('aliases', { registryPaths: [registry('aliases')] });
    expect(problemsOf(error)).toEqual([
      'bad-registry: alias-loop: alias loop: alias-loop -> alias-loop-back -> alias-loop',
      'bad-registry: alias-loop-back: alias loop: alias-loop-back -> alias-loop -> alias-loop-back',
      "bad-registry: alias-nowhere: 'alias-nowhere' is an alias of 'alias-target.dev.v1', which the registry does not have (did you mean alias-target.dev.v0?)",
    ]);
  });

  test('files that are no registry', async () => {
    const error = await refusal('test-basic', { registryPaths: [registry('malformed')] });
    expect(problemsOf(error).toSorted()).toEqual([
      expect.stringMatching(
        // libyaml and PyYAML's own parser say it differently.
        /^bad-registry: \S+a\.yaml: while parsing a flow sequence .* line 2, column 10 (did not find )?expected/,
      ),
      expect.stringMatching(
        /^bad-registry: \S+b\.yaml: key is a reserved keyword, but was used in reserved from/,
      ),
      expect.stringMatching(
        /^bad-registry: \S+b\.yaml: the entry 'listed' of eval_sets is of type list, but must be a mapping$/,
      ),
      expect.stringMatching(/^bad-registry: \S+numbers\.yaml: the name 2024 is not text; put it in quotes$/),
    ]);
  });
});

describe('without an answer', () => {
  test('an interpreter that has no evals', async () => {
    const bare = join(directory, 'bare');
    await promisify(execFile)(python, ['-m', 'venv', '--without-pip', bare]);
    const error = await refusal('test-basic', { python: join(bare, 'bin/python'), env: withoutKey });
    expect(error.code).toBe('PLAN_FAILED');
    expect(error.message).toMatch(
      /ended with exit code 1\. It printed last:\n[\s\S]*No module named 'evals'$/,
    );
  });

  test('no interpreter', async () => {
    const error = await refusal('test-basic', { python: join(dirname(python), 'no-python') });
    expect(error.code).toBe('PLAN_FAILED');
    expect(error.message).toContain('no-python');
  });

  test('nothing is left in the temporary directory', async () => {
    await plan('test-basic');
    await refusal('no-such-set');
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });
});
