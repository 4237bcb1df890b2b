/** One run at a time: whoever holds the lock, however it ends, and however many want it. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
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

describe('a lock', () => {
  test('is for one at a time, and free again when it is released', async () => {
    const root = temporaryDirectory();
    const lock = await lockState(paths(root));
    const error = await refusal(paths(root));
    expect(error.code).toBe('STATE_LOCKED');
    expect(error.message).toContain(join(root, 'gpt-4.set.progress.txt'));
    expect(error.next).toMatch(/Wait until it ends/);
    expect((await refusal(paths(root))).code, 'a refusal does not disturb the holder').toBe('STATE_LOCKED');
    await lock.release();
    await (await lockState(paths(root))).release();
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

  test('lock: where no socket can be made, it holds all the same', async () => {
    const root = join(temporaryDirectory(), 'x'.repeat(200), 'y'.repeat(200));
    mkdirSync(root, { recursive: true });
    await locked(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
  });

  test('lock: beside a path that is too long for SQLite, it holds all the same', async () => {
    vi.stubEnv('TMPDIR', temporaryDirectory());
    onTestFinished(() => void vi.unstubAllEnvs());
    const root = join(temporaryDirectory(), ...['x', 'y', 'z'].map((name) => name.repeat(200)));
    mkdirSync(root, { recursive: true });
    await locked(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    expect(readdirSync(root), 'it lies elsewhere').toEqual([]);
  });
});

describe('a lock file', () => {
  const file = (root: string) => join(root, 'gpt-4.set.lock');

  test('lock: its file is empty, private to this user, and alone', async () => {
    const root = temporaryDirectory();
    await locked(paths(root));
    expect(readdirSync(root)).toEqual(['gpt-4.set.lock']);
    expect(statSync(file(root))).toMatchObject({ size: 0, mode: 0o100600 });
  });

  test.each<[string, (path: string) => void]>([
    ['rubbish', (path) => writeFileSync(path, 'rubbish '.repeat(500))],
    ['a directory', (path) => mkdirSync(path)],
    ['a link', (path) => symlinkSync('/etc/passwd', path)],
  ])('lock: %s in place of its file is quarantined', async (_, make) => {
    const root = temporaryDirectory();
    make(file(root));
    await locked(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    expect(readdirSync(root).some((name) => name.startsWith('gpt-4.set.lock.rejected-'))).toBe(true);
  });

  test('lock: to release it twice does not free that of the next holder', async () => {
    const root = temporaryDirectory();
    const first = await lockState(paths(root));
    await first.release();
    await locked(paths(root));
    await first.release();
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
  });
});

test('lock: Node prints no warning about SQLite', () => {
  const program = `const { DatabaseSync } = await import('node:sqlite'); new DatabaseSync(':memory:').close()`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
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
    await (await lockState(paths(root))).release();
  });

  test('of many that find a dead one, exactly one wins, 50 times of 50', async () => {
    const root = temporaryDirectory();
    const rounds = Array.from({ length: 50 }, (_, round) => join(root, String(round)));
    const dead = new Contender();
    for (const set of rounds) expect(await dead.try(set, 1)).toBe(1);
    await dead.kill();
    const contenders = Array.from({ length: 4 }, () => new Contender());
    for (const set of rounds) {
      const wins = await Promise.all(contenders.map((contender) => contender.try(set, 3)));
      expect(
        wins.reduce((sum, won) => sum + won, 0),
        `${set}: ${wins}`,
      ).toBe(1);
      expect((await refusal(paths(set))).code).toBe('STATE_LOCKED');
    }
  });
});
