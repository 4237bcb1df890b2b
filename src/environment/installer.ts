import { ActionError, reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { runCommand } from '../process/command.ts';
import { onPath } from './interpreter.ts';
import type { ProcessContext } from './probe.ts';
import { venvPython } from './venv-store.ts';

/** Makes a venv and installs a locked list into it. Both reject with ActionError INSTALL_FAILED. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  createVenv(python: string, folder: string, options: { withPip: boolean }): Promise<void>;
  /** Installs just what the file lists, from wheels, each checked against its hash. */
  installLocked(folder: string, lockFile: string): Promise<void>;
}

/** uv when it is on PATH and works, else the pip that comes with Python. Both print to `log.child`. */
export async function chooseInstaller(surroundings: ProcessContext, log: Log): Promise<Installer> {
  const uv = await onPath('uv', surroundings);
  return uv && (await works(uv, surroundings)) ? withUv(uv, surroundings, log) : withPip(surroundings, log);
}

/** Arguments of a pip that only prints what matters and never asks. */
export const QUIET_PIP = ['--disable-pip-version-check', '--no-input', '--no-color'];

function withUv(uv: string, surroundings: ProcessContext, log: Log): Installer {
  const run = (folder: string, args: string[]) =>
    // Started in the venv: in the checkout uv would take up settings meant for the project there.
    runTool(
      uv,
      ['--color', 'never', '--no-progress', ...args],
      { ...surroundings, workingDirectory: folder },
      log,
    );
  return {
    name: 'uv',
    createVenv: async (python, folder, options) => {
      await run(folder, ['venv', '--quiet', '--python', python, folder]);
      // Not `--seed`, which adds wheel and what it needs, in versions of their own.
      if (options.withPip)
        await run(folder, ['pip', 'install', '--quiet', '--python', venvPython(folder), 'pip']);
    },
    installLocked: (folder, lockFile) =>
      run(folder, ['pip', 'install', '--python', venvPython(folder), ...LOCKED, '--requirement', lockFile]),
  };
}

function withPip(surroundings: ProcessContext, log: Log): Installer {
  return {
    name: 'pip',
    createVenv: (python, folder) => runTool(python, ['-I', '-m', 'venv', folder], surroundings, log),
    installLocked: (folder, lockFile) =>
      runTool(
        venvPython(folder),
        // Compiling all of evals takes longer than installing it; what is used gets compiled when it is.
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
        surroundings,
        log,
      ),
  };
}

const LOCKED = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

async function works(uv: string, { workingDirectory, env }: ProcessContext): Promise<boolean> {
  return await runCommand(uv, ['--version'], { cwd: workingDirectory, env }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/**
 * Runs one command of an installation to its end.
 *
 * @throws ActionError INSTALL_FAILED with the end of its output.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { workingDirectory, env }: ProcessContext,
  log: Log,
): Promise<void> {
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    log.child(line);
  };
  const command = [tool, ...args].join(' ').replace(/\/\/[^/@\s]+@/g, '//***@');
  log.debug(command);
  const result = await runCommand(tool, args, {
    cwd: workingDirectory,
    env: installerEnv(env),
    onLine,
  }).catch((error: unknown) => {
    throw new ActionError('INSTALL_FAILED', `Could not start ${tool}: ${reasonOf(error)}`, NEXT_STEP, {
      cause: error,
    });
  });
  if (result.code === 0) return;
  const end = lines.filter((line) => line.trim() !== '').slice(-15);
  throw new ActionError(
    'INSTALL_FAILED',
    [`Installing Python packages failed: \`${command}\` ended with code ${result.code}.`, ...end].join('\n'),
    nextStepFor(lines.join('\n')),
  );
}

/**
 * Where packages come from is the user's to say (indexes, proxies, certificates), where they go is not. The keys and the
 * runner's tokens are no business of a package's build script.
 */
export function installerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const withheld =
    /^(PIP_(TARGET|PREFIX|ROOT|PYTHON)|UV_SYSTEM_PYTHON|UV_PYTHON|VIRTUAL_ENV|(ACTIONS|INPUT|STATE)_.*|.*_API_KEY)$/;
  const kept = Object.entries(env).filter(([name]) => !withheld.test(name));
  // Not just left out: pip's own configuration file may set it.
  return { ...Object.fromEntries(kept), PIP_USER: '0' };
}

const NEXT_STEP =
  'Read the lines above. The package index is chosen with PIP_INDEX_URL (pip) or UV_DEFAULT_INDEX (uv), a proxy with HTTPS_PROXY.';

const KNOWN_TROUBLE: readonly (readonly [RegExp, string])[] = [
  [
    /ensurepip is not|No module named '?(venv|ensurepip)/,
    'Install the venv module of this Python (on Debian and Ubuntu the package python3-venv), or put uv on PATH (astral-sh/setup-uv).',
  ],
  [/No space left on device/, 'Free disk space: evals takes 1.1 GB.'],
  [
    /DO NOT MATCH THE HASHES|[Hh]ash mismatch/,
    'The package index serves another file than the one that was locked. Check the index or mirror that is configured.',
  ],
  [
    /ResolutionImpossible|conflicting dependencies/,
    'Something in `extra-packages` needs another version of a package that is already there. Ask for a version of it that fits, or install all of it in a step of your own and leave `evals-version` empty.',
  ],
];

function nextStepFor(output: string): string {
  return KNOWN_TROUBLE.find(([pattern]) => pattern.test(output))?.[1] ?? NEXT_STEP;
}
