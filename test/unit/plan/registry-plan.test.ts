import { describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { planInvalid } from '../../../src/plan/plan-problems.ts';
import { parseRegistryPlan } from '../../../src/plan/registry-plan.ts';

const answer = {
  version: 1,
  python_version: '3.11.7',
  evals_version: '3.0.1.post1',
  evals_revision: '',
  evals_location: '/venv/evals',
  registry_paths: ['/venv/evals/registry'],
  arguments: { max_samples: 5, seed: 1, extra_eval_params: { a: 1 }, completion_args: { b: 'c' } },
  completion_fns: [],
  evals: [
    {
      key: 'test-match.s1.simple-v0',
      base: 'test-match',
      spec: { cls: 'evals.elsuite.test.match:TestMatch', args: {} },
      metrics: ['accuracy'],
      higher_is_better: false,
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
    },
  ],
  code: [],
  problems: [],
  warnings: [],
  dependencies: { files: [], directories: [], missing: [] },
};

describe('parseRegistryPlan', () => {
  test('takes over what plan.py says', () => {
    const plan = parseRegistryPlan(JSON.stringify(answer));
    expect(plan).toMatchObject({
      pythonVersion: '3.11.7',
      evalsVersion: '3.0.1.post1',
      arguments: { maxSamples: 5, extraEvalParams: { a: 1 }, completionArgs: { b: 'c' } },
      evals: [{ key: 'test-match.s1.simple-v0', higherIsBetter: false, samples: null }],
    });
  });

  test('names that are only shown lose what a log obeys', () => {
    const [own] = answer.evals;
    const data = [{ name: 'shots\n::error::x', path: '/shots', label: 'shots', root: '/shots' }];
    const odd = { ...own, metrics: ['accuracy\r\n\u001b[31m', 'f1'], data };
    expect(parseRegistryPlan(JSON.stringify({ ...answer, evals: [odd] })).evals[0]).toMatchObject({
      metrics: ['accuracy [31m', 'f1'],
      data: [{ name: 'shots ::error::x' }],
    });
  });

  test.each([
    ['no JSON', '{"version": 1', 'not JSON'],
    ['another version', JSON.stringify({ ...answer, version: 2 }), 'wrong at version'],
    ['no object', 'null', 'wrong at its top'],
    [
      'a count that is none',
      JSON.stringify({ ...answer, evals: [{ ...answer.evals[0], samples: -1 }] }),
      'wrong at evals.0.samples',
    ],
    [
      'an unknown kind',
      JSON.stringify({ ...answer, completion_fns: [{ name: 'x', kind: 'magic' }] }),
      'wrong at completion_fns.0',
    ],
  ])('refuses %s', (_, text, said) => {
    const parse = () => parseRegistryPlan(text);
    expect(parse).toThrow(ActionError);
    expect(parse).toThrow(said);
    expect(parse).toThrow(expect.objectContaining({ code: 'PLAN_FAILED' }));
  });
});

describe('planInvalid', () => {
  const problem = (subject: string, message = "No module named 'nltk'", near: string[] = []) => ({
    code: 'class-import',
    subject,
    message,
    near,
  });

  test('evals that share a problem share a line', () => {
    const error = planInvalid('mine', [problem('a.b'), problem('c.d'), problem('e.f', 'other', ['g', 'h'])]);
    expect(error.message).toBe(
      [
        'The eval set mine cannot run. 2 problems were found:',
        "- class-import: a.b, c.d: No module named 'nltk'",
        '- class-import: e.f: other (did you mean g, h?)',
      ].join('\n'),
    );
    expect(error.next).toContain('extra-packages');
  });

  test('a long list is cut, and says so', () => {
    const many = Array.from({ length: 250 }, (_, index) => problem(`e${index}.x`));
    expect(planInvalid('mine', many).message).toMatch(/ e9\.x and 240 more: No module named 'nltk'$/);
    const different = Array.from({ length: 250 }, (_, index) => problem('e.x', `reason ${index}`));
    const lines = planInvalid('mine', different).message.split('\n');
    expect(lines).toHaveLength(102);
    expect(lines.at(-1)).toBe('- and 150 more');
  });

  test('planInvalid: text of a registry stays on its line, and invisible characters are shown as codes', () => {
    const error = planInvalid('mi\nne', [
      problem('a\r\n::error::b\u001b[31m', 'c\u2028::stop-commands::x\u202e', ['d\n::e']),
    ]);
    expect(error.message.split('\n')).toEqual([
      'The eval set mi ne cannot run. A problem was found:',
      '- class-import: a ::error::b: c ::stop-commands::x\\u202e (did you mean d ::e?)',
    ]);
  });
});
