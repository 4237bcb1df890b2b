import { ActionError, reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { runCommand } from '../process/command.ts';
import { onPath } from './interpreter.ts';
import type { ProcessContext } from './probe.ts';
import { venvPython } from './venv-store.ts';

/** Creates a venv and installs locked packages into it. Both methods reject with ActionError INSTALL_FAILED. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  createVenv(python: string, directory: string, options: { withPip: boolean }): Promise<void>;
  /** Installs exactly the packages in the file, from wheels, and checks the hash of each. */
  installLocked(directory: string, lockFile: string): Promise<void>;
}

/** uv if it is on PATH and works, and otherwise the pip that comes with Python. Both print to `log.child`. */
export async function chooseInstaller(context: ProcessContext, log: Log): Promise<Installer> {
  const uv = await onPath('uv', context);
  return uv && (await works(uv, context)) ? withUv(uv, context, log) : withPip(context, log);
}

/** Options that keep pip from prompting and from printing more than needed. */
export const QUIET_PIP = ['--disable-pip-version-check', '--no-input', '--no-color'];

function withUv(uv: string, context: ProcessContext, log: Log): Installer {
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
        ...LOCKED,
        '--requirement',
        lockFile,
      ]),
  };
}

function withPip(context: ProcessContext, log: Log): Installer {
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

const LOCKED = ['--no-deps', '--require-hashes', '--only-binary', ':all:'];

async function works(uv: string, { workingDirectory, env }: ProcessContext): Promise<boolean> {
  return await runCommand(uv, ['--version'], { cwd: workingDirectory, env }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/**
 * Runs a command of an installation and waits until it has ended.
 *
 * @throws ActionError INSTALL_FAILED with the last lines of its output.
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
    [`Python packages could not be installed: \`${command}\` exited with code ${result.code}.`, ...end].join(
      '\n',
    ),
    nextStepFor(lines.join('\n')),
  );
}

/**
 * The environment of installers. The user decides where packages come from (indexes, proxies, certificates), and the action
 * where they are installed. API keys and the runner's tokens are removed, because build scripts of packages could read them.
 */
export function installerEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const withheld =
    /^(PIP_(TARGET|PREFIX|ROOT|PYTHON)|UV_SYSTEM_PYTHON|UV_PYTHON|VIRTUAL_ENV|(ACTIONS|INPUT|STATE)_.*|.*_API_KEY)$/;
  const kept = Object.entries(env).filter(([name]) => !withheld.test(name));
  // This overrides the configuration file of pip, which may set it too.
  return { ...Object.fromEntries(kept), PIP_USER: '0' };
}

const NEXT_STEP =
  'Read the lines above. Set the package index with PIP_INDEX_URL (pip) or UV_DEFAULT_INDEX (uv), and a proxy with HTTPS_PROXY.';

const KNOWN_TROUBLE: readonly (readonly [RegExp, string])[] = [
  [
    /ensurepip is not|No module named '?(venv|ensurepip)/,
    'Install the venv module of this Python (the package python3-venv on Debian and Ubuntu), or put uv on PATH (astral-sh/setup-uv).',
  ],
  [/No space left on device/, 'Free disk space. evals and its packages take 1.1 GB.'],
  [
    /DO NOT MATCH THE HASHES|[Hh]ash mismatch/,
    'The package index serves a different file from the one in the lock. Check the configured index or mirror.',
  ],
  [
    /ResolutionImpossible|conflicting dependencies/,
    'A requirement in `extra-packages` requires another version of a package that is already installed. Request a compatible version, or install everything in your own step and leave `evals-version` empty.',
  ],
];

function nextStepFor(output: string): string {
  return KNOWN_TROUBLE.find(([pattern]) => pattern.test(output))?.[1] ?? NEXT_STEP;
}
