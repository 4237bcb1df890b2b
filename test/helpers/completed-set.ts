/** A set of two evals that is complete: for what does not depend on its evals. `dummy` answers without an API. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { evalsPython } from './evals-venv.ts';
import { type Cleanup, temporaryDirectory } from './temporary-directory.ts';
import { logOf, type MachineOptions, TestMachine } from './test-machine.ts';

/** Its evals, in their order. */
export const SMALL = ['test-match.s1.simple-v0', 'test-includes.s1.simple-v0'] as const;

const small = {
  model: 'dummy',
  evalSet: 'small',
  inputs: { 'registry-path': join(import.meta.dirname, '../fixtures/reuse/registry') },
};

/** A machine on which the set is complete, and has never had a checkpoint. */
export type MakeCompletedMachine = (
  cleanup: Cleanup,
  options?: Partial<MachineOptions>,
) => Promise<TestMachine>;

/** Runs the set once for all tests of the file; each of them gets a machine of its own with a copy of the state. */
export function useCompletedSet(): MakeCompletedMachine {
  // A set-up that fails half way is cleaned up as well.
  const cleanups: (() => void | Promise<void>)[] = [];
  let completed = '';
  afterAll(async () => {
    for (const work of cleanups.reverse()) await work();
  });
  beforeAll(async () => {
    const machine = await TestMachine.make(
      { onTestFinished: (work) => cleanups.push(work) },
      { python: await evalsPython(), ...small },
    );
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    completed = machine.stateDirectory;
  });
  return async (cleanup, options = {}) => {
    const machine = await TestMachine.make(cleanup, { python: await evalsPython(), ...small, ...options });
    cpSync(completed, machine.stateDirectory, { recursive: true });
    return machine;
  };
}

/** Takes evals out of a state directory as if it had never seen them. */
export function unlearn(machine: TestMachine, ...keys: string[]): void {
  for (const name of ['progress.txt', 'resume/completions.jsonl']) {
    const lines = readFileSync(machine.path(name), 'utf8').split('\n');
    writeFileSync(
      machine.path(name),
      lines.filter((line) => !keys.some((key) => line.includes(`"${key}"`))).join('\n'),
    );
  }
}

/** The outputs of a run of a set with this many fresh and reused evals. */
export const counts = (
  fresh: number,
  reused: number,
  other: Record<string, string> = {},
  total: number = SMALL.length,
) => ({
  complete: String(fresh + reused === total),
  total: String(total),
  completed: String(fresh + reused),
  fresh: String(fresh),
  reused: String(reused),
  ...other,
});

/** The files of a checkpoint, unpacked. */
export function unpacked(cleanup: Cleanup, archive: Buffer): string {
  const directory = temporaryDirectory(cleanup);
  execFileSync('tar', ['-x', '-I', compressorOf(archive), '-C', directory], { input: archive });
  return directory;
}

/** Unpacks an archive as the cache client packs it, lets `change` change its state directory, and packs it again. */
export function repacked(cleanup: Cleanup, archive: Buffer, change: (directory: string) => void): Buffer {
  const directory = unpacked(cleanup, archive);
  change(join(directory, 'tmp/oaievalset'));
  return execFileSync('tar', ['-c', '-I', compressorOf(archive), '-C', directory, 'tmp'], {
    maxBuffer: 1 << 30,
  });
}

function compressorOf(archive: Buffer): 'zstd' | 'gzip' {
  return archive.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : 'gzip';
}
