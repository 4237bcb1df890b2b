/** A repository of an action, with a bare `origin`, in which a release is prepared, checked and tagged by real git. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

const script = join(import.meta.dirname, '../../scripts/release.ts');

/** The version 0.1.0, with unreleased changes, and examples that name several versions. */
const FILES = {
  'package.json': '{\n  "name": "oaievalset-action",\n  "version": "0.1.0"\n}\n',
  'package-lock.json':
    '{\n  "name": "oaievalset-action",\n  "version": "0.1.0",\n  "lockfileVersion": 3,\n  "packages": {\n    "": {\n      "name": "oaievalset-action",\n      "version": "0.1.0"\n    },\n    "node_modules/zod": {\n      "version": "4.0.0"\n    }\n  }\n}\n',
  'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\nThe first release.\n\n### Added\n\n- It resumes.\n',
  'README.md': '```yaml\n- uses: actions/checkout@v6\n- uses: oaievalset-action/oaievalset-action@v0\n```\n',
  'docs/comments.md': '    uses: oaievalset-action/oaievalset-action/comment@main\n',
  'docs/recipes/shards.yml':
    '- uses: oaievalset-action/oaievalset-action/merge@0123456789012345678901234567890123456789 # v0.1.0\n',
  'docs/other.md': 'Nothing to pin.\n',
};

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class ReleaseRepository {
  readonly directory: string;
  readonly origin: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor() {
    const root = temporaryDirectory();
    this.directory = join(root, 'action');
    this.origin = join(root, 'origin.git');
    // Not with the settings of the user who runs the test.
    this.environment = {
      PATH: process.env.PATH,
      HOME: root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
    };
    mkdirSync(this.directory);
    this.git('init', '--quiet', '--initial-branch', 'main');
    this.git('init', '--quiet', '--bare', this.origin);
    this.git('remote', 'add', 'origin', this.origin);
    for (const [name, text] of Object.entries(FILES)) this.write(name, text);
    this.publish('begin');
  }

  git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.directory,
      env: this.environment,
      encoding: 'utf8',
    }).trimEnd();
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  change(name: string, from: string, to: string): void {
    const text = this.read(name);
    if (!text.includes(from)) throw new Error(`${name} does not contain ${from}.`);
    this.write(name, text.replace(from, to));
  }

  /** Commits everything and pushes main. @returns the commit */
  publish(subject: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', subject);
    this.git('push', '--quiet', 'origin', 'main');
    return this.git('rev-parse', 'HEAD');
  }

  /** `node scripts/release.ts`, in this repository. */
  release(...args: string[]): Result {
    return spawnSync(process.execPath, [script, ...args], {
      cwd: this.directory,
      env: this.environment,
      encoding: 'utf8',
    });
  }

  /** Prepares the version and pushes it to main. @returns the commit */
  prepared(version: string): string {
    const { status, stderr } = this.release('prepare', version);
    if (status !== 0) throw new Error(stderr);
    return this.publish(`release: ${version}`);
  }

  /** Of `origin`, by their names. */
  tags(): Record<string, string> {
    const lines = this.git('ls-remote', '--tags', 'origin').split('\n').filter(Boolean);
    return Object.fromEntries(
      lines.map((line) => {
        const [commit = '', ref = ''] = line.split('\t');
        return [ref.replace('refs/tags/', ''), commit];
      }),
    );
  }
}
