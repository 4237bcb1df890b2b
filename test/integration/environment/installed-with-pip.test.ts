/** Installs with the pip that comes with Python, which needs a pip in every venv, and the locked packages of the action. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVALS_VERSION } from '../../helpers/evals-venv.ts';
import { OfflineMachine, realPython, usualEnv } from '../../helpers/offline-machine.ts';
import { has } from '../../helpers/requires.ts';
import { LONG } from '../../helpers/test-rows.ts';
import { PIP, testInstaller } from './install-rows.ts';

describe('installations with pip', LONG, () => {
  testInstaller(PIP);

  // pip would need minutes for them. The other tests use the same packages, installed with pip where uv is missing.
  test.runIf(has('uv'))(
    'prepareEnvironment: the locked packages of the action install and are reused',
    async () => {
      const machine = new OfflineMachine();
      const env = { ...usualEnv, RUNNER_TOOL_CACHE: join(machine.directory, 'tools') };
      const request = { evalsVersion: EVALS_VERSION, env };
      const created = await machine.prepare(realPython, request);
      expect(created).toMatchObject({ evalsVersion: EVALS_VERSION, installed: 'created' });
      expect(await machine.prepare(realPython, request)).toEqual({ ...created, installed: 'reused' });
    },
  );
});
