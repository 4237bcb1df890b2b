import { runCommand } from '../process/command.ts';
import type { InstallerLog } from './installer-log.ts';
import { onPath } from './interpreter.ts';
import type { ProcessContext } from './probe.ts';
import { runTool } from './run-tool.ts';
import { venvPython } from './venv-store.ts';

/** Creates a venv and installs locked packages into it. Both methods reject with ActionError INSTALL_FAILED. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  createVenv(python: string, directory: string, options: { withPip: boolean }): Promise<void>;
  /** Installs exactly the packages in the file, from wheels, and checks the hash of each. */
  installLocked(directory: string, lockFile: string): Promise<void>;
}

/** uv if it is on PATH and works, and otherwise the pip that comes with Python. Both print to `log.child`. */
export async function chooseInstaller(context: ProcessContext, log: InstallerLog): Promise<Installer> {
  const uv = await onPath('uv', context);
  return uv && (await works(uv, context)) ? withUv(uv, context, log) : withPip(context, log);
}

/** Options that keep pip from prompting and from printing more than needed. */
export const QUIET_PIP = ['--disable-pip-version-check', '--no-input', '--no-color'];

/** @param options for each installation with this uv */
export function withUv(
  uv: string,
  context: ProcessContext,
  log: InstallerLog,
  options: readonly string[] = [],
): Installer {
  const run = (directory: string, args: string[]) =>
    // It is started in the venv, because in the checkout uv would read the settings of the project.
    runTool(
      uv,
      ['--color', 'never', '--no-progress', ...args],
      { ...context, workingDirectory: directory },
      log,
    );
  return {
    name: 'uv',
    createVenv: async (python, directory, options) => {
      await run(directory, ['venv', '--quiet', '--python', python, directory]);
      // `--seed` would also install wheel and its dependencies, in versions that are not locked.
      if (options.withPip)
        await run(directory, ['pip', 'install', '--quiet', '--python', venvPython(directory), 'pip']);
    },
    installLocked: (directory, lockFile) =>
      run(directory, [
        'pip',
        'install',
        '--python',
        venvPython(directory),
        // Without it, an installation would wait for another one into the same venv.
        '--prefix',
        directory,
        ...LOCKED,
        ...options,
        '--requirement',
        lockFile,
      ]),
  };
}

/** The pip that comes with Python, in the venv itself. */
export function withPip(context: ProcessContext, log: InstallerLog): Installer {
  return {
    name: 'pip',
    createVenv: (python, directory) => runTool(python, ['-I', '-m', 'venv', directory], context, log),
    installLocked: (directory, lockFile) =>
      runTool(
        venvPython(directory),
        // Compiling all of evals takes longer than installing it. Python compiles each module when it is first imported.
        [
          '-I',
          '-m',
          'pip',
          ...QUIET_PIP,
          'install',
          '--no-compile',
          ...LOCKED,
          '--progress-bar',
          'off',
          '--requirement',
          lockFile,
        ],
        context,
        log,
      ),
  };
}

/** Exactly the packages of a lock, each from a wheel with a known hash. */
export const LOCKED = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

async function works(uv: string, { workingDirectory, env }: ProcessContext): Promise<boolean> {
  return await runCommand(uv, ['--version'], { cwd: workingDirectory, env }).then(
    ({ code }) => code === 0,
    () => false,
  );
}
