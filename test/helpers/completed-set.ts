/** A set of two evals that is complete, for tests that do not depend on the evals. The model `dummy` needs no API. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { evalsPython } from './evals-venv.ts';
import { type Cleanup, cleanupAfterAll, temporaryDirectory } from './temporary-directory.ts';
import { logOf, type MachineOptions, TestMachine } from './test-machine.ts';

/** The evals of the set, in its order. */
export const SMALL = ['test-match.s1.simple-v0', 'test-includes.s1.simple-v0'] as const;

const small = {
  model: 'dummy',
  evalSet: 'small',
  inputs: { 'registry-path': join(import.meta.dirname, '../fixtures/reuse/registry') },
};

/** Makes a machine on which the set is complete, without a checkpoint. */
export type MakeCompletedMachine = (
  cleanup: Cleanup,
  options?: Partial<MachineOptions>,
) => Promise<TestMachine>;

/** Runs the set once for all tests of a file. Each test gets its own machine with a copy of the state. */
export function useCompletedSet(): MakeCompletedMachine {
  const cleanup = cleanupAfterAll();
  let completed = '';
  beforeAll(async () => {
    const machine = await TestMachine.make(cleanup, { python: await evalsPython(), ...small });
    const result = await machine.run({ cache: false });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    completed = machine.stateDirectory;
  });
  return async (context, options = {}) => {
    const machine = await TestMachine.make(context, { python: await evalsPython(), ...small, ...options });
    cpSync(completed, machine.stateDirectory, { recursive: true });
    return machine;
  };
}

/**
 * Runs the set once for all tests of a file. Each test gets its own machine, without a state directory, and a cache service with
 * the checkpoint that the run saved.
 *
 * @param change changes the archive of that checkpoint
 */
export function useSavedSet(): (
  cleanup: Cleanup,
  change?: (archive: Buffer) => Buffer,
) => Promise<TestMachine> {
  const cleanup = cleanupAfterAll();
  let saved = '';
  beforeAll(async () => {
    saved = temporaryDirectory(cleanup);
    const python = await evalsPython();
    const machine = await TestMachine.make(cleanup, { python, ...small, cache: { directory: saved } });
    const result = await machine.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    expect(machine.cache.entries()).toHaveLength(1);
  });
  return async (context, change = (archive) => archive) => {
    const directory = temporaryDirectory(context);
    cpSync(saved, directory, { recursive: true });
    const python = await evalsPython();
    const machine = await TestMachine.make(context, { python, ...small, cache: { directory } });
    for (const { key } of machine.cache.entries()) machine.cache.tamper(key, change);
    return machine;
  };
}

/** Removes evals from a state directory, as if they had never run. */
export function forgetEvals(machine: TestMachine, ...keys: string[]): void {
  for (const name of ['progress.txt', 'resume/completions.jsonl']) {
    const lines = readFileSync(machine.path(name), 'utf8').split('\n');
    writeFileSync(
      machine.path(name),
      lines.filter((line) => !keys.some((key) => line.includes(`"${key}"`))).join('\n'),
    );
  }
}

/** The outputs of a run with this many fresh and reused evals. */
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

/** Unpacks the archive of a checkpoint. @returns the directory */
export function unpacked(cleanup: Cleanup, archive: Buffer): string {
  const directory = temporaryDirectory(cleanup);
  execFileSync('tar', ['-x', '-I', compressorOf(archive), '-C', directory], { input: archive });
  return directory;
}

/** Unpacks the archive of a checkpoint, lets `change` change its state directory, and packs it as the cache client does. */
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
