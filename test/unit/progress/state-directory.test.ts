/** Who may use a state directory. Only root can make links and directories of other users. */
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

describe('state directory: permissions', () => {
  test('state directory: a new one is private to its user, as are its new parents', () => {
    const top = temporaryDirectory();
    const root = join(top, 'a/b');
    claimStateDirectory(statePaths(root, 'openai/gpt-4', 'set'));
    expect(['a', 'a/b', 'a/b/openai'].map((name) => modeOf(join(top, name)))).toEqual(['700', '700', '700']);
  });

  test.each([0o755, 0o775, 0o700])(
    'state directory: one that oaievalset made with mode %o becomes private',
    (mode) => {
      const root = directory(mode);
      const { progressFile, resume } = statePaths(root, 'gpt-4', 'set');
      writeFileSync(progressFile, '');
      mkdirSync(resume);
      for (const path of [progressFile, resume]) chmodSync(path, mode);
      claimStateDirectory(statePaths(root, 'gpt-4', 'set'));
      expect([root, progressFile, resume].map(modeOf)).toEqual(['700', '600', '700']);
    },
  );

  test('state directory: one that contains other entries keeps its mode', () => {
    const root = directory(0o755);
    writeFileSync(join(root, 'package.json'), '{}');
    claimStateDirectory(statePaths(root, 'gpt-4', 'set'));
    expect(modeOf(root)).toBe('755');
  });

  test('state directory: everything written there is private', () => {
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

describe('state directory: rejected', () => {
  test.each([0o777, 0o757, 0o1777])(
    'state directory: one that every user may write to (mode %o) is rejected',
    (mode) => {
      const root = directory(mode);
      const { code, message, next } = refusal(root);
      expect(code).toBe('STATE_NOT_OURS');
      expect(message).toContain(
        `every user of this machine may write to ${root} (mode ${mode.toString(8).padStart(4, '0')})`,
      );
      expect(next).toContain(mode === 0o1777 ? `such as ${root}/oaievalset` : `chmod 700 ${root}`);
      expect(readdirSync(root)).toEqual([]);
    },
  );

  test('state directory: a model directory in it that every user may write to is rejected', () => {
    const root = directory(0o700);
    mkdirSync(join(root, 'openai'));
    chmodSync(join(root, 'openai'), 0o777);
    expect(refusal(root, 'openai/gpt-4').message).toContain(`may write to ${root}/openai (mode 0777)`);
  });

  test('state directory: locking rejects one that every user may write to', async () => {
    const root = directory(0o777);
    await expect(lockState(statePaths(root, 'gpt-4', 'set'))).rejects.toMatchObject({
      code: 'STATE_NOT_OURS',
    });
  });

  test.runIf(isRoot)('state directory: one that belongs to another user is rejected', () => {
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

  test.runIf(!isRoot)('state directory: one that belongs to root is rejected', () => {
    expect(refusal('/usr').message).toContain('/usr belongs to another user of this machine (uid 0;');
  });

  test.runIf(isRoot).each<[string, (top: string) => string]>([
    ['is one', (top) => join(top, 'link')],
    ['leads through one', (top) => join(top, 'link/state')],
    [
      'leads through one that a link of this user names',
      (top) => {
        symlinkSync('link', join(top, 'own'));
        return join(top, 'own/state');
      },
    ],
  ])('state directory: a path that contains a link of another user is rejected: the path %s', (_, place) => {
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

describe('state directory: accepted', () => {
  test('state directory: one behind a link of this user is used', () => {
    const top = temporaryDirectory();
    mkdirSync(join(top, 'disk'));
    symlinkSync('disk', join(top, 'state'));
    claimStateDirectory(statePaths(join(top, 'state'), 'gpt-4', 'set'));
    expect(modeOf(join(top, 'disk'))).toBe('700');
  });

  test('state directory: one in a sticky directory, such as /tmp, is used', () => {
    const top = directory(0o1777);
    claimStateDirectory(statePaths(join(top, 'oaievalset'), 'gpt-4', 'set'));
    expect(modeOf(join(top, 'oaievalset'))).toBe('700');
    expect(existsSync(join(top, 'oaievalset'))).toBe(true);
  });
});

describe('state directory: impossible paths', () => {
  test.runIf(process.platform === 'linux').each(['/proc/oaievalset', '/proc/self/a/b/c', '/dev/null/state'])(
    'state directory: %s is reported as unwritable',
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
  ])('state directory: %s in its place is reported as unwritable', (_, make) => {
    const root = join(temporaryDirectory(), 'state');
    make(root);
    expect(refusal(root).code).toBe('STATE_UNWRITABLE');
  });
});
