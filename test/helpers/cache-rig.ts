/** What tests of the checkpoint store share: the environment of a job, a cache service, and directories to save. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, test as base, expect } from 'vitest';
import { CHECKPOINT_PATH } from '../../src/checkpoint/cache/protocol.ts';
import { type CheckpointIdentity, checkpointKeys } from '../../src/checkpoint/keys.ts';
import {
  type CheckpointStore,
  type CheckpointStoreOptions,
  openCheckpointStore,
  type RestoreOutcome,
} from '../../src/checkpoint/store.ts';
import { abortedAfter } from '../../src/process/abort.ts';
import type { StatesOnMachine } from '../../src/progress/states-on-machine.ts';
import type { CacheStep } from '../stand-ins/cache-protocol.ts';
import {
  type CacheFault,
  type CacheService,
  type CacheServiceOptions,
  startCacheService,
} from '../stand-ins/cache-service.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Where the cache worker of these tests is, once a rig was made: as one file it starts three times as fast. */
export const WORKER = join(realpathSync(tmpdir()), `cache-worker-${process.pid}-${randomUUID()}.mjs`);
let workerBundle: Promise<unknown> | undefined;

async function bundleWorker(): Promise<void> {
  const bundle = await rolldown({ input: resolve('test/helpers/hasty-cache-worker.ts'), platform: 'node' });
  await bundle.write({ file: WORKER, format: 'esm' });
  await bundle.close();
}

afterAll(() => rmSync(WORKER, { force: true }));

export const HANG: CacheFault = { delayMs: 2 ** 30 };

/** The environment of this process, without the cache service of the runner on which the tests may run. */
export function machine(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(ACTIONS_|GITHUB_|.*proxy$)/i.test(name));
  return { ...Object.fromEntries(own), ...env };
}

export interface Job extends Partial<CheckpointStoreOptions> {
  readonly env: NodeJS.ProcessEnv;
  readonly runId?: string;
  /** Differences from the usual identity. */
  readonly identity?: Partial<CheckpointIdentity>;
}

/** The usual identity of a run. */
export const identity: CheckpointIdentity = {
  model: 'gpt-4o',
  evalSet: 'test',
  cacheKey: '',
  request: 'request',
  user: 'user',
  shard: { index: 1, count: 1 },
  runId: '1',
  runAttempt: 1,
};

/** A machine without a state of the eval set. */
export const EMPTY_MACHINE: StatesOnMachine = { hasState: false, otherModels: [] };

/** A finished entry of the cache. */
export interface Seed {
  readonly key: string;
  readonly archive: Buffer;
}

/** The version of our entries, which the client makes of the path and the compression (@actions/cache 6, cacheUtils.ts). */
const VERSION = createHash('sha256').update(`${CHECKPOINT_PATH}|zstd-without-long|1.0`).digest('hex');

/** The key of a checkpoint in these tests. */
export function keyOf({ seq = 1, ...changes }: Partial<CheckpointIdentity> & { seq?: number } = {}): string {
  return checkpointKeys({ ...identity, ...changes }).primary(seq);
}

/** Packs these entries of a directory as the client does, with the absolute names and links that are in it. */
export function packed(root: string, names: readonly string[] = ['tmp']): Buffer {
  const args = ['--use-compress-program', 'zstdmt', '-cPf', '-', '-C', root, ...names];
  return execFileSync('tar', args, { maxBuffer: 64 * 1024 * 1024 });
}

/** Bounds each operation of a store: its time is up when the signal is aborted. */
export function boundBy(late: AbortSignal): NonNullable<CheckpointStoreOptions['limitOf']> {
  return (timeoutMs, signal) => ({
    timeoutMs,
    late,
    signal,
    stop: abortedAfter(2 ** 31 - 1, late, signal),
  });
}

/** What one test needs, and cleans up after itself. Tests run side by side, so each has its own. */
export class Rig {
  readonly #cleanUps: (() => unknown)[] = [];

  async cleanUp(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
  }

  /** A new directory. */
  scratch(): string {
    return temporaryDirectory({ onTestFinished: (work) => this.#cleanUps.push(work) });
  }

  /** @param seeds entries that are there from the beginning */
  async service(options: CacheServiceOptions = {}, seeds: readonly Seed[] = []): Promise<CacheService> {
    const directory = seeds.length > 0 ? this.scratch() : undefined;
    for (const [at, { key, archive }] of seeds.entries()) {
      const entry = { id: at + 1, key, version: VERSION };
      writeFileSync(join(directory ?? '', `${entry.id}.json`), JSON.stringify(entry));
      writeFileSync(join(directory ?? '', `${entry.id}.archive`), archive);
    }
    const started = await startCacheService({ ...(directory ? { directory } : {}), ...options });
    this.#cleanUps.push(() => started.close());
    return started;
  }

  store({ runId = '1', identity: changes, ...options }: Job): CheckpointStore {
    const keys = checkpointKeys({ ...identity, runId, ...changes });
    return openCheckpointStore({ keys, temporaryDirectory: this.scratch(), workerPath: WORKER, ...options });
  }

  /** A directory to save: `files` below tmp/oaievalset. */
  snapshot(files: Record<string, string | Buffer> = { 'a.progress.txt': '["oaieval"]\n' }): string {
    const root = this.scratch();
    const directory = join(root, 'tmp/oaievalset');
    mkdirSync(directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(directory, name, '..'), { recursive: true });
      writeFileSync(join(directory, name), content);
    }
    return root;
  }

  /** What the service holds of a checkpoint with these files, packed as the client does. */
  archive(files?: Record<string, string | Buffer>): Buffer {
    return packed(this.snapshot(files));
  }

  /** A directory with a program called tar. */
  fakeTar(script: string): string {
    const bin = this.scratch();
    writeProgram(join(bin, 'tar'), script);
    return bin;
  }

  async failureOfSave(job: Job): Promise<string> {
    const outcome = await this.store(job).save(this.snapshot());
    return 'cause' in outcome ? outcome.cause : outcome.kind;
  }

  async failureOfRestore(job: Job): Promise<string> {
    const temporaryDirectory = this.scratch();
    const outcome = await this.store({ temporaryDirectory, ...job }).restore();
    expect(readdirSync(temporaryDirectory), 'a failed restore leaves nothing').toEqual([]);
    return 'cause' in outcome ? outcome.cause : outcome.kind;
  }

  async restored(job: Job): Promise<Extract<RestoreOutcome, { kind: 'hit' }>> {
    const outcome = await this.store(job).restore();
    if (outcome.kind !== 'hit')
      throw new Error(`The checkpoint was not restored: ${JSON.stringify(outcome)}`);
    this.#cleanUps.push(() => rmSync(outcome.staging, { recursive: true, force: true }));
    return outcome;
  }
}

export const test = base.extend<{ rig: Rig }>({
  rig: async ({ task: _task }, use) => {
    const rig = new Rig();
    workerBundle ??= bundleWorker();
    await workerBundle;
    await use(rig);
    await rig.cleanUp();
  },
});

/**
 * Writes a shell script that can be executed immediately. Another process writes it, because a child that this process forks
 * while it has the file open for writing inherits the open file, and the system does not execute such a file (ETXTBSY).
 */
export function writeProgram(path: string, script: string): void {
  execFileSync('sh', ['-c', 'cat > "$0" && chmod 755 "$0"', path], { input: `#!/bin/sh\n${script}\n` });
}

/** Fails the requests of one step. */
export function failing(step: CacheStep, fault: CacheFault): CacheServiceOptions {
  return { faults: (request) => (request.step === step ? fault : undefined) };
}

export const twirp = (status: number, msg: string): CacheFault => ({
  status,
  body: JSON.stringify({ msg, message: msg }),
});
