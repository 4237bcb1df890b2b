import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../process/command.ts';
import type { ProcessContext } from './probe.ts';
import { venvPython } from './venv-store.ts';

/*
 * A venv on top of another Python, the base, which it does not change.
 *
 * `--system-site-packages` does not work on top of a venv: it shows the packages of the Python that the venv was made from.
 * Instead, a .pth file adds the package directories of the base with `site.addsitedir`, so that .pth files in them (editable
 * installs, or the base of the base) count too.
 */

/** Makes the packages in these directories visible in a venv. @returns the package directory of the venv */
export async function stackOn(
  basePackages: readonly string[],
  directory: string,
  context: ProcessContext,
): Promise<string> {
  const sitePackages = await sitePackagesOf(directory, context);
  const lines = basePackages.map((path) => `import site; site.addsitedir(${JSON.stringify(path)})\n`);
  await writeFile(join(sitePackages, '_oaievalset_base.pth'), lines.join(''));
  return sitePackages;
}

/** The package directory of a venv. */
export async function sitePackagesOf(directory: string, { env }: ProcessContext): Promise<string> {
  const ask = ['-I', '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'];
  const { stdout } = await runCommand(venvPython(directory), ask, { cwd: directory, env });
  return stdout.trim();
}

/** Gives a venv the commands of its base, such as `oaieval`, so that they run with the packages of both. */
export async function copyCommands(base: string, directory: string): Promise<void> {
  const present = await readdir(join(directory, 'bin'));
  for (const name of await readdir(join(base, 'bin'))) {
    const path = join(base, 'bin', name);
    if (present.includes(name) || !(await lstat(path)).isFile()) continue;
    const script = await readFile(path, 'utf8');
    if (!script.startsWith('#!')) continue;
    // The first lines name the interpreter.
    await writeFile(join(directory, 'bin', name), script.replaceAll(base, directory), { mode: 0o755 });
  }
}
