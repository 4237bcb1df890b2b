/** The encrypted file of a checkpoint: what is not as it was sealed does not open, and a tar that fails says why. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, vi } from 'vitest';
import {
  encryptionKeyProblem,
  openSealed,
  type Sealing,
  sealTree,
} from '../../../src/checkpoint/trust/encryption.ts';
import { machine, Rig, test } from '../../helpers/cache-rig.ts';
import { until } from '../../helpers/waiting.ts';

vi.setConfig({ maxConcurrency: 6 });

const MAX_BYTES = 20e6;
const files = {
  'a.progress.txt': '["oaieval"]\n',
  'a.resume/logs/big.jsonl': randomBytes(2.5 * 1024 * 1024),
};

function sealing(changes: Partial<Sealing> = {}): Sealing {
  const signal = new AbortController().signal;
  return {
    encryptionKey: 'correct horse battery staple',
    entryKey: 'key-1',
    env: machine(),
    signal,
    ...changes,
  };
}

/** The environment of a tar that is a script. */
function scripted(rig: Rig, script: string): NodeJS.ProcessEnv {
  return { ...machine(), PATH: `${rig.fakeTar(script)}:${process.env.PATH}` };
}

let sealed: Buffer;

beforeAll(async () => {
  const rig = new Rig();
  const target = join(rig.scratch(), 'checkpoint.enc');
  await sealTree(rig.snapshot(files), 'tmp', target, sealing());
  sealed = readFileSync(target);
  await rig.cleanUp();
});

function open(rig: Rig, bytes: Buffer, changes: Partial<Sealing> = {}, maxBytes = MAX_BYTES): Promise<void> {
  const source = join(rig.scratch(), 'checkpoint.enc');
  writeFileSync(source, bytes);
  return openSealed(source, rig.scratch(), maxBytes, sealing(changes));
}

describe.concurrent('sealed tree', () => {
  test.for<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 1000), /^it is damaged, incomplete, or/],
    [
      'cut off at a chunk',
      (bytes) => bytes.subarray(0, 48 + 1024 * 1024 + 16),
      /^it is damaged, incomplete, or/,
    ],
    [
      'cut off in its header',
      (bytes) => bytes.subarray(0, 30),
      /^it does not start like an encrypted checkpoint$/,
    ],
    [
      'with another header',
      (bytes) => Buffer.from(bytes).fill(0, 0, 4),
      /^it does not start like an encrypted/,
    ],
    [
      'of a later format',
      (bytes) => Buffer.from(bytes).fill(9, 8, 9),
      /^it is in format 9, and this version .* format 1$/,
    ],
    [
      'with another salt',
      (bytes) => Buffer.from(bytes).fill(0, 9, 25),
      /^it was encrypted with another key, or/,
    ],
    ['with another nonce', (bytes) => Buffer.from(bytes).fill(0, 25, 32), /^it is damaged, incomplete, or/],
    [
      'with other bytes in it',
      (bytes) => Buffer.from(bytes).fill(0, 2_000_000, 2_000_010),
      /^it is damaged, incomplete, or/,
    ],
  ])('sealed tree: one that is %s does not open', async ([, change, cause], { rig }) => {
    await expect(open(rig, change(sealed))).rejects.toMatchObject({
      name: 'SealBroken',
      message: expect.stringMatching(cause),
    });
  });

  test('sealed tree: a link to a file of this machine is not opened', async ({ rig }) => {
    const link = join(rig.scratch(), 'checkpoint.enc');
    symlinkSync('/etc/hostname', link);
    await expect(openSealed(link, rig.scratch(), MAX_BYTES, sealing())).rejects.toThrow(/^ELOOP: /);
  });

  test('sealed tree: a pipe that has no writer is not opened', async ({ rig }) => {
    const pipe = join(rig.scratch(), 'checkpoint.enc');
    execFileSync('mkfifo', [pipe]);
    const opening = openSealed(pipe, rig.scratch(), MAX_BYTES, sealing());
    await expect(opening).rejects.toThrow('it is not a regular file');
  });

  test('sealed tree: many zeros are not unpacked beyond the bound', async ({ rig }) => {
    const target = join(rig.scratch(), 'checkpoint.enc');
    await sealTree(rig.snapshot({ zeros: Buffer.alloc(6e6) }), 'tmp', target, sealing());
    const opening = openSealed(target, rig.scratch(), 2e6, sealing());
    await expect(opening).rejects.toThrow('it unpacks to more than 2000000 bytes');
  });

  test.for<[string, string, string]>([
    [
      'prints',
      'echo "tar: cannot write: No space left on device" >&2; exit 2',
      'tar: cannot write: No space left on device',
    ],
    ['exits with a code', 'exit 3', 'tar ended with exit code 3'],
    ['is killed', 'kill -TERM $$', 'tar ended with SIGTERM'],
    ['leaves a child behind that holds its output', 'sleep 1000 & exit 3', 'tar ended with exit code 3'],
  ])('sealed tree: the failure of a tar that %s is reported', async ([, script, cause], { rig }) => {
    const target = join(rig.scratch(), 'checkpoint.enc');
    const env = scripted(rig, script);
    await expect(sealTree(rig.snapshot(files), 'tmp', target, sealing({ env }))).rejects.toThrow(cause);
  });

  test('sealed tree: a tar that ends before it has read everything has failed', async ({ rig }) => {
    const env = scripted(rig, 'head -c 1000 > /dev/null; exit 2');
    await expect(open(rig, sealed, { env })).rejects.toThrow('tar ended with exit code 2');
  });

  test('sealed tree: a tar that does not end is killed at the bound', async ({ rig }) => {
    const env = scripted(rig, 'cat > /dev/null; sleep 1000');
    await expect(open(rig, sealed, { env }, 2e6)).rejects.toThrow('it unpacks to more than 2000000 bytes');
  });

  test('sealed tree: a tar that does not end is killed when the signal is aborted', async ({ rig }) => {
    const started = join(rig.scratch(), 'started');
    const stop = new AbortController();
    const env = scripted(rig, `echo > ${started}; sleep 1000 & wait`);
    const target = join(rig.scratch(), 'checkpoint.enc');
    const making = sealTree(rig.snapshot(files), 'tmp', target, sealing({ env, signal: stop.signal }));
    const outcome = expect(making).rejects.toMatchObject({ name: 'AbortError' });
    await until('tar has started', () => existsSync(started));
    stop.abort();
    await outcome;
  });

  test('sealed tree: no other file is replaced', async ({ rig }) => {
    const target = join(rig.scratch(), 'there');
    writeFileSync(target, 'mine');
    await expect(sealTree(rig.snapshot(), 'tmp', target, sealing())).rejects.toThrow(/EEXIST/);
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  test('sealed tree: an encryption key that can be guessed is rejected', () => {
    expect(encryptionKeyProblem('a'.repeat(15))).toMatch(/shorter than 16 characters/);
    expect(encryptionKeyProblem('a'.repeat(16))).toBeUndefined();
  });
});
