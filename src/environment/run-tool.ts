import { ActionError, reasonOf } from '../errors.ts';
import { runCommand } from '../process/command.ts';
import type { InstallerLog } from './installer-log.ts';
import type { ProcessContext } from './probe.ts';

/**
 * Runs a command of an installation and waits until it has ended.
 *
 * @throws ActionError INSTALL_FAILED with the last lines of its output.
 */
export async function runTool(
  tool: string,
  args: readonly string[],
  { workingDirectory, env }: ProcessContext,
  log: InstallerLog,
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
  [
    /No space left on device/,
    'Free disk space. evals takes 0.8 GB, and all packages that its suites use 0.4 GB more.',
  ],
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
