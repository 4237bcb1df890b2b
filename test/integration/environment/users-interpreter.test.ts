/** The user's interpreter is used, and never changed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, realPython } from '../../helpers/offline-machine.ts';
import type { Cleanup } from '../../helpers/temporary-directory.ts';

/** A machine with a venv of the user's that has no packages, at a path with a blank. */
function machineWithVenv(cleanup: Cleanup) {
  const machine = new OfflineMachine(cleanup);
  execFileSync(realPython, ['-m', 'venv', '--without-pip', join(machine.directory, 'user venv')]);
  const venv = join(machine.directory, 'user venv/bin/python');
  const packages = python('import sysconfig; print(sysconfig.get_path("purelib"))', venv);
  return { machine, venv, packages };
}

function addEvals(folder: string, version?: string): void {
  mkdirSync(join(folder, 'evals/cli'), { recursive: true });
  // The action finds it without importing it, which would take seconds.
  writeFileSync(join(folder, 'evals/__init__.py'), 'raise SystemExit("imported")\n');
  writeFileSync(join(folder, 'evals/cli/oaieval.py'), '');
  if (version === undefined) return;
  const info = join(folder, `evals-${version}.dist-info`);
  mkdirSync(info);
  writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: evals\nVersion: ${version}\n`);
}

describe.concurrent('the interpreter that the user has', () => {
  test('prepareEnvironment: an interpreter that has evals is used as it is', async (context) => {
    const { machine, venv, packages } = machineWithVenv(context);
    addEvals(packages, '3.0.1');
    const expected = {
      python: venv,
      pythonVersion: python('import platform; print(platform.python_version())', venv),
      evalsVersion: '3.0.1',
      installed: 'existing',
      lockedRoots: [],
      isComplete: true,
    };
    expect(await machine.prepare(venv)).toEqual(expected);
    expect(await machine.prepare('./user venv/bin/python')).toEqual(expected);
    const PATH = `nowhere:user venv/bin`;
    expect(await machine.prepare('python', { env: { ...machine.offline.env, PATH } })).toEqual(expected);
    expect(existsSync(join(machine.directory, 'tools'))).toBe(false);
  });

  test('probe: ignores other lines that the interpreter prints', async (context) => {
    const { machine, venv, packages } = machineWithVenv(context);
    addEvals(packages, '3.0.1');
    writeFileSync(
      join(packages, 'sitecustomize.py'),
      'import sys; sys.stdout.write("hello {"); sys.stderr.write("!")\n',
    );
    expect((await machine.prepare(venv)).evalsVersion).toBe('3.0.1');
  });

  test('prepareEnvironment: an interpreter without evals is refused with advice, before anything is installed', async (context) => {
    const { machine, venv } = machineWithVenv(context);
    await expect(machine.prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      next: expect.stringContaining(`evals-version: ${EVALS_VERSION}`),
    });
    // Nothing is installed on top of it first, either.
    await expect(machine.prepare(venv, { extraPackages: ['datasets'] })).rejects.toMatchObject({
      code: 'EVALS_MISSING',
    });
    expect(existsSync(join(machine.directory, 'tools'))).toBe(false);
  });

  test('prepareEnvironment: another package named evals is reported', async (context) => {
    const { machine, venv, packages } = machineWithVenv(context);
    mkdirSync(join(packages, 'evals'));
    await expect(machine.prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      message: expect.stringContaining(join(packages, 'evals')),
    });
  });

  test('probe: finds a copy of evals on PYTHONPATH, but not in the current directory', async (context) => {
    const { machine, venv } = machineWithVenv(context);
    addEvals(machine.directory);
    await expect(machine.prepare(venv)).rejects.toMatchObject({ code: 'EVALS_MISSING' });
    const env = { ...machine.offline.env, PYTHONPATH: machine.directory };
    expect(await machine.prepare(venv, { env })).toMatchObject({
      evalsVersion: 'unknown',
      installed: 'existing',
      lockedRoots: [],
      isComplete: true,
    });
  });

  test('findInterpreter: a shim that only chooses is replaced by the interpreter that it chose', async (context) => {
    const { machine, venv, packages } = machineWithVenv(context);
    addEvals(packages, '3.0.1');
    const shim = machine.script('shim', `#!/bin/sh\nexec "${venv}" "$@"\n`);
    expect((await machine.prepare(shim)).python).toBe(venv);
  });

  test('findInterpreter: a wrapper that adds evals is used itself', async (context) => {
    const { machine, venv } = machineWithVenv(context);
    addEvals(join(machine.directory, 'elsewhere'), '3.0.1');
    const wrapper = machine.script(
      'wrapper',
      `#!/bin/sh\nPYTHONPATH="${join(machine.directory, 'elsewhere')}" exec "${venv}" "$@"\n`,
    );
    expect(await machine.prepare(wrapper)).toMatchObject({ python: wrapper, evalsVersion: '3.0.1' });
  });

  test('prepareEnvironment: extra packages do not change the interpreter of the user', async (context) => {
    const { machine, venv, packages } = machineWithVenv(context);
    addEvals(packages, '3.0.1');
    // An editable install: a folder named in a .pth file.
    const editable = join(machine.directory, 'editable');
    mkdirSync(editable);
    writeFileSync(join(editable, 'from_checkout.py'), '');
    writeFileSync(join(packages, 'editable.pth'), `${editable}\n`);
    machine.wheel('extra', '1.0', { 'extra.py': '' }, ['evals>=3']);
    const before = readdirSync(packages).sort();

    const extra = { ...machine.fastest(), extraPackages: ['extra'] };
    const first = await machine.prepare(venv, extra);
    expect(first).toMatchObject({ evalsVersion: '3.0.1', installed: 'created' });
    const found = python(
      'import extra, from_checkout, importlib.util as u; print(u.find_spec("evals").origin)',
      first.python,
    );
    expect(found).toBe(join(packages, 'evals/__init__.py'));
    expect(readdirSync(packages).sort()).toEqual(before);

    expect(await machine.prepare(venv, { ...extra, extraPackages: ['# again', 'extra'] })).toEqual({
      ...first,
      installed: 'reused',
    });
  });
});
