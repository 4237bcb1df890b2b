/** Interpreters that cannot be used are refused with what to do. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine } from '../../helpers/offline-machine.ts';

let machine: OfflineMachine;
beforeEach(() => {
  machine = new OfflineMachine();
});

describe('an interpreter that cannot be used', () => {
  test.each([
    ['is not on PATH', 'no-such-python', 'no `no-such-python` on PATH'],
    ['is not there', './no/such/python', '/no/such/python, which is not an executable file'],
    ['is a folder', './empty', 'not an executable file'],
  ])('%s', async (_what, name, message) => {
    await expect(machine.prepare(name)).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
      next: expect.stringContaining('actions/setup-python'),
    });
  });

  test.each([
    [
      'fails',
      '#!/bin/sh\necho "libpython3.11.so: cannot open" >&2\nexit 127\n',
      'code 127: libpython3.11.so: cannot open',
    ],
    ['says nothing', '#!/bin/sh\n', 'it printed (nothing)'],
    ['prints rubbish', '#!/bin/sh\necho Hello\n', 'it printed Hello'],
    ['answers in broken JSON', '#!/bin/sh\necho "oaievalset-probe {"\n', 'it printed'],
    ['answers with wrong types', '#!/bin/sh\necho "oaievalset-probe []"\n', 'it printed'],
    ['kills itself', '#!/bin/sh\nkill -9 $$\n', 'does not work as a Python interpreter'],
    ['is no program', 'not a program\n', 'does not work as a Python interpreter'],
    ['has no interpreter of its own', '#!/no/such/program\n', 'could not be started'],
  ])('%s', async (_what, text, message) => {
    machine.script('python', text);
    await expect(machine.prepare('./python')).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
    });
  });

  test.each(['2.7.18', '3.8.20'])('is Python %s', async (version) => {
    for (const evalsVersion of ['', EVALS_VERSION]) {
      await expect(machine.prepare(machine.pretender(version), { evalsVersion })).rejects.toMatchObject({
        code: 'PYTHON_UNSUPPORTED',
        message: expect.stringContaining(`Python ${version}`),
      });
    }
  });

  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const old = existsSync(versions)
    ? readdirSync(versions).filter((name) => /^(2\.7|3\.[5-8])\.\d+$/.test(name))
    : [];
  test.skipIf(old.length === 0)('findInterpreter: a real old Python is refused', async () => {
    for (const version of old) {
      await expect(machine.prepare(join(versions, version, 'bin/python'))).rejects.toMatchObject({
        code: 'PYTHON_UNSUPPORTED',
        message: expect.stringContaining(`Python ${version}`),
      });
    }
  });

  test('prepareEnvironment: a Python newer than the locked packages is refused unless it has evals', async () => {
    const newer = machine.pretender('3.99.0', { state: 'installed', version: '3.0.1' });
    await expect(machine.prepare(newer, { evalsVersion: EVALS_VERSION })).rejects.toMatchObject({
      code: 'PYTHON_UNSUPPORTED',
      message: expect.stringMatching(/3\.9 to 3\.13.*3\.99\.0/),
    });
    expect(await machine.prepare(newer)).toEqual({
      python: newer,
      pythonVersion: '3.99.0',
      evalsVersion: '3.0.1',
      installed: 'existing',
    });
  });
});
