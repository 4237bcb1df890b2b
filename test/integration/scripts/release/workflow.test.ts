/** The commands of release.yml, run as GitHub runs them: with real git, and with a stand-in for `gh`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ReleaseRepository } from '../../../helpers/release-repository.ts';
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts';

const root = join(import.meta.dirname, '../../../..');

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

const { jobs } = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as Workflow;

/** It has one release at most, whose notes and immutability are files, and runs of workflows that passed, by their names. */
const GH = `#!/usr/bin/env bash
echo "$*" >>"$GH_FILES/calls"
case "$1 $2" in
  "auth setup-git") ;;
  "run list") [[ -e "$GH_FILES/passed-$4" ]] && echo 1 || echo 0 ;;
  "release view") [[ -e "$GH_FILES/notes" ]] ;;
  "release create") cp "\${@: -1}" "$GH_FILES/notes" ;;
  "api repos/octo-org/octo-repo/releases/tags/v1.0.0") cat "$GH_FILES/immutable" ;;
  *) echo "unexpected: $*" >&2; exit 2 ;;
esac
`;

class Release {
  readonly repository = new ReleaseRepository();
  readonly files = temporaryDirectory();
  readonly commit: string;

  constructor() {
    mkdirSync(join(this.files, 'bin'));
    writeFileSync(join(this.files, 'bin/gh'), GH);
    chmodSync(join(this.files, 'bin/gh'), 0o755);
    this.write('immutable', 'true');
    cpSync(join(root, 'scripts/release'), join(this.repository.directory, 'scripts/release'), {
      recursive: true,
    });
    cpSync(join(root, 'scripts/release.ts'), join(this.repository.directory, 'scripts/release.ts'));
    this.repository.write('dist/main/index.js', 'main\n');
    this.repository.write('dist/post/index.js', 'post\n');
    this.repository.write('action.yml', 'name: it\n');
    this.repository.publish('scripts');
    this.commit = this.repository.prepared('1.0.0');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.files, name), text);
  }

  /** Runs the steps of the job that have a command, all or those of these names, until one fails. */
  run(job: string, ...names: string[]): { failed: string | undefined; text: string } {
    let text = '';
    for (const { name = '', run } of jobs[job]?.steps ?? []) {
      if (run === undefined || (names.length > 0 && !names.includes(name))) continue;
      const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', run], {
        cwd: this.repository.directory,
        encoding: 'utf8',
        env: {
          ...this.repository.environment,
          PATH: [join(this.files, 'bin'), process.env.PATH].join(delimiter),
          GH_FILES: this.files,
          RUNNER_TEMP: this.files,
          GITHUB_OUTPUT: join(this.files, 'output'),
          GITHUB_REPOSITORY: 'octo-org/octo-repo',
          GITHUB_SHA: this.commit,
          VERSION: '1.0.0',
          TAG: 'v1.0.0',
        },
      });
      text += stdout + stderr;
      if (status !== 0) return { failed: name, text };
    }
    return { failed: undefined, text };
  }

  /** What was done with GitHub's command, without looking. */
  created(): string[] {
    const calls = existsSync(join(this.files, 'calls'))
      ? readFileSync(join(this.files, 'calls'), 'utf8')
      : '';
    return calls.split('\n').filter((call) => call.startsWith('release create'));
  }
}

test('release.yml: publishes the notes at the tag, and moves v1', () => {
  const release = new Release();
  expect(release.run('publish')).toMatchObject({ failed: undefined });
  expect(release.repository.tags()).toEqual({ v1: release.commit, 'v1.0.0': release.commit });
  expect(readFileSync(join(release.files, 'notes'), 'utf8')).toBe(
    'The first release.\n\n### Added\n\n- It resumes.\n',
  );
  expect(release.created()).toEqual([
    `release create v1.0.0 --verify-tag --title v1.0.0 --notes-file ${join(release.files, 'notes.md')}`,
  ]);
});

test('release.yml: v1 does not move to a release that can be changed, and the job can be run again', () => {
  const release = new Release();
  release.write('immutable', 'false');
  const { failed, text } = release.run('publish');
  expect(failed).toBe('The release is immutable');
  expect(text).toContain('delete the release v1.0.0 but not its tag, and run this job again.');
  expect(release.repository.tags()).toEqual({ 'v1.0.0': release.commit });

  release.write('immutable', 'true');
  expect(release.run('publish')).toMatchObject({ failed: undefined });
  expect(release.repository.tags()).toEqual({ v1: release.commit, 'v1.0.0': release.commit });
  // The release of the first attempt is still there.
  expect(release.created()).toHaveLength(1);
});

test('release.yml: a commit for which a workflow has not passed is not released', () => {
  const release = new Release();
  const names = ['Version, changelog, examples and tags agree', 'All workflows passed for this commit'];
  for (const name of ['ci', 'e2e', 'codeql']) release.write(`passed-${name}.yml`, '');
  const { failed, text } = release.run('check', ...names);
  expect(failed).toBe(names[1]);
  expect(text).toContain(
    `::error title=Not tested::lint-workflows.yml has not passed for ${release.commit}.`,
  );

  release.write('passed-lint-workflows.yml', '');
  expect(release.run('check', ...names)).toMatchObject({ failed: undefined });
  expect(readFileSync(join(release.files, 'output'), 'utf8')).toBe('tag=v1.0.0\ntag=v1.0.0\n');
});

test('release.yml: attests each file with its path', () => {
  const release = new Release();
  const { failed, text } = release.run('attest');
  expect(failed).toBeUndefined();
  const subjects = readFileSync(join(release.files, 'checksums.txt'), 'utf8');
  expect(text).toBe(subjects);
  expect(subjects.match(/^[0-9a-f]{64} {2}.*$/gm)?.map((line) => line.slice(66))).toEqual([
    'action.yml',
    'dist/main/index.js',
    'dist/post/index.js',
    'package.json',
  ]);
});
