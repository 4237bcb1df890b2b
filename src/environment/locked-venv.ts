import { realpath, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ActionError } from '../errors.ts';
import { runCommand } from '../process/command.ts';
import { type InstallerLog, inInstallation } from './installer-log.ts';
import { lockedInstaller } from './locked-installer.ts';
import { corePackages, type LockedPackages } from './locked-packages.ts';
import { type Interpreter, type ProcessContext, probe } from './probe.ts';
import { runTool } from './run-tool.ts';
import { copyCommands, sitePackagesOf, stackOn } from './stacked-venv.ts';
import { buildVenv, findVenv, shortHash, storeDirectory, venvPython } from './venv-store.ts';

/** The packages are locked for these minor versions of Python 3, see scripts/lock.sh. */
export const OLDEST_MINOR = 9;
export const NEWEST_MINOR = 14;

/** A venv of an earlier job, or a new one. */
export interface FoundOrBuilt {
  readonly interpreter: Interpreter;
  readonly installed: 'reused' | 'created';
}

/**
 * Finds or builds the venv with the locked packages that every eval needs, on the user's interpreter.
 *
 * @throws ActionError PYTHON_UNSUPPORTED when the packages are not locked for this Python, or INSTALL_FAILED.
 */
export async function installCore(
  packages: LockedPackages,
  user: Interpreter,
  context: ProcessContext,
  log: InstallerLog,
): Promise<FoundOrBuilt> {
  requireLockedPython(packages, user);
  const { evalsVersion } = packages;
  const build: Build = {
    name: `evals-${evalsVersion}`,
    what: `evals ${evalsVersion}`,
    // evals itself takes as long as everything else together, and is installed meanwhile.
    lists: [
      { text: corePackages(packages, (name) => name === 'evals') },
      {
        text: corePackages(packages, (name) => name !== 'evals'),
        afterwards: (directory) => compileEarly(directory, context, log),
      },
    ],
    madeFrom: [await realpath(user.executable || user.path)],
    finish: (directory) => tryImport(directory, context, log),
  };
  return await findOrBuild(build, user, context, log);
}

/**
 * Finds or builds a venv on top of that with the core, with further packages of the lock.
 *
 * @throws ActionError INSTALL_FAILED
 */
export async function installFurther(
  packages: LockedPackages,
  { list, what }: FurtherPackages,
  { user, core }: { readonly user: Interpreter; readonly core: Interpreter },
  context: ProcessContext,
  log: InstallerLog,
): Promise<FoundOrBuilt> {
  const base = venvOf(core);
  const build: Build = {
    name: `evals-${packages.evalsVersion}-more`,
    what,
    lists: [{ text: list }],
    madeFrom: [base],
    async finish(directory) {
      await stackOn([await sitePackagesOf(base, context)], directory, context);
      await copyCommands(base, directory);
    },
  };
  return await findOrBuild(build, user, context, log);
}

export interface FurtherPackages {
  /** In the format of pip's requirements files. */
  readonly list: string;
  /** What they are, as a phrase. */
  readonly what: string;
}

/** The directory of the venv that has this interpreter: `<venv>/bin/python`. */
export function venvOf({ path }: Interpreter): string {
  return dirname(dirname(path));
}

interface Build {
  readonly name: string;
  /** What is installed, as a phrase. */
  readonly what: string;
  readonly lists: readonly {
    /** In the format of pip's requirements files. */
    readonly text: string;
    /** Work that needs only these packages. */
    readonly afterwards?: (directory: string) => Promise<void>;
  }[];
  /** What the venv is made from besides the list and the ABI. */
  readonly madeFrom: readonly string[];
  finish(directory: string): Promise<void>;
}

async function findOrBuild(
  { name, what, lists, madeFrom, finish }: Build,
  user: Interpreter,
  context: ProcessContext,
  log: InstallerLog,
): Promise<FoundOrBuilt> {
  const store = await storeDirectory(context.env);
  const whole = `${name}-py${user.major}.${user.minor}-${shortHash([...lists.map(({ text }) => text), user.abi, ...madeFrom])}`;

  const present = await findVenv(store, whole);
  const found = present && (await probe(venvPython(present), context).catch(() => undefined));
  if (found && found.evals.state === 'installed') return { interpreter: found, installed: 'reused' };

  await using installer = await lockedInstaller(user.path, context, log);
  const directory = await inInstallation(log, `${what} (${installer.name})`, () =>
    buildVenv(store, whole, async (directory) => {
      const wanted = lists.filter(({ text }) => text !== '');
      const files = wanted.map(({ afterwards }, index) => ({
        file: `${directory}.${index}.txt`,
        afterwards: async () => await afterwards?.(directory),
      }));
      try {
        for (const [index, { file }] of files.entries()) await writeFile(file, wanted[index]?.text ?? '');
        await installer.makeVenv(user.path, directory, files);
      } finally {
        for (const { file } of files) await rm(file, { force: true });
      }
      await finish(directory);
    }),
  );
  return { interpreter: await probe(venvPython(directory), context), installed: 'created' };
}

function requireLockedPython(
  packages: LockedPackages,
  { path, version, major, minor, implementation }: Interpreter,
): void {
  const fits = implementation === 'cpython' && major === 3 && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR;
  if (fits) return;
  throw new ActionError(
    'PYTHON_UNSUPPORTED',
    `evals ${packages.evalsVersion} can be installed for CPython 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}, but ${path} is ${implementation} ${version}.`,
    'Set `python` to such an interpreter, which a step with actions/setup-python can install, or leave `evals-version` empty and install evals yourself.',
  );
}

/**
 * Shows that the venv works before it gets its name, and compiles the modules that every run imports. Python is isolated (-I),
 * so that PYTHONPATH cannot hide a missing package.
 */
async function tryImport(directory: string, context: ProcessContext, log: InstallerLog): Promise<void> {
  // evals makes an API client when it is imported, which needs a key although no request is sent.
  const program = 'import os; os.environ["OPENAI_API_KEY"] = "unused"; import evals.cli.oaieval';
  await runTool(venvPython(directory), ['-I', '-c', program], context, log);
}

/** The first import of a module compiles it, which takes several times as long as installing it. */
async function compileEarly(directory: string, { env }: ProcessContext, log: InstallerLog): Promise<void> {
  const program =
    'import backoff, blobfile, lz4.frame, numpy, openai, pydantic, tiktoken, tqdm, yaml, zstandard';
  const { code } = await runCommand(venvPython(directory), ['-I', '-c', program], { cwd: directory, env });
  // The import of evals will say why.
  if (code !== 0) log.debug('The packages that evals imports cannot be imported.');
}
