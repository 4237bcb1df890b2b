/** One run at a time: whoever holds the lock, however it ends, and however many want it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { type Lock, lockState } from '../../../src/progress/lock.ts';
import { type StatePaths, statePaths } from '../../../src/progress/paths.ts';
import { temporaryDirectory } from '../../helpers/builders.ts';

const paths = (root: string, evalSet = 'set', model = 'gpt-4'): StatePaths =>
  statePaths(root, model, evalSet);

async function locked(of: StatePaths): Promise<Lock> {
  const lock = await lockState(of);
  onTestFinished(() => lock.release());
  return lock;
}

async function refusal(of: StatePaths): Promise<ActionError> {
  const error: unknown = await lockState(of).then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof ActionError) return error;
  throw new Error(`it was not refused: ${error}`);
}

/** A process that locks the state below each root it is told, keeps what it gets, and says how many of its tries won. */
class Contender {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, '../../helpers/contender.ts'));

  constructor() {
    onTestFinished(() => this.kill());
  }

  /** So many tries at a time for the lock below `root`. */
  async try(root: string, tries: number): Promise<number> {
    const answer = once(this.#child, 'message');
    this.#child.send({ root, tries });
    const [{ won, others }] = (await answer) as [{ won: number; others: readonly string[] }];
    expect(others, 'whoever did not win was told why').toEqual([]);
    return won;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

const sockets = (root: string): string[] => readdirSync(root).filter((name) => name.startsWith('.lock-'));
const locksIn = (root: string): string[] =>
  readdirSync(root).filter((name) => name.startsWith('.oaievalset-'));

describe('a lock', () => {
  test('is for one at a time, and free again when it is released', async () => {
    const root = temporaryDirectory();
    const lock = await lockState(paths(root));
    const error = await refusal(paths(root));
    expect(error.code).toBe('STATE_LOCKED');
    expect(error.message).toContain(join(root, 'gpt-4.set.progress.txt'));
    expect(error.next).toMatch(/Wait for it to end/);
    expect((await refusal(paths(root))).code, 'a refusal does not disturb the holder').toBe('STATE_LOCKED');
    await lock.release();
    await (await lockState(paths(root))).release();
    expect(sockets(root), 'nothing is left').toEqual([]);
  });

  test('is of one (model, eval set), and of one state directory', async () => {
    const root = temporaryDirectory();
    await locked(paths(root));
    await locked(paths(root, 'other'));
    await locked(paths(root, 'set', 'gpt-5'));
    await locked(paths(root, 'set', 'org/gpt-4'));
    await locked(paths(temporaryDirectory()));
    expect((await refusal(paths(root, 'set', 'org/gpt-4'))).code).toBe('STATE_LOCKED');
  });

  test.each([60, 90, 103, 150, 250])('works below a path of %i bytes and more', async (length) => {
    const root = join(temporaryDirectory(), 'x'.repeat(length));
    const elsewhere = `${root}-2`;
    mkdirSync(root);
    const lock = await lockState(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    await locked(paths(elsewhere));
    await lock.release();
    await (await lockState(paths(root))).release();
  });

  test('is done without where there can be no socket', async () => {
    const root = join(temporaryDirectory(), 'x'.repeat(200));
    vi.stubEnv('TMPDIR', root);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (let run = 0; run < 2; run += 1) await locked(paths(root));
    expect(readdirSync(root)).toEqual([]);
  });

  test('that is not beside its state leaves nothing behind', async () => {
    const before = locksIn(realpathSync(tmpdir()));
    const lock = await lockState(paths(join(temporaryDirectory(), 'x'.repeat(200))));
    const held = locksIn(realpathSync(tmpdir())).filter((name) => !before.includes(name));
    expect(held).toHaveLength(1);
    await lock.release();
    expect(locksIn(realpathSync(tmpdir()))).not.toContain(held[0]);
  });
});

describe('another that', () => {
  /** Of a lock of this state, which has been given back. */
  async function nameOfLock(root: string): Promise<string> {
    const lock = await lockState(paths(root));
    const [name = ''] = sockets(root);
    await lock.release();
    return name;
  }
  /** A socket beside the state, as another run has it: its name sorts behind every other. */
  async function another(root: string, says: (socket: Socket) => void): Promise<void> {
    const server = createServer(says);
    const path = join(root, (await nameOfLock(root)).replace(/[0-9a-f]{12}$/, 'f'.repeat(12)));
    server.listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
  }
  const PATIENCE = 200;
  const answer = (root: string) => lockState(paths(root), PATIENCE);
  const refused = { code: 'STATE_LOCKED' };

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing is busy, and holds it', () => {}],
    ['wants it for ever, and never takes it, is in the way', (socket) => socket.end('wanted')],
    ['says that it holds it does', (socket) => socket.end('held')],
  ])('%s', async (_, says) => {
    const root = temporaryDirectory();
    await another(root, says);
    await expect(answer(root)).rejects.toMatchObject(refused);
    expect(sockets(root), 'its own socket is gone, and the other is left alone').toHaveLength(1);
  });

  test('wants it, and gives way, is not in the way', async () => {
    const root = temporaryDirectory();
    await another(root, (socket) => {
      for (const name of sockets(root)) if (name.endsWith('f'.repeat(12))) rmSync(join(root, name));
      socket.end('wanted');
    });
    await (await answer(root)).release();
  });

  test('is no socket is taken away', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, await nameOfLock(root)), '');
    const lock = await lockState(paths(root));
    expect(sockets(root)).toHaveLength(1);
    await lock.release();
  });

  test('is gone when it is asked is not in the way, whatever its name', async () => {
    const root = temporaryDirectory();
    await another(root, (socket) => socket.end('held'));
    const [own = ''] = sockets(root);
    const smaller = join(root, own.replace(/[0-9a-f]{12}$/, '0'.repeat(12)));
    renameSync(join(root, own), join(root, 'away'));
    symlinkSync(join(root, 'none'), smaller);
    await (await answer(root)).release();
  });

  test('has a name that no run gives is none', async () => {
    const root = temporaryDirectory();
    const own = await nameOfLock(root);
    for (const name of [`${own}+`, own.slice(0, -1), `${own}0`]) writeFileSync(join(root, name), '');
    await (await answer(root)).release();
    expect(sockets(root)).toHaveLength(3);
  });

  // Root may ask anyone.
  test.runIf(process.getuid?.() !== 0)('may not be asked holds it', { timeout: 5000 }, async () => {
    const root = temporaryDirectory();
    await another(root, (socket) => socket.end('wanted'));
    chmodSync(join(root, sockets(root)[0] ?? ''), 0o000);
    await expect(lockState(paths(root)), 'at once').rejects.toMatchObject(refused);
  });
});

test('a state directory that cannot be made is said to be so', async () => {
  const root = join(temporaryDirectory(), 'file');
  writeFileSync(root, '');
  const error = await refusal(paths(join(root, 'state')));
  expect(error.code).toBe('STATE_UNWRITABLE');
});

describe('a holder in another process', () => {
  test('keeps it; killed with SIGKILL it does not', async () => {
    const root = temporaryDirectory();
    const holder = new Contender();
    expect(await holder.try(root, 1)).toBe(1);
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    await holder.kill();
    expect(sockets(root), 'it has left its socket').not.toEqual([]);
    await (await lockState(paths(root))).release();
    expect(sockets(root), 'which is taken away').toEqual([]);
  });

  test('of many that find a dead one, exactly one wins, 50 times of 50', async () => {
    const root = temporaryDirectory();
    const rounds = Array.from({ length: 50 }, (_, round) => join(root, String(round)));
    const dead = new Contender();
    for (const set of rounds) expect(await dead.try(set, 1)).toBe(1);
    await dead.kill();
    const contenders = Array.from({ length: 4 }, () => new Contender());
    for (const set of rounds) {
      expect(sockets(set), 'a dead one lies there').toHaveLength(1);
      const wins = await Promise.all(contenders.map((contender) => contender.try(set, 3)));
      expect(
        wins.reduce((sum, won) => sum + won, 0),
        `${set}: ${wins}`,
      ).toBe(1);
      expect((await refusal(paths(set))).code).toBe('STATE_LOCKED');
    }
  });
});
