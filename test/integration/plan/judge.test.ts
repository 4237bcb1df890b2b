/** Which evals a model grades, and which refuse the completion functions that they would get. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { changesBetween, PlanProject } from '../../helpers/plan-project.ts';
import { problemsOf, RegistryPlanner, usualEnv } from '../../helpers/registry-planner.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/judge');
const registryPaths = [join(fixtures, 'registry')];
const env = { ...usualEnv, PYTHONPATH: join(fixtures, 'modules') };

let planner: RegistryPlanner;
beforeAll(async () => {
  planner = await RegistryPlanner.start();
});
afterAll(() => planner.close());

async function gradedOf(evalSet: string, judgeModel = ''): Promise<unknown> {
  const { evals, judge } = await planner.plan(evalSet, { judgeModel, registryPaths, env });
  return { judge: judge?.name, graded: evals.filter((each) => each.modelGraded).map(({ base }) => base) };
}

describe.concurrent('model-graded evals', () => {
  test('model-graded evals: those of ModelBasedClassify, of a class derived from it, and of its re-export', async () => {
    expect(await gradedOf('mixed', 'gpt-4')).toEqual({ judge: 'gpt-4', graded: ['logic-fact'] });
    expect(await gradedOf('derived')).toEqual({ judge: undefined, graded: ['judge-derived', 'judge-again'] });
  });

  test('judge: one that no eval of the set uses is not looked up', async () => {
    expect(await gradedOf('test-basic', 'judge-fn')).toEqual({ judge: undefined, graded: [] });
  });

  test('judge: a completion function of a registry is described like one of the model', async () => {
    const { judge } = await planner.plan('mixed', { judgeModel: 'judge-fn', registryPaths, env });
    expect(judge).toMatchObject({
      kind: 'registry',
      needsApiKey: false,
      spec: { cls: 'judge_evals.fixed:Fixed', args: { answer: 'C' } },
    });
  });
});

const HINT = /not a matrix\. .*matrix.*judge-model/;

describe.concurrent('the fingerprint of the judge', () => {
  test('fingerprint: the judge and its code are parts of the model-graded evals alone', async () => {
    const root = planner.newDirectory('fingerprints-');
    const planWith = async (judgeModel: string, answer: string): Promise<Plan> => {
      const project = new PlanProject({ root, python: planner.python, evalSet: 's', judgeModel });
      project.writeAll({ ...PROJECT, 'modules/own/limits.py': answer });
      return await project.plan();
    };
    const [without, first, edited] = await Promise.all([
      planWith('', 'LIMIT = 1\n'),
      planWith('own-judge', 'LIMIT = 1\n'),
      planWith('own-judge', 'LIMIT = 2\n'),
    ]);
    const code = ['__init__', 'fn', 'limits'].map((name) => `code:own/${name}.py`);
    expect(changesBetween(without, first)).toEqual({
      graded: [...code, 'judge:model', 'own-judge.template'],
    });
    expect(changesBetween(first, edited)).toEqual({ graded: ['code:own/limits.py'] });
    // Version 0.1 had no judge, so none of its results has this content.
    const earlier = (plan: Plan) => plan.evals.map(({ name, earlier: forms }) => [name, forms.length]);
    expect(earlier(without)).toEqual([
      ['plain', 1],
      ['graded', 1],
    ]);
    expect(earlier(first)).toEqual([
      ['plain', 1],
      ['graded', 0],
    ]);
  });
});

const PROJECT = {
  'registry/eval_sets/s.yaml': 's: { evals: [plain.dev.v0, graded.dev.v0] }\n',
  'registry/evals/e.yaml': `plain.dev.v0:
  class: evals.elsuite.basic.match:Match
  args: { samples_jsonl: own.jsonl }
graded.dev.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: own.jsonl, modelgraded_spec: fact, eval_type: cot_classify }
`,
  'registry/completion_fns/f.yaml': 'own-judge: { class: "own.fn:Fn", args: { template: template.txt } }\n',
  'registry/data/own.jsonl': '{"input": "a", "ideal": "b"}\n',
  'registry/data/template.txt': 'T',
  'modules/own/__init__.py': '',
  'modules/own/fn.py': 'from own.limits import LIMIT\n\nclass Fn:\n    pass\n',
};

describe.concurrent('the number of completion functions', () => {
  test('completion functions: several are refused for each class that accepts one, before anything runs', async () => {
    const error = await planner.refusal('mixed', { model: 'gpt-4,gpt-4o', registryPaths, env });
    expect(problemsOf(error)).toEqual([
      "completion-fn-count: test-match.s1.simple-v0: class evals.elsuite.test.match:TestMatch cannot run with 'gpt-4,gpt-4o': Match only supports one completion fn",
      "completion-fn-count: test-includes.s1.simple-v0: class evals.elsuite.basic.includes:Includes cannot run with 'gpt-4,gpt-4o': Includes only supports one completion fn",
    ]);
    expect(error.next).toMatch(HINT);
  });

  test.each([
    ['compared', 'a,b', 'c', []],
    ['compared', 'a,b,c', '', []],
    ['uncompared', 'a,b', '', []],
    ['uncompared', 'a', 'b', []],
    [
      'uncompared',
      'a,b',
      'c',
      ['the last one grades, which leaves 2 to be graded, but its argument multicomp_n is 1'],
    ],
    [
      'uncompared',
      'a,b,c',
      '',
      ['the last one grades, which leaves 2 to be graded, but its argument multicomp_n is 1'],
    ],
  ])(
    'completion functions: set %s with model %j and judge %j is refused for %j alone',
    async (evalSet, model, judgeModel, why) => {
      const plan = planner.plan(evalSet, { model, judgeModel, registryPaths, env });
      if (why.length === 0) expect((await plan).problems).toEqual([]);
      else await expect(plan).rejects.toThrow(new RegExp(`completion-fn-count: logic-fact.*${why}`));
    },
  );

  test('completion functions: a class is refused only if its constructor certainly fails', async () => {
    const classes = Object.entries(CONSTRUCTORS);
    const source = classes.map(([name, { base = 'Eval', body }]) => {
      const lines = body.trim() === '' ? ['pass'] : body.trim().split('\n');
      return `class ${name}(${base}):\n${lines.map((line) => `    ${line}\n`).join('')}`;
    });
    const specs = classes.map(
      ([name]) => `${name}.dev.v0:\n  class: counts:${name}\n  args: { samples_jsonl: s.jsonl }\n`,
    );
    const files = planner.newFiles({
      'modules/counts.py': `${HEAD}${source.join('\n\n')}`,
      'registry/evals/e.yaml': specs.join(''),
      'registry/eval_sets/s.yaml': 'counts: { evals: ["*.dev.v0"] }\n'.replace(
        '"*.dev.v0"',
        classes.map(([name]) => `${name}.dev.v0`).join(', '),
      ),
      'registry/data/s.jsonl': '{"input": "a", "ideal": "b"}\n',
    });
    const changes = {
      registryPaths: [join(files, 'registry')],
      env: { ...usualEnv, PYTHONPATH: join(files, 'modules') },
    };
    const error = await planner.refusal('counts', { ...changes, model: 'a,b' });
    const refused = problemsOf(error).flatMap((line) => /counts:(\w+) cannot run/.exec(line)?.[1] ?? []);
    const certain = classes.filter(([, { refused: isRefused }]) => isRefused).map(([name]) => name);
    expect(refused.toSorted()).toEqual(certain.toSorted());
    // All of them can run with one.
    expect((await planner.plan('counts', { ...changes, model: 'a' })).problems).toEqual([]);
  });
});

const HEAD = `
from evals.elsuite.basic.match import Match
from evals.elsuite.modelgraded.classify import ModelBasedClassify
from evals.eval import Eval as Base, SolverEval

class Eval(Base):
    eval_sample = run = lambda *_: {}

class Meta(type(Base)):
    def __call__(cls, *args, **kwargs):
        return object()

`;

/** By class name. */
const CONSTRUCTORS: Readonly<
  Record<string, { readonly base?: string; readonly body: string; readonly refused?: boolean }>
> = {
  Inherits: { base: 'Match', body: '', refused: true },
  PassesOn: {
    base: 'Match',
    body: 'def __init__(self, *args, **kwargs):\n    self.mood = kwargs.get\n    super().__init__(*args, **kwargs)',
  },
  PassesAllOn: {
    base: 'Match',
    body: 'def __init__(self, *args, mood="", **kwargs):\n    self.mood = mood\n    super().__init__(*args, **kwargs)',
    refused: true,
  },
  PassesByName: {
    base: 'Match',
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns=completion_fns, **kwargs)',
    refused: true,
  },
  PassesFirst: {
    base: 'Match',
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns[:1], **kwargs)',
  },
  Solver: { base: 'SolverEval', body: 'eval_sample = run = lambda *_: {}', refused: true },
  Raises: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    if len(completion_fns) != 1:\n        raise ValueError("one")',
    refused: true,
  },
  RaisesAbove: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    if len(completion_fns) > 1:\n        raise ValueError("one")\n    super().__init__(completion_fns, **kwargs)',
    refused: true,
  },
  RaisesSometimes: {
    body: 'def __init__(self, completion_fns, strict=False, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    if strict:\n        assert len(completion_fns) == 1',
  },
  ReturnsBefore: {
    body: 'def __init__(self, completion_fns, strict=False, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    if not strict:\n        return\n    assert len(completion_fns) == 1',
  },
  TakesTheFirst: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    completion_fns = completion_fns[:1]\n    assert len(completion_fns) == 1',
  },
  RemovesOthers: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    del completion_fns[1:]\n    super().__init__(completion_fns, **kwargs)\n    assert len(self.completion_fns) == 1',
  },
  ChangesItself: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    self.take_first()\n    assert len(self.completion_fns) == 1\n\ndef take_first(self):\n    self.completion_fns = self.completion_fns[:1]',
  },
  OwnCount: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    assert len(self.completion_fns) == 1, "one"',
    refused: true,
  },
  UpToTwo: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    assert len(completion_fns) <= 2',
  },
  ReadsTheFirst: {
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(completion_fns, **kwargs)\n    self.first = completion_fns[0]',
  },
  Replaced: { base: 'Match, metaclass=Meta', body: '' },
  Swallows: {
    base: 'Match',
    body: 'def __init__(self, completion_fns, **kwargs):\n    try:\n        super().__init__(completion_fns, **kwargs)\n    except AssertionError:\n        pass',
  },
  Graded: {
    base: 'ModelBasedClassify',
    body: 'def __init__(self, completion_fns, **kwargs):\n    super().__init__(modelgraded_spec="fact", completion_fns=completion_fns, **kwargs)\n    assert len(self.completion_fns) == 1',
  },
};
