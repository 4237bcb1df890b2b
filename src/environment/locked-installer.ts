import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { type FetchedUv, fetchUv } from './fetched-uv.ts';
import { chooseInstaller, type Installer, withPip, withUv } from './installer.ts';
import type { InstallerLog } from './installer-log.ts';
import type { ProcessContext } from './probe.ts';

/** A file in the format of pip's requirements files, and work that can be done as soon as its packages are installed. */
export interface PackageList {
  readonly file: string;
  readonly afterwards?: () => Promise<void>;
}

/** Makes venvs with locked packages. */
export interface LockedInstaller extends AsyncDisposable {
  readonly name: string;
  /**
   * @param directory exists and is empty
   * @param lists are installed at the same time, if that is faster
   * @throws ActionError INSTALL_FAILED
   */
  makeVenv(python: string, directory: string, lists: readonly PackageList[]): Promise<void>;
}

/** The fastest that there is: uv on PATH, or else a uv that pip gets, or else pip. */
export async function lockedInstaller(
  python: string,
  context: ProcessContext,
  log: InstallerLog,
): Promise<LockedInstaller> {
  const onMachine = await chooseInstaller(context, log);
  const fetched = onMachine.name === 'uv' ? undefined : await fetchUv(python, context, log);
  return fetched ? withFetchedUv(fetched, context, log) : withInstaller(onMachine);
}

function withInstaller(installer: Installer): LockedInstaller {
  return {
    name: installer.name,
    async makeVenv(python, directory, lists) {
      await installer.createVenv(python, directory, { withPip: false });
      const install = async ({ file, afterwards }: PackageList) => {
        await installer.installLocked(directory, file);
        await afterwards?.();
      };
      if (installer.name === 'pip') for (const list of lists) await install(list);
      else await allEnded(lists.map(install));
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** The user has not chosen this uv, so when it fails, for whatever reason, pip installs the packages. */
function withFetchedUv(fetched: FetchedUv, context: ProcessContext, log: InstallerLog): LockedInstaller {
  const { program, settings } = fetched;
  const uvContext = { ...context, env: { ...context.env, ...settings.env } };
  let discarded = Promise.resolve();
  return {
    name: 'uv',
    async makeVenv(python, directory, lists) {
      // Files are hard links to the cache, which only work in one file system.
      const cache = join(directory, '.uv-cache');
      const uv = withUv(program, uvContext, log, ['--cache-dir', cache, ...settings.options]);
      try {
        await withInstaller(uv).makeVenv(python, directory, lists);
        discarded = rm(cache, { recursive: true, force: true });
      } catch (error) {
        log.info(`uv could not install the packages, so pip installs them. ${reasonOf(error)}`);
        await rm(directory, { recursive: true });
        await mkdir(directory);
        await withInstaller(withPip(context, log)).makeVenv(python, directory, lists);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([discarded, fetched[Symbol.asyncDispose]()]);
    },
  };
}

/** Waits for all, so that none still writes into the venv when one has failed. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
