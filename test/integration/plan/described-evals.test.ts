/** What a plan says about each eval: its arguments, metrics, data, samples and code. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegistryPlan } from '../../../src/plan/registry-plan.ts';
import {
  evalOf,
  modules,
  RegistryPlanner,
  registries,
  registry,
  usualEnv,
} from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

const own = () => planner.sharedPlan('own', { registryPaths: [registry('own')] });
const data = (label: string) => join(registry('own'), 'data', label);

describe.concurrent('a planned eval', () => {
  test("planned eval: one of evals' own has its spec, metrics, data and samples", async () => {
    const found = await planner.sharedPlan('coqa-ex');
    const path = join(found.evalsLocation, 'registry/data/coqa/match.jsonl');
    expect(evalOf(found, 'coqa-match.dev.v0')).toMatchObject({
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
  });

  test('planned eval: a model-graded one has the spec of its grader', async () => {
    const [fact] = evalOf(await planner.sharedPlan('coqa-ex'), 'coqa-fact.dev.v0').modelgraded;
    expect(fact).toMatchObject({
      name: 'fact',
      spec: { choice_strings: 'ABCDE', input_outputs: { input: 'completion' } },
    });
    expect(evalOf(await own(), 'own-tone.dev.v0')).toMatchObject({
      samples: 3,
      modelgraded: [
        { name: 'own-tone', spec: { prompt: 'Is this {mood}? {completion}', choice_strings: ['Yes', 'No'] } },
      ],
    });
  });

  test('planned eval: the number of samples is unknown when the class makes them', async () => {
    const found = await planner.sharedPlan('test-basic');
    // The class has them in its code.
    expect(evalOf(found, 'test-match.s1.simple-v0')).toMatchObject({ samples: 3, data: [] });
    const games = planner.newFiles({
      'eval_sets/games.yaml': JSON.stringify({ games: { evals: ['track_the_stat.mode'] } }),
    });
    const plan = await planner.plan('games', { registryPaths: [games] });
    expect(evalOf(plan, 'track_the_stat.mode')).toMatchObject({ samples: null, data: [] });
  });

  test('planned eval: one with a class and data of the user’s has all of them', async () => {
    expect(evalOf(await own(), 'own-capitals.dev.v0')).toEqual({
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
      modelGraded: false,
      modelgraded: [],
      sources: ['capitals', 'base'].map((name) => ({
        module: `own_evals.${name}`,
        path: join(modules, `own_evals/${name}.py`),
        label: `own_evals/${name}.py`,
      })),
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
      demand: null,
    });
  });

  test('planned eval: all files of a directory are data, and its *.jsonl files have the samples', async () => {
    expect(evalOf(await own(), 'own-folder.dev.v0')).toMatchObject({
      samples: 3,
      metrics: [],
      data: ['a.jsonl', 'b.jsonl', 'notes.txt'].map((name) => ({
        name: 'samples',
        label: `own/folder/${name}`,
      })),
    });
  });

  test('planned eval: only its paths depend on where the registry and the modules are', async () => {
    const moved = planner.newDirectory('moved-');
    cpSync(registries, moved, { recursive: true });
    const there = await planner.plan('own', {
      registryPaths: [join(moved, 'own')],
      env: { ...usualEnv, PYTHONPATH: join(moved, 'modules') },
    });
    const withoutPaths = (from: RegistryPlan) =>
      JSON.stringify(from.evals, (key, value) => (['path', 'root'].includes(key) ? undefined : value));
    expect(withoutPaths(there)).toBe(withoutPaths(await own()));
    expect(withoutPaths(there)).not.toContain(moved);
  });

  test('planned eval: an installed class is identified by its distribution', async () => {
    const registryPath = planner.newFiles({
      'eval_sets/installed.yaml': 'installed: { evals: [installed.*] }\n',
      'evals/installed.yaml': 'installed.dev.v0: { class: "tqdm:tqdm" }\n',
    });
    const found = await planner.plan('installed', { registryPaths: [registryPath] });
    expect(evalOf(found, 'installed.dev.v0')).toMatchObject({
      sources: [],
      packages: [{ name: 'tqdm', version: expect.stringMatching(/^\d+\./) }],
    });
  });

  test("planned eval: in a checkout of evals, evals' own classes are source files", async () => {
    const { evalsLocation } = await planner.sharedPlan('test-basic');
    const checkout = planner.newDirectory('checkout-');
    const all = join(evalsLocation, 'registry/data');
    const needed = join(all, 'test_fuzzy_match');
    cpSync(evalsLocation, join(checkout, 'evals'), {
      recursive: true,
      filter: (path) => !path.startsWith(all) || path === all || path.startsWith(needed),
    });
    const env = { ...usualEnv, PYTHONPATH: checkout };
    const found = await planner.plan('test-basic', { python: planner.python, env });
    expect(found.evalsLocation).toBe(join(checkout, 'evals'));
    expect(evalOf(found, 'test-match.s1.simple-v0').sources.map(({ label }) => label)).toEqual([
      'evals/elsuite/test/match.py',
      'evals/elsuite/basic/match.py',
      'evals/eval.py',
    ]);
  });
});
