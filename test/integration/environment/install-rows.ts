/** What every installer has to do, for installed-packages.test.ts and installed-with-pip.test.ts. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installExtraPackages } from '../../../src/environment/extra-packages-venv.ts';
import type { ProcessContext } from '../../../src/environment/probe.ts';
import { recordingLog } from '../../helpers/builders.ts';
import { OfflineMachine, python } from '../../helpers/offline-machine.ts';

export interface TestedInstaller {
  /** As the action calls it. */
  readonly name: 'pip' | 'uv';
  readonly contextOf: (machine: OfflineMachine) => ProcessContext;
}

export const PIP: TestedInstaller = { name: 'pip', contextOf: (machine) => machine.offline };

function testInstallOnce({ name, contextOf }: TestedInstaller): void {
  test(`installCore with ${name}: installs the listed packages only, once, and reuses them`, async (test_) => {
    const machine = new OfflineMachine(test_);
    const lock = machine.smallEvals();
    const log = recordingLog();
    const first = await machine.installSmall(lock, contextOf(machine), log);
    expect(first.installed).toBe('created');
    expect(log.lines[0]).toBe(`group: Installing evals 1.0 (${name})`);
    expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals.*1\.0/));
    expect(log.lines.at(-1)).toMatch(/^Installed in \d/);
    expect(python('import evals; print(evals.__file__)', first.interpreter.path)).toContain(
      join(machine.directory, 'tools/oaievalset-action/evals-1.0-py3.'),
    );

    const again = recordingLog();
    expect(await machine.installSmall(lock, contextOf(machine), again)).toEqual({
      ...first,
      installed: 'reused',
    });
    expect(again.lines).toEqual([]);
  });
}

export function testInstaller(installer: TestedInstaller): void {
  const { name, contextOf } = installer;
  describe.concurrent(`locked packages with ${name}`, () => {
    testInstallOnce(installer);

    test(`installCore with ${name}: refuses a file with another hash, and leaves no venv`, async (context) => {
      const machine = new OfflineMachine(context);
      const lock = machine.smallEvals();
      machine.wheel('evals', '1.0', { 'evals/__init__.py': 'tampered = True' });
      await expect(machine.installSmall(lock, contextOf(machine))).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        next: expect.stringContaining('serves a different file'),
      });
      expect(machine.tools()).toEqual([]);
    });

    test(`installCore with ${name}: a failure shows the last lines of the installer`, async (context) => {
      const machine = new OfflineMachine(context);
      const lock = machine.smallEvals();
      rmSync(join(machine.directory, 'wheels'), { recursive: true });
      mkdirSync(join(machine.directory, 'wheels'));
      const log = recordingLog();
      await expect(machine.installSmall(lock, contextOf(machine), log)).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        message: expect.stringMatching(/exited with code \d+\.\n(.*\n)*.*evals/),
        next: expect.stringContaining('PIP_INDEX_URL'),
      });
      expect(log.lines).toContainEqual(expect.stringMatching(/^child: .*evals/));
    });

    test(`installCore with ${name}: ignores settings of the job for where pip installs`, async (context) => {
      const machine = new OfflineMachine(context);
      const lock = machine.smallEvals();
      const target = join(machine.directory, 'target');
      const other = join(machine.directory, 'other');
      mkdirSync(join(other, 'evals-1.0.dist-info'), { recursive: true });
      writeFileSync(
        join(other, 'evals-1.0.dist-info/METADATA'),
        'Metadata-Version: 2.1\nName: evals\nVersion: 1.0\n',
      );
      const usual = contextOf(machine);
      const env = { ...usual.env, PIP_TARGET: target, PIP_USER: '1', PYTHONPATH: other };
      const { interpreter } = await machine.installSmall(lock, { ...usual, env });
      python('import evals.cli.oaieval', interpreter.path);
      expect(existsSync(target)).toBe(false);
    });
  });

  describe.concurrent(`extra packages with ${name}`, () => {
    test(`installExtraPackages with ${name}: extra packages see the base and cannot change it`, async (context) => {
      const machine = new OfflineMachine(context);
      const base = (await machine.installSmall(machine.smallEvals(), machine.fastest())).interpreter;
      machine.wheel('evals', '2.0', { 'evals/__init__.py': '' });
      machine.wheel('own', '1.0', { 'own.py': 'import evals.cli.oaieval' }, ['evals']);
      machine.wheel('wants_newer', '1.0', {}, ['evals>=2']);
      const install = (requirement: string) =>
        installExtraPackages([requirement], base, contextOf(machine), recordingLog());

      const { interpreter } = await install('own');
      expect(python('import own, evals; print(evals.__file__)', interpreter.path)).toBe(
        python('import evals; print(evals.__file__)', base.path),
      );
      expect(interpreter.evals).toEqual({ state: 'installed', version: '1.0' });
      const requires = 'import importlib.metadata as m; print(m.requires("evals"))';
      expect(python(requires, interpreter.path)).toBe("['nowhere-to-be-found']");

      await expect(install('wants_newer')).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        next: expect.stringContaining('another version of a package'),
      });
      expect(python('import importlib.metadata as m; print(m.version("evals"))', base.path)).toBe('1.0');
    });
  });
}
