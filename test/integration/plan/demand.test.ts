/** The requests of an eval and the size of their prompts, as the planner reports them. The bundle compares them with what is sent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KINDS, writeEstimatedSet } from '../../helpers/estimated-set.ts';
import { evalOf, RegistryPlanner, usualEnv } from '../../helpers/registry-planner.ts';

let planner: RegistryPlanner;
let registry = '';
beforeAll(async () => {
  planner = await RegistryPlanner.start();
  registry = planner.newDirectory('estimated-');
  writeEstimatedSet(registry, 12);
});
afterAll(() => planner.close());

const asked = { model: 'gpt-4o-mini', chatFallback: true };

/** A registry with one eval `own.dev.v0`. */
function registryOf(evalClass: string, args: object, files: Readonly<Record<string, string>>): string {
  return planner.newFiles({
    'eval_sets/s.yaml': JSON.stringify({ s: { evals: ['own.dev.v0'] } }),
    'evals/e.yaml': JSON.stringify({ 'own.dev.v0': { class: evalClass, args } }),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`data/${name}`, text])),
  });
}

const MATCH = 'evals.elsuite.basic.match:Match';
const lines = (...samples: readonly object[]) => samples.map((each) => `${JSON.stringify(each)}\n`).join('');

describe.concurrent('demand', () => {
  test('demand: each kind of eval has the requests that its class sends for each sample', async () => {
    const plan = await planner.sharedPlan('estimated', { ...asked, registryPaths: [registry] });
    const requests = plan.evals.map(({ base, demand }) => [
      base,
      (demand ?? []).reduce((sum, each) => sum + each.requests, 0),
    ]);
    expect(Object.fromEntries(requests)).toEqual(
      Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, kind.requests * 12])),
    );
  });

  test('demand: --max_samples measures the samples that evals chooses', async () => {
    const texts = ['a', 'bb', 'cccc', 'dddddddd'];
    const registryPath = registryOf(
      MATCH,
      { samples_jsonl: 'x.jsonl' },
      {
        'x.jsonl': lines(...texts.map((input) => ({ input, ideal: 'x' }))),
      },
    );
    const of = async (args: readonly string[]) => {
      const plan = await planner.plan('s', { ...asked, registryPaths: [registryPath], args });
      return evalOf(plan, 'own.dev.v0').demand;
    };
    expect(await of([])).toEqual([
      {
        by: 'model',
        requests: 4,
        characters: 15,
        bytes: 15,
        messages: 4,
        answers: 0,
        answer: 'short',
        choices: 1,
        maxTokens: null,
      },
    ]);
    // evals shuffles four samples to 2, 3, 1, 0.
    expect(await of(['--max_samples', '2'])).toMatchObject([{ requests: 2, characters: 12, messages: 2 }]);
    expect(await of(['--max_samples', '99'])).toMatchObject([{ requests: 4, characters: 15 }]);
  });

  test('demand: characters and bytes are counted, and the limit of tokens is that of the arguments', async () => {
    const args = { samples_jsonl: 'x.jsonl', max_tokens: 7 };
    const sample = {
      input: [
        { role: 'user', content: 'été' },
        { role: 'user', content: '日本' },
      ],
      ideal: 'x',
    };
    const registryPath = registryOf('evals.elsuite.basic.fuzzy_match:FuzzyMatch', args, {
      'x.jsonl': lines(sample),
    });
    const plan = await planner.plan('s', { ...asked, registryPaths: [registryPath] });
    expect(evalOf(plan, 'own.dev.v0').demand).toMatchObject([
      { characters: 5, bytes: 11, messages: 2, maxTokens: 7 },
    ]);
  });

  test.for([
    [
      'a picture',
      [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }],
      {},
    ],
    ['a completion function of a registry', 'question', { model: 'generation/direct/gpt-3.5-turbo' }],
  ] as const)('demand: with %s, nothing is known', async ([, input, changes]) => {
    const registryPath = registryOf(
      MATCH,
      { samples_jsonl: 'x.jsonl' },
      { 'x.jsonl': lines({ input, ideal: 'x' }) },
    );
    const plan = await planner.plan('s', { ...asked, ...changes, registryPaths: [registryPath] });
    const { demand, samples } = evalOf(plan, 'own.dev.v0');
    expect({ demand, samples }).toEqual({ demand: null, samples: 1 });
  });

  test('demand: of a class of the user, nothing is known', async () => {
    const files = { 'x.jsonl': lines({ input: 'x', ideal: 'x' }) };
    const registryPath = registryOf('own_evals.echo:Echo', { samples_jsonl: 'x.jsonl' }, files);
    const own = planner.newFiles({
      'own_evals/__init__.py': '',
      'own_evals/echo.py': [
        'from evals.elsuite.basic.match import Match',
        'class Echo(Match):',
        '    def eval_sample(self, sample, *_):',
        '        self.completion_fn(prompt=sample["input"] * 2)',
        '',
      ].join('\n'),
    });
    const env = { ...usualEnv, PYTHONPATH: own };
    const plan = await planner.plan('s', { ...asked, registryPaths: [registryPath], env });
    expect(evalOf(plan, 'own.dev.v0')).toMatchObject({ demand: null, samples: 1 });
  });
});
