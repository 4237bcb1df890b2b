/** Locked packages, and extra packages on top of them, are installed by pip or uv. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { installExtraPackages } from '../../../src/environment/extra-packages-venv.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, realPython, usualEnv as usual, uv } from '../../helpers/offline-machine.ts';

let machine: OfflineMachine;
beforeEach(() => {
  machine = new OfflineMachine();
});

describe('locked packages', () => {
  const installers = [
    { name: 'pip', with: () => machine.offline },
    { name: 'uv', with: () => machine.offlineUv(uv ?? '') },
  ].filter(({ name }) => name === 'pip' || uv !== undefined);

  describe.each(installers)('with $name', (installer) => {
    test('installLocked: installs the listed packages only, once, and reuses them', async () => {
      const lock = machine.smallEvals();
      const surroundings = installer.with();
      const log = recordingLog();
      const first = await machine.installSmall(lock, surroundings, log);
      expect(first.installed).toBe('created');
      expect(log.lines[0]).toBe(`group: Install evals 1.0 (${installer.name})`);
      expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals.*1\.0/));
      expect(python('import evals; print(evals.__file__)', first.interpreter.path)).toContain(
        join(machine.directory, 'tools/oaievalset-action/evals-1.0-py3.'),
      );

      const again = recordingLog();
      expect(await machine.installSmall(lock, surroundings, again)).toEqual({
        ...first,
        installed: 'reused',
      });
      expect(again.lines).toEqual([]);
    });

    test('installLocked: refuses a file with another hash, and leaves no venv', async () => {
      const lock = machine.smallEvals();
      machine.wheel('evals', '1.0', { 'evals/__init__.py': 'tampered = True' });
      await expect(machine.installSmall(lock, installer.with())).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        next: expect.stringContaining('serves a different file'),
      });
      expect(machine.tools()).toEqual([]);
    });

    test('installLocked: a failure shows the last lines of the installer', async () => {
      const lock = machine.smallEvals();
      rmSync(join(machine.directory, 'wheels'), { recursive: true });
      mkdirSync(join(machine.directory, 'wheels'));
      const log = recordingLog();
      await expect(machine.installSmall(lock, installer.with(), log)).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        message: expect.stringMatching(/exited with code \d+\.\n(.*\n)*.*evals/),
        next: expect.stringContaining('PIP_INDEX_URL'),
      });
      expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals/));
    });
  });

  test('installLocked: a changed list gets another venv, and a broken venv is rebuilt', async () => {
    const lock = machine.smallEvals();
    const first = await machine.installSmall(lock, machine.fastest());
    const changed = await machine.installSmall({ ...lock, text: `${lock.text}#\n` }, machine.fastest());
    expect(changed.installed).toBe('created');
    rmSync(first.interpreter.path);
    const repaired = await machine.installSmall(lock, machine.fastest());
    expect(repaired.installed).toBe('created');
    expect(repaired.interpreter.path).not.toBe(first.interpreter.path);
    expect(await machine.installSmall(lock, machine.fastest())).toEqual({ ...repaired, installed: 'reused' });
  });

  test('installLocked: a venv whose evals cannot be imported is not kept', async () => {
    const lock = machine.smallEvals('import nowhere_to_be_found');
    await expect(machine.installSmall(lock, machine.fastest())).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining("No module named 'nowhere_to_be_found'"),
    });
    expect(machine.tools()).toEqual([]);
  });

  test('installLocked: two jobs may install at once', async () => {
    const lock = machine.smallEvals();
    const both = await Promise.all([
      machine.installSmall(lock, machine.fastest()),
      machine.installSmall(lock, machine.fastest()),
    ]);
    for (const { interpreter } of both) python('import evals.cli.oaieval', interpreter.path);
    expect((await machine.installSmall(lock, machine.fastest())).installed).toBe('reused');
  });

  test('installLocked: ignores settings of the job for where pip installs', async () => {
    const lock = machine.smallEvals();
    const target = join(machine.directory, 'target');
    const other = join(machine.directory, 'other');
    mkdirSync(join(other, 'evals-1.0.dist-info'), { recursive: true });
    writeFileSync(
      join(other, 'evals-1.0.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: evals\nVersion: 1.0\n',
    );
    const env = { ...machine.offline.env, PIP_TARGET: target, PIP_USER: '1', PYTHONPATH: other };
    const { interpreter } = await machine.installSmall(lock, { ...machine.offline, env });
    python('import evals.cli.oaieval', interpreter.path);
    expect(existsSync(target)).toBe(false);
  });

  test('chooseInstaller: uses pip when uv is on PATH but does not work', async () => {
    writeFileSync(join(machine.directory, 'empty/uv'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const log = recordingLog();
    await machine.installSmall(machine.smallEvals(), machine.offline, log);
    expect(log.lines[0]).toBe('group: Install evals 1.0 (pip)');
  });
});

describe('extra packages on locked packages', () => {
  test('installExtraPackages: extra packages see the base and cannot change it', async () => {
    const lower = (await machine.installSmall(machine.smallEvals(), machine.fastest())).interpreter;
    machine.wheel('evals', '2.0', { 'evals/__init__.py': '' });
    machine.wheel('own', '1.0', { 'own.py': 'import evals.cli.oaieval' }, ['evals']);
    machine.wheel('wants_newer', '1.0', {}, ['evals>=2']);

    const layer = await installExtraPackages(['own'], lower, machine.offline, recordingLog());
    expect(python('import own, evals; print(evals.__file__)', layer.interpreter.path)).toBe(
      python('import evals; print(evals.__file__)', lower.path),
    );
    expect(layer.interpreter.evals).toEqual({ state: 'installed', version: '1.0' });
    const requires = 'import importlib.metadata as m; print(m.requires("evals"))';
    expect(python(requires, layer.interpreter.path)).toBe("['nowhere-to-be-found']");

    await expect(
      installExtraPackages(['wants_newer'], lower, machine.offline, recordingLog()),
    ).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      next: expect.stringContaining('another version of a package'),
    });
    expect(python('import importlib.metadata as m; print(m.version("evals"))', lower.path)).toBe('1.0');
  });

  test('installExtraPackages: packages from a path are installed in every run', async () => {
    const lower = (await machine.installSmall(machine.smallEvals(), machine.fastest())).interpreter;
    const install = () => {
      machine.wheel('own', '1.0', { 'own.py': `print("${Math.random()}")` });
      return installExtraPackages(
        ['./wheels/own-1.0-py3-none-any.whl'],
        lower,
        machine.offline,
        recordingLog(),
      );
    };
    const first = await install();
    const second = await install();
    expect(second.installed).toBe('created');
    expect(python('import own', second.interpreter.path)).not.toBe(
      python('import own', first.interpreter.path),
    );
  });
});

test.skipIf(uv === undefined)(
  'prepareEnvironment: the locked packages of the action install, import and are reused',
  async () => {
    const env = { ...usual, RUNNER_TOOL_CACHE: join(machine.directory, 'tools') };
    const request = { evalsVersion: EVALS_VERSION, env };
    const created = await machine.prepare(realPython, request);
    expect(created).toMatchObject({ evalsVersion: EVALS_VERSION, installed: 'created' });
    const suites = [
      'basic.match',
      'modelgraded.classify',
      'ballots.eval',
      'bluff.eval',
      'translate',
      'skill_acquisition.eval',
    ];
    const imports = suites.map((suite) => `import evals.elsuite.${suite}`).join('\n');
    python(imports, created.python, { ...env, OPENAI_API_KEY: 'unused' });
    expect(await machine.prepare(realPython, request)).toEqual({ ...created, installed: 'reused' });
  },
);
