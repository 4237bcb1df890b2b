/** An interpreter that cannot be used is refused with a next step. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probe } from '../../../src/environment/probe.ts';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine } from '../../helpers/offline-machine.ts';

describe.concurrent('an interpreter that cannot be used', () => {
  test.for([
    [
      'is not on PATH',
      'no-such-python',
      'The input python is "no-such-python": there is no such program on PATH.',
    ],
    ['is not there', './no/such/python', 'The input python is "./no/such/python": there is no file '],
    ['is a directory', './empty', 'it is a directory, not a program'],
  ] as const)('findInterpreter: refuses one that %s', async ([, name, message], context) => {
    const machine = new OfflineMachine(context);
    await expect(machine.prepare(name)).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
      next: expect.stringContaining('actions/setup-python'),
    });
  });

  test.for([
    [
      'fails',
      '#!/bin/sh\necho "libpython3.11.so: cannot open" >&2\nexit 127\n',
      'code 127: libpython3.11.so: cannot open',
    ],
    ['prints nothing', '#!/bin/sh\n', 'it printed (nothing)'],
    ['prints something else', '#!/bin/sh\necho Hello\n', 'it printed Hello'],
    ['prints broken JSON', '#!/bin/sh\necho "oaievalset-probe {"\n', 'it printed'],
    ['prints JSON of another form', '#!/bin/sh\necho "oaievalset-probe []"\n', 'it printed'],
    ['is killed', '#!/bin/sh\nkill -9 $$\n', 'does not work as a Python interpreter'],
    ['is not a program', 'not a program\n', 'does not work as a Python interpreter'],
    ['is a script whose interpreter is missing', '#!/no/such/program\n', 'could not be started'],
  ] as const)('probe: refuses one that %s', async ([, text, message], context) => {
    const machine = new OfflineMachine(context);
    machine.script('python', text);
    await expect(machine.prepare('./python')).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining(message),
    });
  });

  test.for([
    ['prints nothing', 'sleep 600'],
    ['prints all the time', 'yes'],
  ] as const)('probe: ends a program that never ends and %s', async ([, command], context) => {
    const machine = new OfflineMachine(context);
    const path = machine.script('python', `#!/bin/sh\n${command}\n`);
    const place = { workingDirectory: machine.directory, env: process.env };
    await expect(probe(path, place, 300)).rejects.toMatchObject({
      code: 'PYTHON_MISSING',
      message: expect.stringContaining('it did not end within'),
    });
  });

  test.for(['2.7.18', '3.8.20'])('findInterpreter: refuses Python %s', async (version, context) => {
    const machine = new OfflineMachine(context);
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
  test.skipIf(old.length === 0)('findInterpreter: refuses real old versions of Python', async (context) => {
    const machine = new OfflineMachine(context);
    for (const version of old) {
      await expect(machine.prepare(join(versions, version, 'bin/python'))).rejects.toMatchObject({
        code: 'PYTHON_UNSUPPORTED',
        message: expect.stringContaining(`Python ${version}`),
      });
    }
  });

  test('prepareEnvironment: a Python newer than the locked packages is refused unless it has evals', async (context) => {
    const machine = new OfflineMachine(context);
    const newer = machine.pretender('3.99.0', { state: 'installed', version: '3.0.1' });
    await expect(machine.prepare(newer, { evalsVersion: EVALS_VERSION })).rejects.toMatchObject({
      code: 'PYTHON_UNSUPPORTED',
      message: expect.stringMatching(/3\.9 to 3\.14.*3\.99\.0/),
    });
    expect(await machine.prepare(newer)).toEqual({
      python: newer,
      pythonVersion: '3.99.0',
      evalsVersion: '3.0.1',
      installed: 'existing',
      lockedRoots: [],
      isComplete: true,
    });
  });
});
