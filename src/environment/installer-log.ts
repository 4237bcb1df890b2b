/** What the log shows of an installation: what is installed, and how long it took. */
import { inGroup, type Log } from '../log.ts';
import { duration } from '../model/format.ts';

/** What installers need of a log. */
export type InstallerLog = Pick<Log, 'debug' | 'info' | 'child' | 'group'>;

/**
 * The log for installations. Without `verbose` it leaves out the lines of the installers, of which there are hundreds. When an
 * installer fails, the error has its last lines.
 */
export function installerLog(log: InstallerLog, verbose: boolean): InstallerLog {
  if (verbose) return log;
  return {
    debug: (message) => log.debug(message),
    info: (message) => log.info(message),
    child: () => {},
    // Without lines there is no group.
    group(title) {
      log.info(title);
      return { [Symbol.dispose]: () => {} };
    },
  };
}

/** @param what the packages and, in brackets, what installs them */
export async function inInstallation<T>(
  log: InstallerLog,
  what: string,
  install: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const installed = await inGroup(log, `Installing ${what}`, install);
  log.info(`Installed in ${duration(performance.now() - startedAt)}.`);
  return installed;
}
