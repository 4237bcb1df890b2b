import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { runCommand } from '../process/command.ts';
import { LOCKED, QUIET_PIP } from './installer.ts';
import type { InstallerLog } from './installer-log.ts';
import { asUvSettings, type UvSettings } from './pip-settings.ts';
import type { ProcessContext } from './probe.ts';
import { REQUIREMENTS } from './python-sources.ts';
import { installerEnv } from './run-tool.ts';

/** A uv that is removed when it is no longer needed: it takes 50 MB. */
export interface FetchedUv extends AsyncDisposable {
  readonly program: string;
  readonly settings: UvSettings;
}

/**
 * Gets the locked uv with the pip of this interpreter. Fetching uv and installing with it takes less than half of the time of
 * installing the same packages with pip.
 *
 * @returns undefined when that cannot be done, or when pip is set up in a way that uv cannot follow
 */
export async function fetchUv(
  python: string,
  context: ProcessContext,
  log: InstallerLog,
): Promise<FetchedUv | undefined> {
  const directory = await mkdtemp(
    join(await realpath(context.env.RUNNER_TEMP || tmpdir()), 'oaievalset-uv-'),
  );
  const discard = () => rm(directory, { recursive: true, force: true });
  const pip = async (...args: string[]): Promise<string> => {
    const command = ['-I', '-m', 'pip', ...QUIET_PIP, ...args];
    const { workingDirectory: cwd, env } = context;
    const { code, stdout, stderr } = await runCommand(python, command, { cwd, env: installerEnv(env) });
    if (code !== 0) throw new Error(stderr.trim().split('\n').at(-1));
    return stdout;
  };
  const requirement = ['--requirement', join(REQUIREMENTS, 'uv.txt')];
  const install = ['--no-cache-dir', 'install', '--no-compile', '--target', directory, ...LOCKED];
  try {
    const [settings] = await Promise.all([
      pip('config', 'list').then((listed) => asUvSettings(listed, context.workingDirectory)),
      pip(...install, ...requirement),
    ]);
    if (settings) return { program: join(directory, 'bin', 'uv'), settings, [Symbol.asyncDispose]: discard };
    log.debug('pip is set up in a way that uv cannot follow, so pip installs the packages.');
  } catch (error) {
    log.debug(`uv could not be fetched, so pip installs the packages: ${reasonOf(error)}`);
  }
  await discard();
  return undefined;
}
