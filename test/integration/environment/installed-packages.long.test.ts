/** Installs with the pip that comes with Python, which needs a pip in every venv, and the locked packages of the action. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, python, realPython, usualEnv } from '../../helpers/offline-machine.ts';
import { PIP, testInstaller } from './install-rows.ts';

testInstaller(PIP);

test('prepareEnvironment: the locked packages of the action install, import and are reused', async () => {
  const machine = new OfflineMachine();
  const env = { ...usualEnv, RUNNER_TOOL_CACHE: join(machine.directory, 'tools') };
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
});
