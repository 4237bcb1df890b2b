import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionError, reasonOf } from '../errors.ts';
import { runCommand } from '../process/command.ts';
import { isMovingTarget } from './extra-packages.ts';
import { chooseInstaller, QUIET_PIP } from './installer.ts';
import { type InstallerLog, inInstallation } from './installer-log.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';
import { runTool } from './run-tool.ts';
import { stackOn } from './stacked-venv.ts';
import { buildVenv, findVenv, shortHash, storeDirectory, venvPython } from './venv-store.ts';

/*
 * Extra packages are installed into a venv of their own on top of another Python, the base: stacked-venv.ts. The base is not
 * changed. pip sees its packages as installed, and constraints keep it from replacing them. Only pip works here, because uv
 * sees only the packages in the venv itself.
 */

/**
 * Finds or builds a venv with these requirements on top of the base. Later jobs reuse it, unless a requirement names a path
 * or URL.
 *
 * @throws ActionError INSTALL_FAILED, also when a requirement requires another version of a package in the base.
 */
export async function installExtraPackages(
  requirements: readonly string[],
  base: Interpreter,
  context: ProcessContext,
  log: InstallerLog,
): Promise<{ interpreter: Interpreter; installed: 'reused' | 'created' }> {
  const store = await storeDirectory(context.env);
  const packages = await inventory(base, context);
  const hash = shortHash([
    JSON.stringify([...requirements].sort()),
    JSON.stringify(packages),
    base.path,
    base.abi,
  ]);
  const name = `extra-py${base.major}.${base.minor}-${hash}`;

  const present = requirements.some(isMovingTarget) ? undefined : await findVenv(store, name);
  const found = present && (await probe(venvPython(present), context).catch(() => undefined));
  if (found) return { interpreter: found, installed: 'reused' };

  const installer = await chooseInstaller(context, log);
  const directory = await inInstallation(log, 'extra packages (pip)', () =>
    buildVenv(store, name, async (directory) => {
      await installer.createVenv(base.path, directory, { withPip: true });
      const sitePackages = await stackOn(packages.directories, directory, context);
      const constraints = join(directory, 'constraints.txt');
      await writeFile(constraints, packages.pins.map((pin) => `${pin}\n`).join(''));
      const options = ['--progress-bar', 'off', '--no-warn-conflicts', '--constraint', constraints];
      const pip = ['-I', '-m', 'pip', ...QUIET_PIP, 'install', ...options, '--', ...requirements];
      await withoutDependenciesOfEvals(base, sitePackages, () =>
        runTool(venvPython(directory), pip, context, log),
      );
    }),
  );
  return { interpreter: await probe(venvPython(directory), context), installed: 'created' };
}

const INVENTORY = `
import importlib.metadata, json, re, site, sys
sys.path[:] = [entry for entry in sys.path if entry]
directories = site.getsitepackages()
if site.ENABLE_USER_SITE:
    directories.insert(0, site.getusersitepackages())
pins = {}
for found in importlib.metadata.distributions():
    name, version = found.metadata["Name"], found.version
    # Some distributions have a version that is not in the standard form, which pip refuses in a file of constraints.
    if name and version and re.match(r"^[0-9]+([.!+0-9a-z-]*[0-9a-z])?$", version):
        pins.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
for own in ("pip", "setuptools", "wheel"):
    pins.pop(own, None)
print("\\noaievalset-inventory " + json.dumps({"directories": directories, "pins": sorted(f"{n}=={v}" for n, v in pins.items())}))
`;

const PACKAGES = z.object({ directories: z.array(z.string()), pins: z.array(z.string()) });

async function inventory(base: Interpreter, context: ProcessContext): Promise<z.infer<typeof PACKAGES>> {
  const { workingDirectory: cwd, env } = context;
  const { code, stdout, stderr } = await runCommand(base.path, ['-c', INVENTORY], { cwd, env });
  const json = /^oaievalset-inventory (.*)$/m.exec(stdout)?.[1];
  try {
    if (json !== undefined) return PACKAGES.parse(JSON.parse(json));
    throw new Error(`it exited with code ${code}: ${stderr.trim().slice(-500)}`);
  } catch (error) {
    throw new ActionError(
      'INSTALL_FAILED',
      `${base.path} could not list its packages, so no extra packages can be installed: ${reasonOf(error)}`,
      'Check that interpreter with `pip list`, or leave `extra-packages` empty and install them in a step before this one.',
      { cause: error },
    );
  }
}

/**
 * Makes evals look as if it had no dependencies while `install` runs. When a package depends on evals, pip would otherwise
 * install all dependencies of evals, which no longer fit together.
 */
async function withoutDependenciesOfEvals(
  { evals }: Interpreter,
  sitePackages: string,
  install: () => Promise<void>,
): Promise<void> {
  if (evals.state !== 'installed' || evals.version === 'unknown') return await install();
  const stub = join(sitePackages, `evals-${evals.version}.dist-info`);
  await mkdir(stub);
  await writeFile(join(stub, 'METADATA'), `Metadata-Version: 2.1\nName: evals\nVersion: ${evals.version}\n`);
  await install();
  await rm(stub, { recursive: true });
}
