/** Whose a state directory is. Links and directories of other users can only be made by root. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { makeDirectory } from '../../../src/progress/directories.ts';
import { lockState } from '../../../src/progress/lock.ts';
import { liveRecordFile, statePaths } from '../../../src/progress/paths.ts';
import { State } from '../../../src/progress/state.ts';
import { claimStateDirectory } from '../../../src/progress/state-directory.ts';
import { completion, owner, planned, recordingLog, temporaryDirectory } from '../../helpers/builders.ts';

const OTHER = 12_345;
const isRoot = process.getuid?.() === 0;

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Why the state directory is not used, and what to do. */
function refusal(root: string, model = 'gpt-4'): ActionError {
  try {
    claimStateDirectory(statePaths(root, model, 'set'));
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

function directory(mode: number): string {
  const root = join(temporaryDirectory(), 'state');
  mkdirSync(root);
  chmodSync(root, mode);
  return root;
}

describe('state directory: is made private to its user', () => {
  test('when it does not exist, with those above it', () => {
    const top = temporaryDirectory();
    const root = join(top, 'a/b');
    claimStateDirectory(statePaths(root, 'openai/gpt-4', 'set'));
    expect(['a', 'a/b', 'a/b/openai'].map((name) => modeOf(join(top, name)))).toEqual(['700', '700', '700']);
  });

  test.each([0o755, 0o775, 0o700])('when oaievalset made it with mode %o', (mode) => {
    const root = directory(mode);
    const { progressFile, resume } = statePaths(root, 'gpt-4', 'set');
    writeFileSync(progressFile, '');
    mkdirSync(resume);
    for (const path of [progressFile, resume]) chmodSync(path, mode);
    claimStateDirectory(statePaths(root, 'gpt-4', 'set'));
    expect([root, progressFile, resume].map(modeOf)).toEqual(['700', '600', '700']);
  });

  test('but not a folder of the user that holds other things too', () => {
    const root = directory(0o755);
    writeFileSync(join(root, 'package.json'), '{}');
    claimStateDirectory(statePaths(root, 'gpt-4', 'set'));
    expect(modeOf(root)).toBe('755');
  });

  test('and so is all that is written there', () => {
    const root = join(temporaryDirectory(), 'state');
    const paths = statePaths(root, 'gpt-4', 'set');
    claimStateDirectory(paths);
    const state = State.open({ paths, owner, log: recordingLog() });
    const done = planned('a.dev.v0');
    const record = liveRecordFile(paths, done.key);
    makeDirectory(join(record, '..'));
    // As an eval writes it, with the umask of the runner.
    writeFileSync(record, 'x', { mode: 0o644 });
    state.complete(completion(done), record);
    state.savePlan({
      version: 1,
      owner,
      signature: '0'.repeat(64),
      made: {
        basis: { files: [], directories: [], absent: [] },
        evalsVersion: '',
        warnings: [],
        needsApiKey: false,
      },
      evals: [],
    });
    const modes = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => [
      entry.name,
      entry.isDirectory() ? '700' : '600',
      modeOf(join(entry.parentPath, entry.name)),
    ]);
    expect(modes.length).toBeGreaterThan(5);
    expect(modes.filter(([, expected, mode]) => expected !== mode)).toEqual([]);
  });
});

describe('state directory: is refused', () => {
  test.each([0o777, 0o757, 0o1777])('when all may write to it (mode %o)', (mode) => {
    const root = directory(mode);
    const { code, message, next } = refusal(root);
    expect(code).toBe('STATE_NOT_OURS');
    expect(message).toContain(
      `every user of this machine may write to ${root} (mode ${mode.toString(8).padStart(4, '0')})`,
    );
    expect(next).toContain(mode === 0o1777 ? `such as ${root}/oaievalset` : `chmod 700 ${root}`);
    expect(readdirSync(root)).toEqual([]);
  });

  test('when all may write to the folder of a model in it', () => {
    const root = directory(0o700);
    mkdirSync(join(root, 'openai'));
    chmodSync(join(root, 'openai'), 0o777);
    expect(refusal(root, 'openai/gpt-4').message).toContain(`may write to ${root}/openai (mode 0777)`);
  });

  test('by the lock of a run, before anything is read', async () => {
    const root = directory(0o777);
    await expect(lockState(statePaths(root, 'gpt-4', 'set'))).rejects.toMatchObject({
      code: 'STATE_NOT_OURS',
    });
  });

  test.runIf(isRoot)('when it belongs to another user', () => {
    const root = directory(0o700);
    chownSync(root, OTHER, OTHER);
    const { code, message, next } = refusal(root);
    expect(code).toBe('STATE_NOT_OURS');
    expect(message).toContain(
      `${root} belongs to another user of this machine (uid ${OTHER}; this job runs as uid 0)`,
    );
    expect(next).toContain('set state-directory to a directory that belongs to this user');
    expect(readdirSync(root)).toEqual([]);
  });

  test.runIf(!isRoot)('when it belongs to the system', () => {
    expect(refusal('/usr').message).toContain('/usr belongs to another user of this machine (uid 0;');
  });

  test.runIf(isRoot).each<[string, (top: string) => string]>([
    ['it is one', (top) => join(top, 'link')],
    ['it leads through one', (top) => join(top, 'link/state')],
    [
      'it leads through one behind a link of its own',
      (top) => {
        symlinkSync('link', join(top, 'own'));
        return join(top, 'own/state');
      },
    ],
  ])('when it is reached by a link of another user: %s', (_, place) => {
    const top = temporaryDirectory();
    const target = join(top, 'target');
    mkdirSync(target);
    symlinkSync(target, join(top, 'link'));
    lchownSync(join(top, 'link'), OTHER, OTHER);
    const { code, message } = refusal(place(top));
    expect(code).toBe('STATE_NOT_OURS');
    expect(message).toContain(`${top}/link, a link of another user of this machine (uid ${OTHER})`);
    expect(readdirSync(target)).toEqual([]);
  });
});

describe('state directory: is used', () => {
  test('behind a link of its user', () => {
    const top = temporaryDirectory();
    mkdirSync(join(top, 'disk'));
    symlinkSync('disk', join(top, 'state'));
    claimStateDirectory(statePaths(join(top, 'state'), 'gpt-4', 'set'));
    expect(modeOf(join(top, 'disk'))).toBe('700');
  });

  test('in a folder that all may write to, as /tmp is', () => {
    const top = directory(0o1777);
    claimStateDirectory(statePaths(join(top, 'oaievalset'), 'gpt-4', 'set'));
    expect(modeOf(join(top, 'oaievalset'))).toBe('700');
    expect(existsSync(join(top, 'oaievalset'))).toBe(true);
  });
});

describe('state directory: where there can be none', () => {
  test.runIf(process.platform === 'linux').each(['/proc/oaievalset', '/proc/self/a/b/c', '/dev/null/state'])(
    '%s: says so, at once',
    (root) => {
      const { code, message } = refusal(root);
      expect(code).toBe('STATE_UNWRITABLE');
      expect(message).toMatch(new RegExp(`^The state directory ${root} cannot be read or written: E[A-Z]+`));
    },
  );

  test.each<[string, (path: string) => unknown]>([
    ['a file', (path) => writeFileSync(path, '')],
    ['a link to itself', (path) => symlinkSync('state', path)],
    ['a link to nothing in a file', (path) => symlinkSync('/dev/null/x', path)],
  ])('%s stands there: says so', (_, make) => {
    const root = join(temporaryDirectory(), 'state');
    make(root);
    expect(refusal(root).code).toBe('STATE_UNWRITABLE');
  });
});
