/** The code of an eval is everything that its class imports, directly or indirectly and in any way, and nothing else. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { ForkedPython } from '../../helpers/forked-python.ts';
import { changesBetween, PlanProject, type PlanProjectOptions } from '../../helpers/plan-project.ts';

let python: ForkedPython;
let root = '';
beforeAll(async () => {
  python = await ForkedPython.start();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'imported-code-test-')));
});
afterAll(async () => {
  await python.close();
  rmSync(root, { recursive: true, force: true });
});

const CLASS = `from evals.eval import Eval
class Own(Eval):
  eval_sample = run = lambda *_: {}
  def __init__(self, *args, scorer=None, opponent=None, **kwargs):
    super().__init__(*args, **kwargs)
`;
const EDIT = '# edited\n';

/** A way to import: the text of the file `own/<name>.py`, and the other files that are its code. */
interface Way {
  readonly name: string;
  readonly text: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  /** Their labels, where these differ from their paths. */
  readonly labels?: readonly string[];
  /** Those of the files that are not part of its code. */
  readonly others?: readonly string[];
}

const ways: readonly Way[] = [
  {
    name: 'import',
    text: 'import help_a.scoring',
    files: { 'help_a/__init__.py': '', 'help_a/scoring.py': '' },
  },
  { name: 'from-module', text: 'from help_b import right', files: { 'help_b.py': 'right = 1\n' } },
  {
    name: 'from-package',
    text: 'from help_c import scoring',
    files: { 'help_c/__init__.py': '', 'help_c/scoring.py': '', 'help_c/other.py': '' },
    others: ['help_c/other.py'],
  },
  {
    name: 'relative',
    text: 'from . import help_d\nfrom .help_d2 import x',
    files: { 'own/help_d.py': '', 'own/help_d2.py': 'x = 1\n' },
  },
  {
    name: 'init-of-a-package',
    text: 'from help_e import right',
    files: { 'help_e/__init__.py': 'from .deep import right\n', 'help_e/deep.py': 'right = 1\n' },
  },
  {
    name: 'deep',
    text: 'import help_f1',
    files: {
      'help_f1.py': 'import help_f2\n',
      'help_f2.py': 'def f():\n  import help_f3\n',
      'help_f3.py': '',
    },
  },
  {
    name: 'in-a-function',
    text: 'def f():\n  def g():\n    if 1:\n      from help_g.scoring import right',
    files: { 'help_g/__init__.py': '', 'help_g/scoring.py': '' },
  },
  {
    name: 'importlib',
    text: 'import importlib\ndef f(): return importlib.import_module("help_h.scoring")',
    files: { 'help_h/__init__.py': '', 'help_h/scoring.py': '' },
  },
  {
    name: 'importlib-relative',
    text: 'from importlib import import_module\ndef f(): return import_module(".help_i", package=__package__)',
    files: { 'own/help_i.py': '' },
  },
  {
    name: 'any-of-a-package',
    text: 'import importlib\ndef f(name): return importlib.import_module(f"help_j.{name}")',
    files: {
      'help_j/__init__.py': '',
      'help_j/one.py': '',
      'help_j/two/__init__.py': '',
      'help_j/notes.txt': '',
    },
    others: ['help_j/notes.txt'],
  },
  { name: 'class-by-name', text: 'SCORER = "help_k:Scorer"', files: { 'help_k.py': '' } },
  { name: 'namespace', text: 'import help_l.deep.scoring', files: { 'help_l/deep/scoring.py': '' } },
  {
    name: 'star',
    text: 'from help_m import *',
    files: { 'help_m/__init__.py': '__all__ = ["scoring"]\n', 'help_m/scoring.py': '' },
  },
  {
    name: 'class-in-arguments',
    text: '',
    args: { scorer: { cls: 'help_n:Scorer', args: {} } },
    files: { 'help_n.py': 'import help_n2\n', 'help_n2.py': '' },
  },
  {
    name: 'solver-by-name',
    text: '',
    args: { opponent: 'my-solver' },
    files: { 'help_o.py': 'import help_o2\n', 'help_o2.py': '' },
  },
  {
    name: 'by-a-name-made-up',
    text: 'import importlib\nhelp_s = importlib.import_module("_".join(["help", "s"]))',
    files: { 'help_s.py': '' },
  },
  {
    // The second class to do so. The modules are imported already.
    name: 'by-a-name-made-up-too',
    text: 'import importlib\nhelp_s = importlib.import_module("_".join(["help", "s"]))',
    files: { 'help_s.py': '' },
  },
  {
    name: 'from-a-file',
    text: [
      'import importlib.util, pathlib',
      'path = pathlib.Path(__file__).parent.parent / "loose" / "help-t.py"',
      'spec = importlib.util.spec_from_file_location("loose_scoring", path)',
      'module = importlib.util.module_from_spec(spec)',
      'spec.loader.exec_module(module)',
    ].join('\n'),
    files: { 'loose/help-t.py': 'import help_t2\n', 'help_t2.py': '' },
    labels: ['help-t.py', 'help_t2.py'],
  },
  {
    name: 'types-only',
    text: 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import help_p\nelse:\n  import help_p2',
    files: { 'help_p.py': '', 'help_p2.py': '' },
    others: ['help_p.py'],
  },
  {
    name: 'not-there',
    text: 'def f():\n  import help_nowhere\n  from help_q.nowhere import x\n  from ...above import y',
    files: { 'help_q/__init__.py': '' },
  },
  { name: 'broken', text: 'def f():\n  import help_r', files: { 'help_r.py': 'def (:\n' } },
];

const evalNameOf = (way: Way) => `way-${way.name}`;
const moduleOf = (way: Way) => `way_${way.name.replaceAll('-', '_')}`;

async function projectOf(
  all: readonly Way[],
  options: Partial<PlanProjectOptions> = {},
): Promise<PlanProject> {
  const project = new PlanProject({ root, python, ...options });
  const evals = all.map((way) => [
    `${evalNameOf(way)}.dev.v0`,
    { class: `own.${moduleOf(way)}:Own`, args: way.args ?? {} },
  ]);
  project.write('registry/eval_sets/own.yaml', 'own: { evals: ["way-*"] }\n');
  project.write('registry/evals/own.yaml', JSON.stringify(Object.fromEntries(evals)));
  project.write('registry/solvers/own.yaml', 'my-solver: { class: "help_o:Solver" }\n');
  project.write('modules/own/__init__.py', '');
  for (const way of all) {
    project.write(`modules/own/${moduleOf(way)}.py`, `${way.text}\n${CLASS}`);
    for (const [name, text] of Object.entries(way.files)) project.write(`modules/${name}`, text);
  }
  return project;
}

describe('an edit of a file that a class imports', () => {
  let project: PlanProject;
  let before: Plan;
  beforeAll(async () => {
    project = await projectOf(ways);
    before = await project.plan();
  });

  test('imported code: an edit of a file changes its part in the evals that import it, in whatever way', async () => {
    const expected: Record<string, string[]> = {};
    for (const way of ways) {
      const code = way.labels ?? Object.keys(way.files).filter((name) => !way.others?.includes(name));
      expected[evalNameOf(way)] = code.map((name) => `code:${name}`).sort();
    }
    for (const way of ways)
      for (const [name, text] of Object.entries(way.files)) project.write(`modules/${name}`, text + EDIT);
    const after = await project.plan();
    expect(changesBetween(before, after)).toEqual(expected);
  });

  test('imported code: an edit of the package of all classes changes all evals', async () => {
    const now = await project.plan();
    project.write('modules/own/__init__.py', EDIT);
    const after = await project.plan();
    expect(changesBetween(now, after)).toEqual(
      Object.fromEntries(ways.map((way) => [evalNameOf(way), ['code:own/__init__.py']])),
    );
  });
});

test.concurrent('imported code: what a completion function imports is part of every eval', async () => {
  const [first, second] = ways;
  const project = await projectOf(
    [first, second].filter((way) => way !== undefined),
    { model: 'my-fn' },
  );
  project.writeAll({
    'registry/completion_fns/own.yaml': 'my-fn: { class: "help_fn.fn:Fn" }\n',
    'modules/help_fn/__init__.py': '',
    'modules/help_fn/fn.py': 'from help_fn.prompts import P\nclass Fn: pass\n',
    'modules/help_fn/prompts.py': 'P = 1\n',
  });
  const before = await project.plan();
  project.write('modules/help_fn/prompts.py', 'P = 2\n');
  expect(changesBetween(before, await project.plan())).toEqual({
    'way-import': ['code:help_fn/prompts.py'],
    'way-from-module': ['code:help_fn/prompts.py'],
  });
});

test.concurrent('imported code: a package from an index counts by its version, one from a directory by its content', async () => {
  const venv = mkdtempSync(join(root, 'venv-'));
  execFileSync(python.python, ['-m', 'venv', '--without-pip', venv]);
  const [site, evalsSite] = [join(venv, 'bin/python'), python.python].map((each) =>
    execFileSync(each, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
      encoding: 'utf8',
    }).trim(),
  );
  const install = (name: string, version: string, code: string, origin?: object) => {
    const info = join(site ?? '', `${name}-1.dist-info`);
    execFileSync('mkdir', ['-p', info, join(site ?? '', name)]);
    writeFileSync(join(site ?? '', name, '__init__.py'), code);
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
    writeFileSync(join(info, 'RECORD'), `${name}/__init__.py,,\n`);
    if (origin) writeFileSync(join(info, 'direct_url.json'), JSON.stringify(origin));
  };
  writeFileSync(join(site ?? '', 'evals.pth'), `${evalsSite}\n`);
  const local = { url: 'file:///work', dir_info: {} };
  install('from_index', '1.0', 'x = 1\n');
  install('from_directory', '1.0', 'x = 1\n', local);
  const project = await projectOf(
    [
      { name: 'index', text: 'import from_index', files: {} },
      { name: 'directory', text: 'import from_directory', files: {} },
      { name: 'checkout', text: 'import from_checkout', files: {} },
      { name: 'finder', text: 'def f(): import from_finder', files: {} },
    ],
    { python: join(venv, 'bin/python') },
  );
  // Installed with pip install -e: by a line in a .pth file, or by a finder that knows where the package is.
  for (const name of ['from_checkout', 'from_finder']) project.write(`src/${name}/__init__.py`, 'x = 1\n');
  writeFileSync(join(site ?? '', 'checkout.pth'), `${project.path('src/from_checkout/..')}\nimport finder\n`);
  renameSync(project.path('src/from_finder'), project.path('from_finder'));
  writeFileSync(
    join(site ?? '', 'finder.py'),
    [
      'import sys, importlib.util',
      'class Finder:',
      '    @classmethod',
      '    def find_spec(cls, name, path=None, target=None):',
      '        if name == "from_finder":',
      `            return importlib.util.spec_from_file_location(name, ${JSON.stringify(project.path('from_finder/__init__.py'))})`,
      'sys.meta_path.append(Finder)',
    ].join('\n'),
  );
  const before = await project.plan();
  install('from_index', '1.0', 'x = 2\n');
  install('from_directory', '1.0', 'x = 2\n', local);
  for (const name of ['src/from_checkout', 'from_finder']) project.write(`${name}/__init__.py`, 'x = 2\n');
  const edited = await project.plan();
  expect(changesBetween(before, edited)).toEqual({
    'way-directory': ['code:from_directory/__init__.py'],
    'way-checkout': ['code:from_checkout/__init__.py'],
    'way-finder': ['code:from_finder/__init__.py'],
  });
  install('from_index', '1.1', 'x = 2\n');
  expect(changesBetween(edited, await project.plan())).toEqual({ 'way-index': ['package:from_index'] });
});

test.concurrent('imported code: of very many modules, the directories are parts, so that a record stays small', async () => {
  const many = Array.from({ length: 40 }, (_, index) => `many/part_${index % 4}/m${index}.py`);
  const way: Way = {
    name: 'many',
    text: many.map((name) => `import ${name.replace('.py', '').replaceAll('/', '.')}`).join('\n'),
    files: Object.fromEntries(many.map((name) => [name, ''])),
  };
  const project = await projectOf([way]);
  const before = await project.plan();
  project.write('modules/many/part_2/m6.py', EDIT);
  expect(changesBetween(before, await project.plan())).toEqual({ 'way-many': ['code:many/part_2'] });
});

test.concurrent("imported code: evals' own classes import nothing that the version of evals does not identify", async () => {
  const project = new PlanProject({ root, python, evalSet: 'own' });
  project.write('registry/eval_sets/own.yaml', 'own: { evals: ["test-*", "coqa-*", "*already_said*"] }\n');
  const { evals } = await project.plan();
  expect(evals.length).toBeGreaterThan(10);
  const parts = new Set(evals.flatMap((each) => Object.keys(each.fingerprint.parts)));
  expect([...parts].filter((part) => /^(code|package):/.test(part))).toEqual([]);
});
