/** With `evals-version`, a set gets the packages that it needs, and its plan is the one that all packages would give. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../../../src/engine/engines.ts';
import { Installation } from '../../../src/environment/installation.ts';
import { installFurther } from '../../../src/environment/locked-venv.ts';
import { noModelMap } from '../../../src/model/model-map.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { planSet } from '../../../src/plan/plan-set.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, realPython, usualEnv } from '../../helpers/offline-machine.ts';
import { ownAction } from '../../helpers/runner.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';

/** Installs the core in a process of its own, which can be killed. */
const INSTALL = `
import { installCore } from ${JSON.stringify(join(ownAction, 'src/environment/locked-venv.ts'))};
import { findInterpreter } from ${JSON.stringify(join(ownAction, 'src/environment/interpreter.ts'))};
import { silentLog } from ${JSON.stringify(join(ownAction, 'test/helpers/silent-log.ts'))};
const [packages, context, python] = JSON.parse(process.argv[1]);
await installCore(packages, await findInterpreter(python, context), context, silentLog);`;

describe('the venvs of core and further packages', () => {
  test('installFurther: the packages are seen together with the core, which is not changed', async (test_) => {
    const machine = new OfflineMachine(test_);
    const packages = machine.smallEvals();
    const context = machine.fastest();
    const { interpreter: core } = await machine.installSmall(packages, context);
    const command = `#!${core.path}\nimport evals, more\nprint("both")\n`;
    writeFileSync(join(dirname(core.path), 'command'), command, { mode: 0o755 });
    const list = `more==1.0 --hash=sha256:${machine.wheel('more', '1.0', { 'more.py': '' })}\n`;
    const install = () =>
      installFurther(
        packages,
        { list, what: 'more' },
        { user: { ...core, path: realPython }, core },
        context,
        log,
      );
    const log = recordingLog();
    const both = await install();
    expect(both.installed).toBe('created');
    expect(python('import evals, more; print(evals.__file__)', both.interpreter.path)).toBe(
      python('import evals; print(evals.__file__)', core.path),
    );
    expect(execFileSync(join(dirname(both.interpreter.path), 'command'), { encoding: 'utf8' })).toBe(
      'both\n',
    );
    expect(() => python('import more', core.path)).toThrow('No module named');
    expect(await install()).toEqual({ ...both, installed: 'reused' });
  });

  test('installCore: an installation that is killed leaves nothing that a later job would use', async (test_) => {
    const machine = new OfflineMachine(test_);
    const packages = machine.smallEvals();
    const hanging = '#!/bin/sh\n[ "$1" = --version ] && exit\ntouch hangs\nsleep 600\n';
    const args = [packages, machine.offlineUv(machine.script('hanging-uv', hanging)), realPython];
    const child = spawn(
      process.execPath,
      ['--input-type=module-typescript', '-e', INSTALL, JSON.stringify(args)],
      {
        stdio: 'inherit',
        detached: true,
      },
    );
    const store = join(machine.directory, 'tools/oaievalset-action');
    const hangs = () =>
      existsSync(store) && machine.tools().some((name) => existsSync(join(store, name, 'hangs')));
    await until('uv hangs in the new venv', hangs);
    process.kill(-Number(child.pid), 'SIGKILL');
    await once(child, 'exit');

    const { interpreter, installed } = await machine.installSmall(packages, machine.fastest());
    expect(installed).toBe('created');
    python('import evals.cli.oaieval', interpreter.path);
  });
});

/** The class of a set, and what the set needs besides the core. */
const SETS = {
  'Match, in the core': ['evals.elsuite.basic.match:Match', []],
  'a suite that needs a package': ['evals.elsuite.translate:Translate', ['sacrebleu']],
  'an own class that imports pandas in a function': ['own_later:Own', ['pandas', 'scipy']],
  'an own class that tries to import a package': ['own_tries:Own', ['tabulate', 'pandas', 'pytest']],
  'an own class that imports a module by a computed name': ['own_hidden:Own', ['pandas', 'pytest']],
} as const;

const OWN = `from evals.eval import Eval
class Own(Eval):
  def eval_sample(self, sample, rng): pass
  def run(self, recorder):`;

const MODULES = {
  'own_later.py': `${OWN}\n    import pandas\n`,
  'own_tries.py': `try:\n  import tabulate\nexcept ImportError:\n  tabulate = None\n${OWN} return {}\n`,
  'own_hidden.py': `import importlib\npandas = importlib.import_module("pan" + "das")\n${OWN} return {}\n`,
  'own_unknown.py': `import nowhere_to_be_found\n${OWN} return {}\n`,
};

describe('the packages of a set', LONG, () => {
  let root = '';
  const log = recordingLog();

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'needed-packages-')));
    for (const name of ['registry/evals', 'registry/eval_sets', 'modules'])
      mkdirSync(join(root, name), { recursive: true });
    for (const [name, text] of Object.entries(MODULES)) writeFileSync(join(root, 'modules', name), text);
    writeFileSync(join(root, 'samples.jsonl'), '{"input":"a","ideal":"b"}\n');
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Plans a set of one class on a machine that keeps its environments for all tests. */
  async function plan(cls: string, modules: readonly string[] = []): Promise<{ plan: Plan; python: string }> {
    const args = { samples_jsonl: join(root, 'samples.jsonl') };
    const write = (path: string, content: object) =>
      writeFileSync(join(root, 'registry', path), JSON.stringify(content));
    write('evals/own.yaml', { 'own.dev.v0': { class: cls, args } });
    write('eval_sets/own.yaml', { own: { evals: ['own.dev.v0'] } });
    const env = {
      ...usualEnv,
      RUNNER_TOOL_CACHE: join(root, 'tools'),
      OPENAI_API_KEY: 'unused',
      PYTHONPATH: join(root, 'modules'),
    };
    const request = {
      python: realPython,
      evalsVersion: EVALS_VERSION,
      extraPackages: [],
      workingDirectory: root,
      env,
    };
    const installation = new Installation(request, log);
    if (modules.length > 0) await installation.add(modules);
    const current = async () => (await installation.environment()).python;
    const set = { registryPaths: [join(root, 'registry')], chatFallback: true };
    await using running = engines({
      engine: 'warm',
      cwd: root,
      env,
      models: ['dummy'],
      ...set,
      python: current,
      log,
    });
    const made = await planSet({
      ...request,
      ...set,
      model: 'dummy',
      judgeModel: '',
      modelMap: noModelMap,
      evalSet: 'own',
      include: [],
      exclude: [],
      args: [],
      sharesRegistry: true,
      saved: undefined,
      planner: running.planner,
      installation,
      temporaryDirectory: root,
      signal: new AbortController().signal,
    });
    return { plan: made, python: await current() };
  }

  test.for(Object.entries(SETS))('planSet: %s', async ([, [cls, needed]]) => {
    const staged = await plan(cls);
    const whole = await plan(cls, ['*']);
    expect(JSON.stringify(staged.plan)).toBe(JSON.stringify(whole.plan));
    const has = (name: string) =>
      python(
        `import importlib.util; print(importlib.util.find_spec("${name}") is not None)`,
        staged.python,
      ) === 'True';
    const all = ['pandas', 'scipy', 'sacrebleu', 'pytest', 'tabulate'];
    for (const name of needed) expect([name, has(name)]).toEqual([name, true]);
    if (needed.length === 0) for (const name of all) expect([name, has(name)]).toEqual([name, false]);
  });

  test('planSet: a module that no package has is named as before', async () => {
    await expect(plan('own_unknown:Own')).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: expect.stringContaining('nowhere_to_be_found, which line '),
    });
  });
});
