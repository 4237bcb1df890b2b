/** The interpreter of the user is used, and never changed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, realPython } from '../../helpers/offline-machine.ts';

let machine: OfflineMachine;
beforeEach(() => {
  machine = new OfflineMachine();
});

describe('the interpreter that the user has', () => {
  let venv = '';
  let packages = '';
  beforeEach(() => {
    execFileSync(realPython, ['-m', 'venv', '--without-pip', join(machine.directory, 'user venv')]);
    venv = join(machine.directory, 'user venv/bin/python');
    packages = python('import sysconfig; print(sysconfig.get_path("purelib"))', venv);
  });

  function addEvals(folder: string, version?: string): void {
    mkdirSync(join(folder, 'evals/cli'), { recursive: true });
    // Not imported to be found: that takes seconds.
    writeFileSync(join(folder, 'evals/__init__.py'), 'raise SystemExit("imported")\n');
    writeFileSync(join(folder, 'evals/cli/oaieval.py'), '');
    if (version === undefined) return;
    const info = join(folder, `evals-${version}.dist-info`);
    mkdirSync(info);
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: evals\nVersion: ${version}\n`);
  }

  test('prepareEnvironment: an interpreter that has evals is used as it is', async () => {
    addEvals(packages, '3.0.1');
    const expected = {
      python: venv,
      pythonVersion: python('import platform; print(platform.python_version())', venv),
      evalsVersion: '3.0.1',
      installed: 'existing',
    };
    expect(await machine.prepare(venv)).toEqual(expected);
    expect(await machine.prepare('./user venv/bin/python')).toEqual(expected);
    const PATH = `nowhere:user venv/bin`;
    expect(await machine.prepare('python', { env: { ...machine.offline.env, PATH } })).toEqual(expected);
    expect(existsSync(join(machine.directory, 'tools'))).toBe(false);
  });

  test('probe: ignores other lines that the interpreter prints', async () => {
    addEvals(packages, '3.0.1');
    writeFileSync(
      join(packages, 'sitecustomize.py'),
      'import sys; sys.stdout.write("hello {"); sys.stderr.write("!")\n',
    );
    expect((await machine.prepare(venv)).evalsVersion).toBe('3.0.1');
  });

  test('prepareEnvironment: an interpreter without evals is refused with advice, before anything is installed', async () => {
    await expect(machine.prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      next: expect.stringContaining(`evals-version: ${EVALS_VERSION}`),
    });
    // Nor is anything installed on top of it first.
    await expect(machine.prepare(venv, { extraPackages: ['datasets'] })).rejects.toMatchObject({
      code: 'EVALS_MISSING',
    });
    expect(existsSync(join(machine.directory, 'tools'))).toBe(false);
  });

  test('prepareEnvironment: another package named evals is reported', async () => {
    mkdirSync(join(packages, 'evals'));
    await expect(machine.prepare(venv)).rejects.toMatchObject({
      code: 'EVALS_MISSING',
      message: expect.stringContaining(join(packages, 'evals')),
    });
  });

  test('probe: finds a copy of evals on PYTHONPATH, but not in the current directory', async () => {
    addEvals(machine.directory);
    await expect(machine.prepare(venv)).rejects.toMatchObject({ code: 'EVALS_MISSING' });
    const env = { ...machine.offline.env, PYTHONPATH: machine.directory };
    expect(await machine.prepare(venv, { env })).toMatchObject({
      evalsVersion: 'unknown',
      installed: 'existing',
    });
  });

  test('findInterpreter: a shim that only chooses is replaced by the interpreter that it chose', async () => {
    addEvals(packages, '3.0.1');
    const shim = machine.script('shim', `#!/bin/sh\nexec "${venv}" "$@"\n`);
    expect((await machine.prepare(shim)).python).toBe(venv);
  });

  test('findInterpreter: a wrapper that adds evals is used itself', async () => {
    addEvals(join(machine.directory, 'elsewhere'), '3.0.1');
    const wrapper = machine.script(
      'wrapper',
      `#!/bin/sh\nPYTHONPATH="${join(machine.directory, 'elsewhere')}" exec "${venv}" "$@"\n`,
    );
    expect(await machine.prepare(wrapper)).toMatchObject({ python: wrapper, evalsVersion: '3.0.1' });
  });

  test('prepareEnvironment: extra packages do not change the interpreter of the user', async () => {
    addEvals(packages, '3.0.1');
    // An editable install: a folder named in a .pth file.
    const editable = join(machine.directory, 'editable');
    mkdirSync(editable);
    writeFileSync(join(editable, 'from_checkout.py'), '');
    writeFileSync(join(packages, 'editable.pth'), `${editable}\n`);
    machine.wheel('extra', '1.0', { 'extra.py': '' }, ['evals>=3']);
    const before = readdirSync(packages).sort();

    const first = await machine.prepare(venv, { extraPackages: ['extra'] });
    expect(first).toMatchObject({ evalsVersion: '3.0.1', installed: 'created' });
    const found = python(
      'import extra, from_checkout, importlib.util as u; print(u.find_spec("evals").origin)',
      first.python,
    );
    expect(found).toBe(join(packages, 'evals/__init__.py'));
    expect(readdirSync(packages).sort()).toEqual(before);

    expect(await machine.prepare(venv, { extraPackages: ['# again', 'extra'] })).toEqual({
      ...first,
      installed: 'reused',
    });
  });
});
