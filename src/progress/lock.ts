/**
 * One run at a time works on the state of a (model, eval set). The lock is a Unix socket beside it: it is held as long as
 * its holder lives and answers, and a dead holder, kill -9 included, does not keep it. It works across containers that share
 * the directory, where process numbers would say nothing.
 */
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionError } from '../errors.ts';
import { type StatePaths, stateFolder } from './paths.ts';

export interface Lock {
  release(): Promise<void>;
}

/** The longest path that a Unix socket can have, on macOS. */
const LONGEST_PATH = 103;

/** Two that find a dead holder at the same time may disturb each other; one of them gets it soon. */
const TRIES = 5;

/**
 * @throws ActionError STATE_LOCKED when another run holds it. When there can be no socket at all (a file system without
 * them) the run goes on without a lock.
 */
export async function lockState(paths: StatePaths): Promise<Lock> {
  mkdirSync(stateFolder(paths), { recursive: true });
  const path = socketPath(paths);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const server = await listen(path);
    if (server === 'unsupported') return { release: async () => {} };
    if (server !== 'taken') {
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    }
    if (await answers(path)) throw locked(paths);
    await removeDead(path);
  }
  throw locked(paths);
}

function socketPath(paths: StatePaths): string {
  const folder = realpathSync(stateFolder(paths));
  const name = createHash('sha256')
    .update(join(folder, paths.live.slice(stateFolder(paths).length)))
    .digest('hex');
  const beside = join(folder, `.lock-${name.slice(0, 16)}`);
  return Buffer.byteLength(beside) <= LONGEST_PATH
    ? beside
    : join(tmpdir(), `oaievalset-${name.slice(0, 16)}.lock`);
}

function listen(path: string): Promise<Server | 'taken' | 'unsupported'> {
  return new Promise((resolve) => {
    // Who asks is answered by the connection itself.
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'taken' : 'unsupported'),
    );
    server.listen(path, () => resolve(server));
  });
}

/** Whether somebody listens there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES'));
  });
}

/** Takes a dead socket away. What another has put there meanwhile lives, and goes back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (await answers(aside)) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch {
    // Another was quicker.
  }
}

function locked(paths: StatePaths): ActionError {
  return new ActionError(
    'STATE_LOCKED',
    `Another run of this eval set works on ${paths.progressFile} on this machine right now.`,
    'Wait for it to end and re-run this job, add a concurrency group to the workflow, or give this job a state-directory of its own.',
  );
}
