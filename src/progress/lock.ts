/**
 * One run at a time works on the state of a (model, eval set). Whoever wants to puts a Unix socket of its own beside it, and
 * looks at those of others: it is held as long as its holder lives, and a dead holder, kill -9 included, does not keep it. It
 * works across containers that share the directory, where process numbers would say nothing.
 *
 * A socket appears under its name when it is listened to, and no name is used twice: one that nobody listens to is dead for
 * good, and may be removed by anyone. Each run looks after its own socket has appeared, so of two that want the lock at the
 * same time at least one sees the other. It gives way to a holder and to a smaller name; what has a larger name has either
 * seen it and gives way, or has not and becomes the holder: that is waited for.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ActionError } from '../errors.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { claimStateDirectory } from './state-directory.ts';
import { unwritable } from './unwritable.ts';

export interface Lock {
  release(): Promise<void>;
}

/** The longest path that a Unix socket can have, on macOS. */
const LONGEST_PATH = 103;

/** Behind the name of the lock. */
const OWN_NAME = /^[0-9a-f]{12}$/;

/** Milliseconds that another has to say whether it holds the lock, and to make up its mind. */
const PATIENCE = 10_000;

/**
 * @throws ActionError STATE_LOCKED when another run holds it, STATE_NOT_OURS when the state is not this user's alone,
 * STATE_UNWRITABLE when there can be none. When there can be no socket at all (a file system without them) the run
 * continues without a lock.
 */
export async function lockState(paths: StatePaths, patience = PATIENCE): Promise<Lock> {
  const { folder, prefix } = placeOf(paths);
  const name = `${prefix}${randomBytes(6).toString('hex')}`;
  const path = join(folder, name);
  let held = false;
  const server = await appear(path, () => held);
  if (!server) return { release: async () => {} };
  const release = async (): Promise<void> => {
    rmSync(path, { force: true });
    await new Promise((closed) => server.close(closed));
  };
  for (const end = Date.now() + patience; ; await pause(10)) {
    const found = await othersIn(folder, prefix, name, patience / 2);
    if (found.length === 0) break;
    const gives = found.some((other) => other.held || other.name < name) || Date.now() > end;
    if (!gives) continue;
    await release();
    throw locked(paths);
  }
  held = true;
  return { release };
}

function placeOf(paths: StatePaths): { folder: string; prefix: string } {
  claimStateDirectory(paths);
  let folder: string;
  try {
    folder = realpathSync(stateFolder(paths));
  } catch (error) {
    throw unwritable(paths.root, error);
  }
  const hash = createHash('sha256')
    .update(join(folder, paths.live.slice(stateFolder(paths).length)))
    .digest('hex')
    .slice(0, 16);
  const beside = `.lock-${hash}-`;
  const longest = join(folder, `${beside}${'0'.repeat(12)}+`);
  return Buffer.byteLength(longest) <= LONGEST_PATH
    ? { folder, prefix: beside }
    : { folder: tmpdir(), prefix: `.oaievalset-${hash}-` };
}

/** Listens, then appears. Who asks is told whether the lock is held; undefined: there can be no socket. */
function appear(path: string, held: () => boolean): Promise<Server | undefined> {
  const hidden = `${path}+`;
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(held() ? 'held' : 'wanted');
    });
    server.unref();
    server.once('error', () => resolve(undefined));
    server.listen(hidden, () => {
      try {
        renameSync(hidden, path);
        resolve(server);
      } catch {
        server.close(() => resolve(undefined));
      }
    });
  });
}

interface Other {
  readonly name: string;
  readonly held: boolean;
}

/** Those who hold the lock or want it. What is dead is taken away. */
async function othersIn(folder: string, prefix: string, own: string, patience: number): Promise<Other[]> {
  const names = readdirSync(folder).filter(
    (name) => name !== own && name.startsWith(prefix) && OWN_NAME.test(name.slice(prefix.length)),
  );
  const answers = await Promise.all(
    names.map(async (name) => ({ name, answer: await ask(join(folder, name), patience) })),
  );
  return answers.flatMap(({ name, answer }) => {
    if (answer !== 'dead') return [{ name, held: answer === 'held' }];
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

/** Who lives and says nothing is busy: it holds the lock. */
function ask(path: string, patience: number): Promise<'held' | 'wanted' | 'dead'> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    socket.setEncoding('utf8');
    socket.setTimeout(patience, () => {
      resolve('held');
      socket.destroy();
    });
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve('dead');
      else if (code === 'EACCES' || code === 'EPERM') resolve('held');
    });
    // One that ended in between is looked at again.
    socket.on('close', () => resolve(said === 'held' ? 'held' : 'wanted'));
  });
}

function locked(paths: StatePaths): ActionError {
  return new ActionError(
    'STATE_LOCKED',
    `Another run of this eval set works on ${paths.progressFile} on this machine right now.`,
    'Wait for it to end and re-run this job, add a concurrency group to the workflow, or give this job a state-directory of its own.',
  );
}
