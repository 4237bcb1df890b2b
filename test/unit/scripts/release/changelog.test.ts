import { expect, test } from 'vitest';
import { notesOf } from '../../../../scripts/release/changelog.ts';
import { parseVersion } from '../../../../scripts/release/version.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- \`shard\`: [shards.md](docs/shards.md), and [an issue](https://github.com/openai/evals/issues/1582).

## [1.1.0] - 2026-11-30

A text that
is wrapped.

### Fixed

- Less, and
  nothing more.
- Or
  - this
    entry.
`;

test('release notes: those of one version, whose links to files start at the release, in unbroken lines', () => {
  expect(notesOf(CHANGELOG, parseVersion('1.2.0'))).toBe(
    '### Added\n\n- `shard`: [shards.md](https://github.com/oaievalset-action/oaievalset-action/blob/v1.2.0/docs/shards.md), and [an issue](https://github.com/openai/evals/issues/1582).\n',
  );
  expect(notesOf(CHANGELOG, parseVersion('1.1.0'))).toBe(
    'A text that is wrapped.\n\n### Fixed\n\n- Less, and nothing more.\n- Or\n  - this entry.\n',
  );
});

test.each(['1.0.0', '1.2.1', '2.0.0'])('release notes: %s has none', (version) => {
  expect(() => notesOf(CHANGELOG, parseVersion(version))).toThrow(
    `CHANGELOG.md has no section [${version}].`,
  );
});
