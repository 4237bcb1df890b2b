import { expect, test } from 'vitest';
import { ReleaseRepository } from '../../../helpers/release-repository.ts';
import { testRows } from '../../../helpers/test-rows.ts';

test('release check: a prepared commit on main can be released', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  expect(repository.release('check', '1.0.0')).toMatchObject({
    status: 0,
    stdout: '1.0.0 can be released.\n',
    stderr: '',
  });
});

test('release check: a release that was tagged and then interrupted can go on', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  repository.git('push', '--quiet', 'origin', 'HEAD:refs/tags/v1.0.0');
  expect(repository.release('check', '1.0.0').status).toBe(0);
});

test('release check: names everything that an unprepared commit lacks', () => {
  const { status, stderr } = new ReleaseRepository().release('check', '1.0.0');
  expect(status).toBe(1);
  expect(stderr.split('\n')).toEqual([
    '1.0.0 cannot be released:',
    '- package.json has the version 0.1.0, not 1.0.0.',
    '- package-lock.json has the version 0.1.0, not 1.0.0.',
    '- CHANGELOG.md has no section [1.0.0].',
    '- README.md:3 uses oaievalset-action/oaievalset-action@v0, not the release v1.0.0.',
    '- docs/comments.md:1 uses oaievalset-action/oaievalset-action/comment@main, not the release v1.0.0.',
    '- docs/recipes/shards.yml:1 uses oaievalset-action/oaievalset-action/merge@0123456789012345678901234567890123456789 # v0.1.0, not the release v1.0.0.',
    "What 'npm run release -- prepare 1.0.0' writes has to be in the newest commit of main.",
    '',
  ]);
});

interface Problem {
  readonly what: string;
  readonly change: (repository: ReleaseRepository) => void;
  readonly says: RegExp;
}

const problems: readonly Problem[] = [
  {
    what: 'a changed file, as a stale dist/ leaves it',
    change: (repository) => repository.write('docs/other.md', 'changed\n'),
    says: /^- The working tree has changes:\n M docs\/other\.md$/m,
  },
  {
    what: 'an untracked file',
    change: (repository) => repository.write('dist/main/new.js', ''),
    says: /^- The working tree has changes:\n\?\? dist\/$/m,
  },
  {
    what: 'a commit that is not on main',
    change: (repository) => repository.git('commit', '--quiet', '--allow-empty', '--message', 'local'),
    says: /^- The commit \w{9} is not the newest commit of main, \w{9}\. Release from main\.$/m,
  },
  {
    what: 'a commit behind main',
    change: (repository) => {
      repository.publish('newer');
      repository.git('checkout', '--quiet', 'HEAD~1');
    },
    says: /^- The commit \w{9} is not the newest commit of main, \w{9}\. Release from main\.$/m,
  },
  {
    what: 'a section without a date',
    change: (repository) => {
      repository.write('CHANGELOG.md', repository.read('CHANGELOG.md').replace(/(## \[1.0.0\]).*/, '$1'));
      repository.publish('no date');
    },
    says: /^- CHANGELOG\.md: "## \[1\.0\.0\]" has no date\. Write "## \[1\.0\.0\] - YYYY-MM-DD"\.$/m,
  },
  {
    what: 'a section without entries',
    change: (repository) => {
      repository.change('CHANGELOG.md', '- It resumes.', '');
      repository.publish('empty');
    },
    says: /^- CHANGELOG\.md: the section \[1\.0\.0\] has no entries\.$/m,
  },
  {
    what: 'a change that was merged after the release was prepared',
    change: (repository) => {
      repository.change('CHANGELOG.md', '## [Unreleased]', '## [Unreleased]\n\n- Late.');
      repository.publish('late');
    },
    says: /^- CHANGELOG\.md has entries below "## \[Unreleased\]" that the release contains\. Move them to \[1\.0\.0\]\.$/m,
  },
  {
    what: 'a tag at another commit',
    change: (repository) => repository.git('push', '--quiet', 'origin', 'HEAD~1:refs/tags/v1.0.0'),
    says: /^- The tag v1\.0\.0 exists at the commit \w{9}, not \w{9}\. Release the next version\.$/m,
  },
  {
    what: 'an annotated tag at another commit',
    change: (repository) => {
      repository.git('tag', '--annotate', '--message', 'one', 'v1.0.0', 'HEAD~1');
      repository.git('push', '--quiet', 'origin', 'v1.0.0');
    },
    says: /^- The tag v1\.0\.0 exists at the commit \w{9}, not \w{9}\. Release the next version\.$/m,
  },
  {
    what: 'a newer release of the same major version',
    change: (repository) => repository.git('push', '--quiet', 'origin', 'HEAD:refs/tags/v1.10.0'),
    says: /^- v1\.10\.0 is released and newer than 1\.0\.0\. v1 would move back\.$/m,
  },
];

testRows(3, problems)('release check: refuses $what', async ({ change, says }) => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  change(repository);
  const { status, stderr } = repository.release('check', '1.0.0');
  expect(stderr).toMatch(says);
  // Nothing else is wrong.
  expect(stderr.match(/^- /gm)).toHaveLength(1);
  expect(status).toBe(1);
});

test('release check: a newer release of another major version is no problem', () => {
  const repository = new ReleaseRepository();
  repository.prepared('1.0.0');
  repository.git('push', '--quiet', 'origin', 'HEAD~1:refs/tags/v2.0.0', 'HEAD~1:refs/tags/v0.9.0');
  expect(repository.release('check', '1.0.0').status).toBe(0);
});
