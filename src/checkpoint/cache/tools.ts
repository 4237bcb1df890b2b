/** Tries whether this machine's tar and compressor support the options that the cache client uses. */
import { access, constants, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { reasonOf } from '../../errors.ts';
import { abortedAfter } from '../../process/abort.ts';
import { spawnGroup } from '../../process/group.ts';
import { AS_OURS } from '../trust/safe-tar.ts';
import { saysUnable, toolMessage } from './client-output.ts';

export type Packing = 'zstd' | 'gzip';

export type Tools =
  /** What the client has to pack with. By itself it uses `preferred`: zstd if there is a program of that name. */
  | { readonly packing: Packing; readonly preferred: Packing }
  /** Why this machine can neither pack nor unpack a checkpoint, and what to do: two clauses, safe to print. */
  | { readonly problem: string };

/** For packing, and again for unpacking, one small file. A tool that takes longer may still have the ability. */
const PROBE_TIMEOUT_MS = 5000;

const COMPRESSION: Record<Packing, { readonly pack: readonly string[]; readonly unpack: readonly string[] }> =
  {
    zstd: { pack: ['--use-compress-program', 'zstdmt'], unpack: ['--use-compress-program', 'unzstd'] },
    gzip: { pack: ['-z'], unpack: ['-z'] },
  };

/**
 * Packs and unpacks a file with the client's own arguments (@actions/cache 6, internal/tar.ts), because the version of a tar
 * does not say what was built into it.
 * @param directory an empty directory for the files of the trial
 */
export async function findTools(
  env: NodeJS.ProcessEnv,
  directory: string,
  signal: AbortSignal,
): Promise<Tools> {
  const path = env.PATH ?? '';
  const tar = await tarOn(path);
  if (!tar) return { problem: `this machine has no tar; ${await advice(path)}` };
  const preferred = (await which('zstd', path)) ? 'zstd' : 'gzip';
  const problems: string[] = [];
  for (const packing of new Set<Packing>([preferred, 'gzip'])) {
    const trouble = await tryOut({ tar, packing, env, directory: join(directory, packing), signal });
    if (trouble === undefined) return { packing, preferred };
    problems.push(trouble);
  }
  return {
    problem: `the tar of this machine cannot pack and unpack them (${problems.at(-1)}); ${await advice(path)}`,
  };
}

interface Trial {
  readonly tar: string;
  readonly packing: Packing;
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** What a tool printed about an ability that it lacks; undefined when it printed nothing like that. */
async function tryOut({ tar, packing, env, directory, signal }: Trial): Promise<string | undefined> {
  const [from, into] = [join(directory, 'from'), join(directory, 'into')];
  const [archive, manifest] = ['archive', 'manifest.txt'];
  const { pack, unpack } = COMPRESSION[packing];
  const create = ['--posix', '-cf', archive, '--exclude', archive, '-C', from, '--files-from', manifest];
  const printed: string[] = [];
  try {
    for (const each of [directory, from, into]) await mkdir(each, { mode: 0o700 });
    await writeFile(join(from, 'file'), packing);
    await writeFile(join(directory, manifest), 'file\n');
    for (const args of [
      [...create, ...pack],
      ['-xf', archive, '-C', into, ...unpack, ...AS_OURS],
    ]) {
      const tool = spawnGroup(tar, args, { cwd: directory, env, onLine: (line) => printed.push(line) });
      const late = abortedAfter(PROBE_TIMEOUT_MS, signal);
      late.addEventListener('abort', () => tool.signal('SIGKILL'), { once: true });
      const { code } = await tool.exit;
      if (code !== 0) break;
    }
  } catch (error) {
    printed.push(reasonOf(error));
  } finally {
    await rm(directory, { recursive: true, force: true }).catch(() => {});
  }
  const unable = printed.find(saysUnable);
  return unable && toolMessage(unable);
}

/**
 * A PATH on which the client finds zstd or not, independent of this machine. It consists of links, because a program that this
 * process has just written cannot always be executed.
 * @param directory for the links
 */
export async function pathFor(packing: Packing, path: string, directory: string): Promise<string> {
  await mkdir(directory, { mode: 0o700 });
  const link = (target: string, name: string) => symlink(target, join(directory, name));
  if (packing === 'zstd') {
    // For a look-up, which packs nothing, the client accepts any program called zstd. Node.js always exists.
    await link(process.execPath, 'zstd');
    return `${directory}${delimiter}${path}`;
  }
  for (const name of ['tar', 'gtar', 'gzip', 'sh']) {
    const tool = await which(name, path);
    if (tool) await link(tool, name);
  }
  return directory;
}

/** The tar that the client uses: on macOS GNU tar, if it is installed. */
async function tarOn(path: string): Promise<string | undefined> {
  return (process.platform === 'darwin' && (await which('gtar', path))) || which('tar', path);
}

const INSTALLERS: readonly (readonly [program: string, command: string])[] = [
  ['apk', 'apk add tar zstd'],
  ['apt-get', 'apt-get install -y tar gzip zstd'],
  ['microdnf', 'microdnf install -y tar gzip'],
  ['dnf', 'dnf install -y tar gzip zstd'],
  ['yum', 'yum install -y tar gzip'],
  ['zypper', 'zypper install -y tar gzip zstd'],
  ['pacman', 'pacman -S --noconfirm tar gzip zstd'],
  ['brew', 'brew install gnu-tar zstd'],
];

async function advice(path: string): Promise<string> {
  for (const [program, command] of INSTALLERS) {
    if (await which(program, path)) return `install GNU tar in a step before this one: ${command}`;
  }
  return 'install GNU tar and gzip in a step before this one, on Alpine Linux with "apk add tar"';
}

export async function which(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const tool = join(directory, name);
    const found = await access(tool, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return tool;
  }
  return undefined;
}
