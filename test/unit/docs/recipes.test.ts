/** The workflows in docs/recipes. actionlint and zizmor check them too, in lint-workflows.yml. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLE_MODEL } from '../../../src/example-model.ts';
import { parseRules } from '../../../src/gate/rules/parse-rules.ts';
import { type Permissions, type Recipe, recipe, recipes, stepsOf } from '../../helpers/recipes.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('docs/recipes/README.md');

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** All that a token may do, in the whole file, beyond reading the code. Everything else has to be none. */
const MORE_THAN_READING: Readonly<Record<string, Permissions>> = {
  'baseline.yml': { actions: 'read' },
  'comment.yml': { 'pull-requests': 'write' },
  'forks-comment.yml': { actions: 'read', 'pull-requests': 'write' },
  'long-set.yml': { actions: 'write' },
  'resume.yml': { actions: 'write' },
};

const SECRETS = ['ANTHROPIC_API_KEY', 'AZURE_OPENAI_API_KEY', 'EVALS_ENCRYPTION_KEY', 'OPENAI_API_KEY'];

/** Names that a recipe gives to something else than a model of OpenAI, each with its recipe. */
const OTHER_MODELS: Readonly<Record<string, string>> = {
  assistant: 'own-registry.yml',
  claude: 'anthropic.yml',
  'llama3.2:3b': 'ollama.yml',
  'my-deployment': 'azure.yml',
  'org/model': 'vllm.yml',
  '${{ matrix.model }}': 'models.yml',
};

const OWN = /^oaievalset-action\/oaievalset-action(?:\/(\w+))?@/;

/** Steps that use an action of this repository. */
const ownSteps = recipes.flatMap((each) =>
  stepsOf(each).flatMap((step) => {
    const own = OWN.exec(step.uses ?? '');
    if (!own) return [];
    const path = join(own[1] ?? '.', 'action.yml');
    return [{ name: each.name, uses: step.uses ?? '', step, path }];
  }),
);
const withAction = ownSteps.map((each) => ({ ...each, action: parse(read(each.path)) as Action }));

const everyRecipe = recipes.map((each) => ({ name: each.name, each }));

describe('recipes', () => {
  test('recipes: the table of docs/recipes/README.md has each of them once', () => {
    const rows = [...readme.matchAll(/^\| \[([\w-]+\.yml)\]\(\1\)/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(recipes.map(({ name }) => name));
  });

  test.each(withAction)('recipe $name: $uses has all inputs that the step sets', ({ step, action }) => {
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });

  test.each(withAction)('recipe $name: the step sets all required inputs of $uses', ({ step, action }) => {
    const required = Object.entries(action.inputs).filter(([, input]) => input.required);
    expect(Object.keys(step.with ?? {})).toEqual(expect.arrayContaining(required.map(([name]) => name)));
  });

  test.each(
    recipes.flatMap(({ name, text }) =>
      [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].map(([expression, id = '', output = '']) => ({
        name,
        expression,
        id,
        output,
      })),
    ),
  )('recipe $name: $expression exists', ({ name, id, output }) => {
    const step = ownSteps.find((each) => each.name === name && each.step.id === id);
    expect(step, `a step with the id ${id}`).toBeDefined();
    const outputs = withAction.find((each) => each.path === step?.path)?.action.outputs;
    if (outputs) expect(Object.keys(outputs)).toContain(output);
  });

  test.each(everyRecipe)('recipe $name: a job reads only outputs that another job has', ({ each }) => {
    const { jobs } = each.workflow;
    for (const [, job = '', output = ''] of each.text.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g))
      expect(Object.keys(jobs[job]?.outputs ?? {})).toContain(output);
  });

  test.each(everyRecipe)('recipe $name: its token may do no more than it needs', ({ each }) => {
    const { permissions, jobs } = each.workflow;
    const granted: Record<string, string> = {};
    for (const given of [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})])
      Object.assign(granted, given);
    const { contents = 'read', ...more } = granted;
    expect(contents).toBe('read');
    expect(more).toEqual(MORE_THAN_READING[each.name] ?? {});
    // What the whole workflow grants, every job has: so the file grants it no more than reading.
    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
  });

  test.each(everyRecipe)('recipe $name: a job that runs evals cannot start workflows', ({ each }) => {
    const { permissions, jobs } = each.workflow;
    for (const job of Object.values(jobs))
      if (job.steps.some(({ uses = '' }) => /^oaievalset-action\/oaievalset-action@/.test(uses)))
        expect((job.permissions ?? permissions).actions ?? 'none').not.toBe('write');
  });

  test.each(everyRecipe)('recipe $name: no token stays in the checkout', ({ each }) => {
    for (const step of stepsOf(each))
      if (step.uses?.startsWith('actions/checkout@'))
        expect(step.with?.['persist-credentials'], 'evals are code that could read it').toBe(false);
  });

  test('recipes: they use one version of each action, which is that of the documents', () => {
    const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
      .filter((path) => path.endsWith('.md'))
      .map(read);
    const versions = new Map<string, Set<string>>();
    for (const text of [...documents, ...recipes.map((each) => each.text)])
      for (const [, name = '', version = ''] of text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@(\S+)/g))
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
    expect([...versions.keys()]).toEqual(
      expect.arrayContaining(['actions/checkout', 'actions/upload-artifact']),
    );
    expect([...versions].filter(([, each]) => each.size > 1)).toEqual([]);
  });

  test.each(everyRecipe)('recipe $name: its secrets have the names that the documents use', ({ each }) => {
    for (const [, secret] of each.text.matchAll(/secrets\.(\w+)/g)) {
      expect(SECRETS).toContain(secret);
      expect(readme).toContain(`\`${secret}\``);
    }
  });

  test.each(ownSteps.filter(({ step }) => step.with?.model !== undefined))(
    'recipe $name: it asks the example model, or another one that it is about',
    ({ name, step }) => {
      const model = String(step.with?.model);
      if (model !== EXAMPLE_MODEL) expect(OTHER_MODELS[model]).toBe(name);
    },
  );

  test.each(ownSteps.filter(({ step }) => step.with?.thresholds !== undefined))(
    'recipe $name: its rules are valid',
    ({ step }) => {
      expect(parseRules(String(step.with?.thresholds)).length).toBeGreaterThan(0);
    },
  );
});

/** All steps that run or upload something, without what belongs only to the example around them. */
function essence(steps: readonly object[]): unknown[] {
  return steps.map((step) => JSON.parse(JSON.stringify(step)) as unknown);
}

/** Tests run the YAML of the documents under act. The recipes promise the same. */
describe('recipes that documents explain', () => {
  const block = (document: string, title: string): unknown => {
    const [, part = ''] = read(document).split(title);
    return parse(/```yaml\n([\s\S]*?)```/.exec(part)?.[1] ?? '');
  };

  test('recipe baseline.yml: it downloads the results of the main branch as docs/results.md does', () => {
    const [download] = block('docs/results.md', '**Compare with the last run of the main branch.') as {
      run: string;
    }[];
    expect(essence(stepsOf(recipe('baseline.yml')))).toContainEqual(download);
  });

  test('recipe models.yml: each model leaves an artifact of its own that the comparison downloads', () => {
    const [evals, compare] = Object.values(recipe('models.yml').workflow.jobs);
    const upload = evals?.steps.find(({ uses = '' }) => uses.startsWith('actions/upload-artifact@'));
    const download = compare?.steps.find(({ uses = '' }) => uses.startsWith('actions/download-artifact@'));
    expect(upload?.with?.name).toBe('model-${{ matrix.label }}');
    expect(download?.with?.pattern).toBe('model-*');
    const comparing = compare?.steps.find(({ uses = '' }) => uses.includes('/compare@'));
    expect(comparing?.with?.['reports-directory']).toBe(download?.with?.path);
  });

  test('recipe shards.yml: each shard of the merge has a job', () => {
    const { evals, merge } = recipe('shards.yml').workflow.jobs;
    const shards = mergeStep(recipe('shards.yml'))?.with?.shards;
    expect(evals?.strategy).toMatchObject({
      matrix: { shard: Array.from({ length: Number(shards) }, (_, index) => index + 1) },
    });
    expect(evals?.steps.map((step) => step.with?.shard)).toContain(`\${{ matrix.shard }}/${String(shards)}`);
    expect(merge).toMatchObject({ needs: 'evals', if: '${{ !cancelled() }}' });
  });

  test('recipe shards.yml: the merge has the inputs of the shards, and the shards have no rules', () => {
    const evals = stepsOf(recipe('shards.yml')).find(({ with: inputs }) => inputs?.shard !== undefined)?.with;
    const merge = mergeStep(recipe('shards.yml'))?.with;
    for (const name of ['model', 'eval-set', 'registry-path']) expect(merge?.[name]).toBe(evals?.[name]);
    for (const name of ['thresholds', 'baseline', 'comment']) expect(evals).not.toHaveProperty(name);
  });

  test('recipe forks-comment.yml: it waits for forks.yml, and reads the artifact that forks.yml uploads', () => {
    const commenting = recipe('forks-comment.yml');
    expect(commenting.workflow.on).toMatchObject({
      workflow_run: { workflows: [recipe('forks.yml').workflow.name] },
    });
    const named = (each: Recipe, uses: string) =>
      stepsOf(each).find((step) => step.uses?.startsWith(uses))?.with?.name;
    expect(named(commenting, 'actions/download-artifact@')).toBe(
      named(recipe('forks.yml'), 'actions/upload-artifact@'),
    );
    expect(stepsOf(commenting).some(({ uses = '' }) => uses.startsWith('actions/checkout@'))).toBe(false);
  });
});

function mergeStep(each: Recipe) {
  return stepsOf(each).find(({ uses = '' }) => uses.includes('/merge@'));
}
