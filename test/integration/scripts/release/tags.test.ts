import { expect, test } from 'vitest';
import { ReleaseRepository } from '../../../helpers/release-repository.ts';

test('release tag: the commit gets the tag of the version, and v1 follows when it is moved', () => {
  const repository = new ReleaseRepository();
  const first = repository.prepared('1.0.0');
  expect(repository.release('tag', '1.0.0').stderr).toBe('');
  expect(repository.tags()).toEqual({ 'v1.0.0': first });
  expect(repository.release('move', '1.0.0').stderr).toBe('');
  expect(repository.tags()).toEqual({ v1: first, 'v1.0.0': first });

  repository.change('CHANGELOG.md', '## [Unreleased]', '## [Unreleased]\n\n- More.');
  repository.publish('more');
  const second = repository.prepared('1.1.0');
  repository.release('tag', '1.1.0');
  repository.release('move', '1.1.0');
  expect(repository.tags()).toEqual({ v1: second, 'v1.0.0': first, 'v1.1.0': second });
});

test('release tag: a release that is tagged is tagged once', () => {
  const repository = new ReleaseRepository();
  const commit = repository.prepared('1.0.0');
  repository.release('tag', '1.0.0');
  expect(repository.release('tag', '1.0.0').status).toBe(0);
  expect(repository.tags()).toEqual({ 'v1.0.0': commit });
});

test('release tag: a tag at another commit stays where it is', () => {
  const repository = new ReleaseRepository();
  const first = repository.prepared('1.0.0');
  repository.release('tag', '1.0.0');
  repository.publish('later');
  const { status, stderr } = repository.release('tag', '1.0.0');
  expect(stderr).toMatch(
    /^The tag v1\.0\.0 exists at the commit \w{9}, not \w{9}\. Release the next version\.\n$/,
  );
  expect(status).toBe(1);
  expect(repository.tags()).toEqual({ 'v1.0.0': first });
});

test('release move: v1 moves to no release that has no tag', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  const { status, stderr } = repository.release('move', '1.0.0');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'origin has no tag v1.0.0. Tag the release before v1 moves to it.\n',
  });
  expect(repository.tags()).toEqual({});
});

test('release move: v1 does not move back to an older release', () => {
  const repository = new ReleaseRepository();
  const commit = repository.prepared('1.0.0');
  repository.git(
    'push',
    '--quiet',
    'origin',
    ...['v1.0.0', 'v1.0.2', 'v1'].map((tag) => `HEAD:refs/tags/${tag}`),
  );
  const { status, stderr } = repository.release('move', '1.0.0');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'v1.0.2 is released and newer than 1.0.0. v1 would move back.\n',
  });
  expect(repository.tags().v1).toBe(commit);
});

test('release tag: what git says is in the error', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  repository.git('remote', 'set-url', 'origin', `${repository.origin}-gone`);
  const { status, stderr } = repository.release('tag', '1.0.0');
  expect(stderr).toMatch(/^git ls-remote --tags origin failed: fatal: .*origin\.git-gone/);
  expect(status).toBe(1);
});
