import { describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { parseRegistryPlan } from '../../../src/plan/registry-plan.ts';

/** A plan as plan.py writes it. */
const written = {
  version: 1,
  python_version: '3.11.7',
  evals_version: '3.0.1.post1',
  evals_revision: '',
  evals_location: '/venv/evals',
  registry_paths: ['/venv/evals/registry'],
  arguments: { max_samples: 5, seed: 1, extra_eval_params: { a: 1 }, completion_args: { b: 'c' } },
  completion_fns: [],
  judge: null,
  evals: [
    {
      key: 'test-match.s1.simple-v0',
      base: 'test-match',
      spec: { cls: 'evals.elsuite.test.match:TestMatch', args: {} },
      metrics: ['accuracy'],
      higher_is_better: false,
      model_graded: true,
      modelgraded: [],
      sources: [],
      packages: [],
      code: null,
      may_write: false,
      solvers: [],
      solver_data: [],
      data: [],
      remote: [],
      samples: null,
      demand: null,
    },
  ],
  left_out: ['test-\u2028other.s1.v0'],
  code: [],
  missing_imports: [],
  problems: [],
  warnings: [],
  dependencies: { files: [], directories: [], missing: [] },
};

describe('parseRegistryPlan', () => {
  test('parseRegistryPlan: reads a plan as plan.py writes it', () => {
    const plan = parseRegistryPlan(JSON.stringify(written));
    expect(plan).toMatchObject({
      pythonVersion: '3.11.7',
      evalsVersion: '3.0.1.post1',
      arguments: { maxSamples: 5, extraEvalParams: { a: 1 }, completionArgs: { b: 'c' } },
      evals: [{ key: 'test-match.s1.simple-v0', higherIsBetter: false, modelGraded: true, samples: null }],
      leftOut: ['test- other.s1.v0'],
    });
  });

  test('parseRegistryPlan: removes control characters from names that are only shown', () => {
    const [own] = written.evals;
    const data = [{ name: 'shots\n::error::x', path: '/shots', label: 'shots', root: '/shots' }];
    const odd = { ...own, metrics: ['accuracy\r\n\u001b[31m', 'f1'], data };
    expect(parseRegistryPlan(JSON.stringify({ ...written, evals: [odd] })).evals[0]).toMatchObject({
      metrics: ['accuracy [31m', 'f1'],
      data: [{ name: 'shots ::error::x' }],
    });
  });

  test.each([
    ['text that is not JSON', '{"version": 1', 'not JSON'],
    ['another version of the format', JSON.stringify({ ...written, version: 2 }), 'wrong at version'],
    ['a value that is not an object', 'null', 'wrong at its top'],
    [
      'a negative number of samples',
      JSON.stringify({ ...written, evals: [{ ...written.evals[0], samples: -1 }] }),
      'wrong at evals.0.samples',
    ],
    [
      'an unknown kind of completion function',
      JSON.stringify({ ...written, completion_fns: [{ name: 'x', kind: 'magic' }] }),
      'wrong at completion_fns.0',
    ],
  ])('parseRegistryPlan: refuses %s', (_, text, message) => {
    const parse = () => parseRegistryPlan(text);
    expect(parse).toThrow(ActionError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'PLAN_FAILED' }));
  });
});
