import { expect, test } from 'vitest';
import { ReleaseRepository } from '../../../helpers/release-repository.ts';
import { testRows } from '../../../helpers/test-rows.ts';

test('release prepare: writes the version into package files, changelog and examples, and nothing else', () => {
  const repository = new ReleaseRepository();
  const { status, stdout, stderr } = repository.release('prepare', '1.0.0');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const files = [
    'CHANGELOG.md',
    'README.md',
    'docs/comments.md',
    'docs/recipes/shards.yml',
    'package-lock.json',
    'package.json',
  ];
  expect(repository.git('diff', '--name-only').split('\n')).toEqual(files);
  for (const name of files) expect(stdout).toContain(`  ${name}\n`);
  expect(repository.read('package.json')).toBe(
    '{\n  "name": "oaievalset-action",\n  "version": "1.0.0"\n}\n',
  );
  expect(repository.read('package-lock.json').match(/"version": ".*"/g)).toEqual([
    '"version": "1.0.0"',
    '"version": "1.0.0"',
    '"version": "4.0.0"',
  ]);
  expect(repository.read('CHANGELOG.md')).toMatch(
    /^# Changelog\n\n## \[Unreleased\]\n\n## \[1\.0\.0\] - \d{4}-\d\d-\d\d\n\nThe first release\.\n\n### Added\n\n- It resumes\.\n$/,
  );
  expect(repository.read('README.md')).toContain(
    '- uses: actions/checkout@v6\n- uses: oaievalset-action/oaievalset-action@v1.0.0\n',
  );
  expect(repository.read('docs/comments.md')).toBe(
    '    uses: oaievalset-action/oaievalset-action/comment@v1.0.0\n',
  );
  expect(repository.read('docs/recipes/shards.yml')).toBe(
    '- uses: oaievalset-action/oaievalset-action/merge@v1.0.0\n',
  );
});

test('release prepare: a version that package.json has already, but no tag, is prepared', () => {
  const repository = new ReleaseRepository();
  repository.change('package.json', '0.1.0', '1.0.0');
  repository.publish('version');
  expect(repository.release('prepare', '1.0.0').stderr).toBe('');
});

test('release prepare: the second release keeps the notes of the first', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  repository.change('CHANGELOG.md', '## [Unreleased]', '## [Unreleased]\n\n### Fixed\n\n- It stops.');
  repository.publish('fix');
  expect(repository.release('prepare', '1.0.1').stderr).toBe('');
  expect(repository.release('notes', '1.0.1').stdout).toBe('### Fixed\n\n- It stops.\n');
  expect(repository.release('notes', '1.0.0').stdout).toBe(
    'The first release.\n\n### Added\n\n- It resumes.\n',
  );
});

interface Refusal {
  readonly why: string;
  readonly version?: string;
  readonly change: (repository: ReleaseRepository) => void;
  readonly says: string;
}

const refusals: readonly Refusal[] = [
  {
    why: 'a changed file',
    change: (repository) => repository.write('docs/other.md', 'changed\n'),
    says: 'The working tree has changes. Commit or stash them, so that the release is one commit:\n M docs/other.md\n',
  },
  {
    why: 'a new file',
    change: (repository) => repository.write('new.md', ''),
    says: 'The working tree has changes. Commit or stash them, so that the release is one commit:\n?? new.md\n',
  },
  {
    why: 'an older version',
    version: '0.0.9',
    change: () => undefined,
    says: 'package.json has the newer version 0.1.0. Release a later one than that.\n',
  },
  {
    why: 'a released version',
    change: (repository) => repository.git('tag', 'v1.0.0'),
    says: 'The tag v1.0.0 exists: 1.0.0 is released. Release the next version.\n',
  },
  {
    why: 'a changelog without unreleased entries',
    change: (repository) => {
      repository.change('CHANGELOG.md', '- It resumes.', '');
      repository.publish('empty');
    },
    says: 'CHANGELOG.md has no entries below "## [Unreleased]". Describe there what the release changes.\n',
  },
  {
    why: 'a changelog that describes the version already',
    change: (repository) => {
      repository.change('CHANGELOG.md', '## [Unreleased]', '## [1.0.0] - 2026-11-27');
      repository.publish('described');
    },
    says: 'CHANGELOG.md has a section [1.0.0] already. Release the next version.\n',
  },
  {
    why: 'a tag in the place of a version',
    version: 'v1.0.0',
    change: () => undefined,
    says: '"v1.0.0" is not a version. Write three numbers without v, such as 1.2.3.\n',
  },
];

testRows(2, refusals)('release prepare: refuses $why, and changes nothing', async (refusal) => {
  const repository = new ReleaseRepository();
  refusal.change(repository);
  const before = repository.git('diff');
  const { status, stderr } = repository.release('prepare', refusal.version ?? '1.0.0');
  expect({ status, stderr }).toEqual({ status: 1, stderr: refusal.says });
  expect(repository.git('diff')).toBe(before);
});

test.each([{ args: ['publish', '1.0.0'] }, { args: ['toString', '1.0.0'] }, { args: [] }])(
  'release: $args is answered with the usage',
  ({ args }) => {
    const { status, stderr } = new ReleaseRepository().release(...args);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Usage: npm run release -- prepare|check|notes|tag|move <version>\n',
    });
  },
);
