import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './action-manifest.ts';

export interface StepOptions {
  /** The directory of the runner, with its workspace and temporary files. Runs may share it. The caller removes it. */
  readonly directory: string;
  /** The inputs in `with:`. A name that action.yml does not have is an error here, and a warning on a runner. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Variables of `env:` and of the machine, such as the cache service. They override all but INPUT_* and STATE_*. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sets the input `state-directory`. */
  readonly stateDirectory?: string;
  /** GITHUB_WORKSPACE, which is created if it does not exist. The default is below `directory`. */
  readonly workspace?: string;
  readonly repository?: string;
  readonly runId?: string;
  readonly runAttempt?: number;
  /** `main` runs without post, as if the machine had been lost. `post` needs `state`. The default is both. */
  readonly phase?: 'main' | 'post';
}

/** What main and post of a step share. */
export interface StepContext {
  env: Record<string, string>;
  readonly workspace: string;
  readonly temp: string;
  readonly trackingId: string;
}

/** Creates the directories of the runner, and the environment of the step. */
export function prepareStep(options: StepOptions, action: string, manifest: Manifest): StepContext {
  const { directory, inputs = {}, stateDirectory, repository = 'octo-org/octo-repo' } = options;
  const given = { ...inputs, ...(stateDirectory === undefined ? {} : { 'state-directory': stateDirectory }) };
  const unknown = Object.keys(given).filter((name) => !(name in manifest.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}.`);

  // The paths of a runner contain no links. The temporary directory of macOS does.
  mkdirSync(directory, { recursive: true });
  const root = realpathSync(directory);
  const name = repository.split('/')[1] ?? repository;
  const workspace = options.workspace ?? join(root, 'work', name, name);
  const temp = join(root, 'work', '_temp');
  const toolCache = join(root, 'work', '_tool');
  if (options.phase !== 'post') rmSync(temp, { recursive: true, force: true });
  for (const each of [
    workspace,
    join(temp, '_runner_file_commands'),
    join(temp, '_github_workflow'),
    toolCache,
  ]) {
    mkdirSync(each, { recursive: true });
  }
  const eventPath = join(temp, '_github_workflow', 'event.json');
  writeFileSync(eventPath, '{}');

  const trackingId = `github_${randomUUID()}`;
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? root,
    LANG: process.env.LANG ?? 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTION_PATH: action,
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_ACTION_REF: '',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_JOB: 'evals',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: String(options.runAttempt ?? 1),
    GITHUB_RUN_ID: options.runId ?? '1000',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_WORKFLOW: 'evals',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'test runner',
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: toolCache,
    RUNNER_TRACKING_ID: trackingId,
    ...options.env,
  };
  for (const [input, value] of Object.entries({ ...manifest.inputs, ...given })) {
    env[`INPUT_${input.replaceAll(' ', '_').toUpperCase()}`] = value;
  }
  return { env, workspace, temp, trackingId: env.RUNNER_TRACKING_ID ?? trackingId };
}
