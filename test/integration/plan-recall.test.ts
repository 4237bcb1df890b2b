/** A plan is recalled when a new one would be the same, and only then. No change here touches a file that an eval names. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileHashes } from '../../src/plan/file-hashes.ts';
import { makePlan, recallPlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { shortLivedPlanner } from '../../src/plan/planner.ts';
import { planSubject } from '../../src/plan/subject.ts';
import { savedPlan } from '../../src/progress/saved-plan.ts';
import { evalsPython } from '../helpers/evals-venv.ts';

let evals = '';
let root = '';

beforeAll(async () => {
  evals = await evalsPython();
  root = realpathSync(mkdtempSync(join(tmpdir(), 'plan-recall-test-')));
}, 600_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLASS = 'from evals.eval import Eval\nclass Own(Eval):\n  eval_sample = run = lambda *_: {}\n';
const OTHER = `# another\n${CLASS}`;

/** A project with one eval, whose class is `own:Own` unless said otherwise; `paths` is its PYTHONPATH. */
class Project {
  readonly directory = mkdtempSync(join(root, 'project-'));
  readonly #paths: readonly string[];
  readonly #python: string;

  constructor({ paths = ['modules'], cls = 'own:Own', python = evals }) {
    this.#paths = paths;
    this.#python = python;
    this.write('registry/eval_sets/own.yaml', 'own: { evals: [own-eval.*] }\n');
    this.write('registry/evals/own.yaml', `own-eval.dev.v0: { class: "${cls}" }\n`);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  async plan(): Promise<Plan> {
    const asked = this.#asked();
    return await makePlan({
      ...asked,
      planner: shortLivedPlanner({ python: asked.python, cwd: this.directory, env: asked.env }),
      temporaryDirectory: root,
      hashes: new FileHashes(),
      subject: await planSubject(asked),
      lockedRoot: undefined,
    });
  }

  async recall(plan: Plan): Promise<Plan | undefined> {
    const owner = { repository: 'o/r', cacheKey: '', model: 'dummy', evalSet: 'own' };
    return await recallPlan(savedPlan(plan, owner), await planSubject(this.#asked()), new FileHashes());
  }

  #asked() {
    const { PYTHONPATH: _, ...env } = process.env;
    const paths = this.#paths.map((name) => this.path(name)).join(delimiter);
    return {
      model: 'dummy',
      evalSet: 'own',
      args: [],
      registryPaths: [this.path('registry')],
      todaysModels: true,
      sharesRegistry: true,
      python: this.#python,
      evalsVersion: '',
      extraPackages: [],
      workingDirectory: this.directory,
      env: { ...env, OPENAI_API_KEY: 'x', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: paths },
    };
  }
}

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
    name: 'an entry of PYTHONPATH that was not there',
    paths: ['later', 'modules'],
    files: { 'modules/own.py': CLASS },
    change: (project) => project.write('later/own.py', OTHER),
  },
  {
    name: 'a package that hides a module of its name',
    cls: 'own.cities:Own',
    files: PACKAGE,
    change: (project) => project.write('modules/own/cities/__init__.py', OTHER),
  },
  {
    name: 'a directory beside a module that becomes a package',
    cls: 'own.cities:Own',
    files: { ...PACKAGE, 'modules/own/cities/notes.txt': '' },
    change: (project) => project.write('modules/own/cities/__init__.py', OTHER),
  },
  {
    name: 'a namespace package whose earlier portion gains the module',
    paths: ['before', 'modules'],
    cls: 'own.cities:Own',
    files: { 'before/own/notes.txt': '', 'modules/own/cities.py': CLASS },
    change: (project) => project.write('before/own/cities.py', OTHER),
  },
  {
    name: 'a directory on the way that becomes the package',
    paths: ['before', 'modules'],
    cls: 'own.cities:Own',
    files: { ...PACKAGE, 'before/own/cities.py': OTHER },
    change: (project) => project.write('before/own/__init__.py', ''),
  },
  {
    name: 'a package that takes the class from another of its modules',
    files: {
      'modules/own/__init__.py': 'from own.one import Own\n',
      'modules/own/one.py': CLASS,
      'modules/own/two.py': OTHER,
    },
    change: (project) => project.write('modules/own/__init__.py', 'from own.two import Own\n'),
  },
  {
    name: 'a module that chooses the base of the class',
    files: {
      'modules/own.py': 'from chosen import Base\nclass Own(Base): pass\n',
      'modules/chosen.py': 'from one import Own as Base\n',
      'modules/one.py': CLASS,
      'modules/two.py': OTHER,
    },
    change: (project) => project.write('modules/chosen.py', 'from two import Own as Base\n'),
  },
  {
    name: 'a link that leads to other modules',
    paths: ['current'],
    files: { 'one/own.py': CLASS, 'two/own.py': OTHER },
    change: (project) => {
      rmSync(project.path('current'));
      symlinkSync('two', project.path('current'));
    },
  },
];

describe('a plan is not recalled after the change of', () => {
  test.for(changes)('$name', async ({ files, change, ...rest }) => {
    const project = new Project(rest);
    for (const [name, content] of Object.entries(files)) project.write(name, content);
    if (rest.paths?.includes('current')) symlinkSync('one', project.path('current'));
    const plan = await project.plan();
    expect(await project.recall(plan)).toEqual(plan);
    change(project);
    expect(await project.recall(plan)).toBeUndefined();
    // Otherwise it could have been.
    expect((await project.plan()).evals[0]?.fingerprint.value).not.toBe(plan.evals[0]?.fingerprint.value);
  });

  test('a directory that a .pth file names, and that was not there', async () => {
    const venv = mkdtempSync(join(root, 'venv-'));
    const python = join(venv, 'bin/python');
    execFileSync(evals, ['-m', 'venv', '--without-pip', venv]);
    const sites = [evals, python].map((each) =>
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
