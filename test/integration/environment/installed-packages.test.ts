/** Locked packages, and extra packages on top of them, are installed. Most rows with pip: installed-with-pip.test.ts. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installExtraPackages } from '../../../src/environment/extra-packages-venv.ts';
import { chooseInstaller } from '../../../src/environment/installer.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, usualEnv } from '../../helpers/offline-machine.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { testInstaller } from './install-rows.ts';

testInstaller({ name: 'uv', contextOf: (machine) => machine.fastest() });

describe.concurrent('the venvs of locked packages', () => {
  test(
    'installCore: a changed list gets another venv, and a broken venv is rebuilt',
    LONG,
    async (context) => {
      const machine = new OfflineMachine(context);
      const lock = machine.smallEvals();
      const first = await machine.installSmall(lock, machine.fastest());
      const changed = await machine.installSmall(
        { ...lock, text: lock.text.replace('==1.0 ', '==1.0  ') },
        machine.fastest(),
      );
      expect(changed.installed).toBe('created');
      rmSync(first.interpreter.path);
      const repaired = await machine.installSmall(lock, machine.fastest());
      expect(repaired.installed).toBe('created');
      expect(repaired.interpreter.path).not.toBe(first.interpreter.path);
      expect(await machine.installSmall(lock, machine.fastest())).toEqual({
        ...repaired,
        installed: 'reused',
      });
    },
  );

  test('installCore: a venv whose evals cannot be imported is removed', async (context) => {
    const machine = new OfflineMachine(context);
    const lock = machine.smallEvals('import nowhere_to_be_found');
    await expect(machine.installSmall(lock, machine.fastest())).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining("No module named 'nowhere_to_be_found'"),
    });
    expect(machine.tools()).toEqual([]);
  });

  test('installCore: two jobs may install at the same time', LONG, async (context) => {
    const machine = new OfflineMachine(context);
    const lock = machine.smallEvals();
    const installer = machine.fastest();
    const both = await Promise.all([
      machine.installSmall(lock, installer),
      machine.installSmall(lock, installer),
    ]);
    for (const { interpreter } of both) python('import evals.cli.oaieval', interpreter.path);
    expect((await machine.installSmall(lock, installer)).installed).toBe('reused');
  });

  test('chooseInstaller: chooses pip when there is no uv on PATH, or one that does not work', async (context) => {
    const machine = new OfflineMachine(context);
    const chosen = async () => (await chooseInstaller(machine.offline, recordingLog())).name;
    expect(await chosen()).toBe('pip');
    writeFileSync(join(machine.directory, 'empty/uv'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    expect(await chosen()).toBe('pip');
    writeFileSync(join(machine.directory, 'empty/uv'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    expect(await chosen()).toBe('uv');
  });

  test('installExtraPackages: packages from a path are installed in every run', async (context) => {
    const machine = new OfflineMachine(context);
    const installer = machine.fastest();
    const base = (await machine.installSmall(machine.smallEvals(), installer)).interpreter;
    const install = (content: string) => {
      machine.wheel('own', '1.0', { 'own.py': `print("${content}")` });
      return installExtraPackages(['./wheels/own-1.0-py3-none-any.whl'], base, installer, recordingLog());
    };
    const first = await install('first');
    const second = await install('second');
    expect(second.installed).toBe('created');
    expect([first, second].map(({ interpreter }) => python('import own', interpreter.path))).toEqual([
      'first',
      'second',
    ]);
  });
});

test('locked packages: suites of evals that need them can be imported', async () => {
  const suites = [
    'basic.match',
    'modelgraded.classify',
    'ballots.eval',
    'bluff.eval',
    'translate',
    'skill_acquisition.eval',
  ];
  const program = `${suites.map((suite) => `import evals.elsuite.${suite}`).join('\n')}\nprint("imported")`;
  const env = { ...usualEnv, OPENAI_API_KEY: 'unused' };
  expect(python(program, await evalsPython(), env)).toBe('imported');
});
