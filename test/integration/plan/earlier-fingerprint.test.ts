/** Results of version 0.1 have the fingerprints that it made. The values here are from that version. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ForkedPython } from '../../helpers/forked-python.ts';
import { evalNamed, PlanProject } from '../../helpers/plan-project.ts';

let python: ForkedPython;
let project: PlanProject;
let root = '';
beforeAll(async () => {
  python = await ForkedPython.start();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'earlier-test-')));
  project = new PlanProject({
    root,
    python,
    model: 'my-fn',
    evalSet: 's',
    args: ['--max_samples', '5'],
    env: { OPENAI_BASE_URL: 'http://127.0.0.1:4711/v1' },
  });
  project.writeAll({
    'registry/eval_sets/s.yaml': 's: { evals: [own.dev.v0, basic.dev.v0] }\n',
    'registry/evals/e.yaml':
      'own.dev.v0:\n  class: own.graded:Graded\n  args: { samples_jsonl: own.jsonl, results_file: results.txt }\nbasic.dev.v0:\n  class: evals.elsuite.basic.match:Match\n  args: { samples_jsonl: own.jsonl }\n',
    'registry/completion_fns/f.yaml': 'my-fn: { class: "own.fn:Fn", args: { template: template.txt } }\n',
    'registry/data/own.jsonl': '{"input": "a", "ideal": "b"}\n',
    'registry/data/template.txt': 'T',
    'modules/own/__init__.py': '',
    'modules/own/scoring.py': 'LIMIT = 1\n',
    'modules/own/base.py':
      'from evals.eval import Eval\n\nclass Base(Eval):\n    eval_sample = run = lambda *_: {}\n',
    'modules/own/graded.py':
      'from own.base import Base\nfrom own.scoring import LIMIT\n\nclass Graded(Base):\n    def __init__(self, *args, results_file=None, **kwargs):\n        super().__init__(*args, **kwargs)\n',
    'modules/own/fn.py': 'class Fn:\n    pass\n',
  });
});
afterAll(async () => {
  await python.close();
  rmSync(root, { recursive: true, force: true });
});

const BEFORE_IT_RAN = '140931f761bc8bcc6017bfe5aa05ffb596ffac29b3f653c85d2c3373e071b21d';
const WITH_ITS_RESULTS = '441fac357fcae94f8a161b974f2e2f708452b70179fdca9ad45f46115524b721';
const BASIC = 'a44dc89831484cb73fa8be9ff25288bfb07dcd52c0b689ecc6aa4f9f2d3a2720';

test('earlier fingerprints: those of version 0.1, with and without what a class of the user’s wrote', async () => {
  const earlier = async () => {
    const plan = await project.plan();
    return ['own', 'basic'].map((name) => evalNamed(plan, name).earlier.map(({ value }) => value));
  };
  expect(await earlier()).toEqual([[BEFORE_IT_RAN], [BASIC]]);
  project.write('results.txt', 'R');
  expect(await earlier()).toEqual([[WITH_ITS_RESULTS, BEFORE_IT_RAN], [BASIC]]);
  project.write(
    'modules/own/base.py',
    '# edited\nfrom evals.eval import Eval\nclass Base(Eval):\n    eval_sample = run = lambda *_: {}\n',
  );
  expect((await earlier())[0]).not.toContain(BEFORE_IT_RAN);
});

test('fingerprints: without a judge they are those of the versions that had none', async () => {
  project.write(
    'modules/own/base.py',
    'from evals.eval import Eval\n\nclass Base(Eval):\n    eval_sample = run = lambda *_: {}\n',
  );
  rmSync(project.path('results.txt'), { force: true });
  const plan = await project.plan();
  expect(['own', 'basic'].map((name) => evalNamed(plan, name).fingerprint.value)).toEqual([
    'd237bf33beb6428a8d584c34819cc5062bc6a2801a88599b600bdf8477d85c8f',
    '002f0d87c4504c8307210abfbb4dc90cab67fd60f859947cd4fccd226f19f8b9',
  ]);
});
