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
  throw new Error(`The lock was not refused: ${error}`);
}

/** A process that locks states and holds the locks until it ends. */
class Contender {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, '../../helpers/contender.ts'));

  constructor() {
    onTestFinished(() => this.kill());
  }

  /** Tries to lock the state below `root` this many times at once. Returns the number of successful tries. */
  async try(root: string, tries: number): Promise<number> {
    const answer = once(this.#child, 'message');
    this.#child.send({ root, tries });
    const [{ won, others }] = (await answer) as [{ won: number; others: readonly string[] }];
    expect(others, 'every other try failed with STATE_LOCKED').toEqual([]);
    return won;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

describe('lock: one holder', () => {
  test('lock: has one holder at a time, and is free after its release', async () => {
    const root = temporaryDirectory();
    const lock = await lockState(paths(root));
    const error = await refusal(paths(root));
    expect(error.code).toBe('STATE_LOCKED');
    expect(error.message).toContain(join(root, 'gpt-4.set.progress.txt'));
    expect(error.next).toMatch(/Wait until it ends/);
    expect((await refusal(paths(root))).code, 'the holder still has it').toBe('STATE_LOCKED');
    await lock.release();
    await (await lockState(paths(root))).release();
  });

  test('lock: belongs to one (model, eval set) and one state directory', async () => {
    const root = temporaryDirectory();
    await locked(paths(root));
    await locked(paths(root, 'other'));
    await locked(paths(root, 'set', 'gpt-5'));
    await locked(paths(root, 'set', 'org/gpt-4'));
    await locked(paths(temporaryDirectory()));
    expect((await refusal(paths(root, 'set', 'org/gpt-4'))).code).toBe('STATE_LOCKED');
  });

  test.each([100, 250])('lock: works in a directory with a name of %i bytes', async (length) => {
    const root = join(temporaryDirectory(), 'x'.repeat(length));
    const elsewhere = `${root}-2`;
    mkdirSync(root);
    const lock = await lockState(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    await locked(paths(elsewhere));
    await lock.release();
    await (await lockState(paths(root))).release();
  });

  test('lock: works in a path of more than 400 bytes', async () => {
    const root = join(temporaryDirectory(), 'x'.repeat(200), 'y'.repeat(200));
    mkdirSync(root, { recursive: true });
    await locked(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
  });

  test('lock: works where the path next to the state is too long for SQLite', async () => {
    vi.stubEnv('TMPDIR', temporaryDirectory());
    onTestFinished(() => void vi.unstubAllEnvs());
    const root = join(temporaryDirectory(), ...['x', 'y', 'z'].map((name) => name.repeat(200)));
    mkdirSync(root, { recursive: true });
    await locked(paths(root));
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    expect(readdirSync(root), 'its file is elsewhere').toEqual([]);
  });
});

describe('lock: its file', () => {
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

  test('lock: a second release does not free the lock of the next holder', async () => {
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

test('lock: a state directory that cannot be created is reported as unwritable', async () => {
  const root = join(temporaryDirectory(), 'file');
  writeFileSync(root, '');
  const error = await refusal(paths(join(root, 'state')));
  expect(error.code).toBe('STATE_UNWRITABLE');
});

describe('lock: processes', () => {
  test('lock: SIGKILL of its holder releases it', async () => {
    const root = temporaryDirectory();
    const holder = new Contender();
    expect(await holder.try(root, 1)).toBe(1);
    expect((await refusal(paths(root))).code).toBe('STATE_LOCKED');
    await holder.kill();
    await (await lockState(paths(root))).release();
  });

  test('lock: of many contenders after a killed holder, exactly one wins, in 20 of 20 rounds', async () => {
    const root = temporaryDirectory();
    const rounds = Array.from({ length: 20 }, (_, round) => join(root, String(round)));
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
