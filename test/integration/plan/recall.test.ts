/** A plan is recalled only when a new one would be the same. None of these changes is in a file that an eval names. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ForkedPython } from '../../helpers/forked-python.ts';
import { PlanProject } from '../../helpers/plan-project.ts';

let evals: ForkedPython;
let root = '';

beforeAll(async () => {
  evals = await ForkedPython.start();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'plan-recall-test-')));
});

afterAll(async () => {
  await evals.close();
  rmSync(root, { recursive: true, force: true });
});

const CLASS = 'from evals.eval import Eval\nclass Own(Eval):\n  eval_sample = run = lambda *_: {}\n';
const OTHER = `# another\n${CLASS}`;

/** A project with one eval. `paths` is its PYTHONPATH. */
class Project extends PlanProject {
  constructor({
    cls = 'own:Own',
    python = evals,
    ...rest
  }: { paths?: string[]; cls?: string; python?: string | ForkedPython }) {
    super({ root, python, ...rest });
    this.write('registry/eval_sets/own.yaml', 'own: { evals: [own-eval.*] }\n');
    this.write('registry/evals/own.yaml', `own-eval.dev.v0: { class: "${cls}" }\n`);
  }
}

/** A module that a function imports when it is called; it is not imported when the set is planned. */
const LATER = `def score():\n  from later.scores import right\n\n${CLASS}`;

interface Change {
  readonly name: string;
  readonly paths?: string[];
  readonly cls?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly change: (project: Project) => void;
}

const PACKAGE = { 'modules/own/__init__.py': '', 'modules/own/cities.py': CLASS };

const changes: readonly Change[] = [
  {
    name: 'a missing entry of PYTHONPATH gets the module',
    paths: ['later', 'modules'],
    files: { 'modules/own.py': CLASS },
    change: (project) => project.write('later/own.py', OTHER),
  },
  {
    name: 'a package appears that hides a module of its name',
    cls: 'own.cities:Own',
    files: PACKAGE,
    change: (project) => project.write('modules/own/cities/__init__.py', OTHER),
  },
  {
    name: 'a directory beside a module becomes a package',
    cls: 'own.cities:Own',
    files: { ...PACKAGE, 'modules/own/cities/notes.txt': '' },
    change: (project) => project.write('modules/own/cities/__init__.py', OTHER),
  },
  {
    name: 'an earlier portion of a namespace package gets the module',
    paths: ['before', 'modules'],
    cls: 'own.cities:Own',
    files: { 'before/own/notes.txt': '', 'modules/own/cities.py': CLASS },
    change: (project) => project.write('before/own/cities.py', OTHER),
  },
  {
    name: 'a directory earlier on the path becomes the package',
    paths: ['before', 'modules'],
    cls: 'own.cities:Own',
    files: { ...PACKAGE, 'before/own/cities.py': OTHER },
    change: (project) => project.write('before/own/__init__.py', ''),
  },
  {
    name: 'a package takes the class from another of its modules',
    files: {
      'modules/own/__init__.py': 'from own.one import Own\n',
      'modules/own/one.py': CLASS,
      'modules/own/two.py': OTHER,
    },
    change: (project) => project.write('modules/own/__init__.py', 'from own.two import Own\n'),
  },
  {
    name: 'a module chooses another base for the class',
    files: {
      'modules/own.py': 'from chosen import Base\nclass Own(Base): pass\n',
      'modules/chosen.py': 'from one import Own as Base\n',
      'modules/one.py': CLASS,
      'modules/two.py': OTHER,
    },
    change: (project) => project.write('modules/chosen.py', 'from two import Own as Base\n'),
  },
  {
    name: 'a module that a function imports is edited',
    files: { 'modules/own.py': LATER, 'modules/later/__init__.py': '', 'modules/later/scores.py': '' },
    change: (project) => project.write('modules/later/scores.py', 'right = 1\n'),
  },
  {
    name: 'a missing module that a function imports appears',
    files: { 'modules/own.py': LATER, 'modules/later/__init__.py': '' },
    change: (project) => project.write('modules/later/scores.py', 'right = 1\n'),
  },
  {
    name: 'a module appears that hides one that a function imports',
    paths: ['before', 'modules'],
    files: { 'before/notes.txt': '', 'modules/own.py': LATER, 'modules/later/scores.py': '' },
    change: (project) => project.write('before/later/scores.py', 'right = 1\n'),
  },
  {
    name: 'a link leads to other modules',
    paths: ['current'],
    files: { 'one/own.py': CLASS, 'two/own.py': OTHER },
    change: (project) => {
      rmSync(project.path('current'));
      symlinkSync('two', project.path('current'));
    },
  },
];

describe.concurrent('a plan is not recalled', () => {
  test.for(changes.map((each) => [each.name, each] as const))(
    'recall: a plan is not recalled when %s',
    async ([, { name: _, files, change, ...rest }]) => {
      const project = new Project(rest);
      for (const [name, content] of Object.entries(files)) project.write(name, content);
      if (rest.paths?.includes('current')) symlinkSync('one', project.path('current'));
      const plan = await project.plan();
      expect(await project.recall(plan)).toEqual(plan);
      change(project);
      expect(await project.recall(plan)).toBeUndefined();
      // This shows that the recalled plan would have been wrong.
      expect((await project.plan()).evals[0]?.fingerprint.value).not.toBe(plan.evals[0]?.fingerprint.value);
    },
  );

  test('recall: a plan is not recalled when a missing directory that a .pth file names appears', async () => {
    const venv = mkdtempSync(join(root, 'venv-'));
    const python = join(venv, 'bin/python');
    execFileSync(evals.python, ['-m', 'venv', '--without-pip', venv]);
    const sites = [evals.python, python].map((each) =>
      execFileSync(each, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
        encoding: 'utf8',
      }).trim(),
    );
    const project = new Project({ python });
    project.write('modules/own.py', CLASS);
    writeFileSync(join(sites[1] ?? '', 'a.pth'), `${project.path('later')}\n${sites[0]}\n`);
    const plan = await project.plan();
    expect(await project.recall(plan)).toEqual(plan);
    cpSync(project.path('modules'), project.path('later'), { recursive: true });
    expect(await project.recall(plan)).toBeUndefined();
  });
});
