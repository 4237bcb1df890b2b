/**
 * Runs a workflow with act (https://github.com/nektos/act) on this machine, without containers and without a network:
 * every action in it is `uses: ./…` or actions/checkout, which act replaces by a copy. act brings its own cache service
 * (protocol v1) and artifact service, both on 127.0.0.1.
 *
 * It differs from a runner where it matters to tests here: `node` comes from PATH, so ours is put first, and a run id is
 * what we say it is.
 */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { isRunning } from './processes.ts';

const run = promisify(execFile);
const ownRepository = join(import.meta.dirname, '../..');

export interface ActOptions {
  /** The machine: act's home and the runs' workspaces. The caller removes it. */
  readonly directory: string;
  /** What `makeRepository` made. */
  readonly repository: string;
  /** YAML of the only workflow; its jobs run on ubuntu-latest. */
  readonly workflow: string;
  /** What starts it: `push`, or else `workflow_dispatch` with these inputs. */
  readonly dispatch?: Readonly<Record<string, string>>;
  /** The cache service's storage: what outlives a machine. Below `directory` when left out. */
  readonly cacheDirectory?: string;
  readonly runId?: string;
  readonly runAttempt?: number;
  /** Environment of every step. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Directories of programs that steps find before those of this machine. */
  readonly path?: readonly string[];
}

/** One line of act's log. */
export interface ActLine {
  readonly text: string;
  readonly job: string | undefined;
  /** The `id:` of the step, or its number; undefined outside steps. */
  readonly step: string | undefined;
  readonly stage: 'Pre' | 'Main' | 'Post' | undefined;
  /** Printed by the step itself, not by act. */
  readonly raw: boolean;
  /** Set in the line that ends a stage of a step. */
  readonly result: string | undefined;
}

export interface ActResult {
  readonly exitCode: number | null;
  readonly lines: readonly ActLine[];
  /** The whole log, for messages of failed assertions. */
  readonly text: string;
  /** `success`, `failure` or `skipped`; undefined when that stage of the step did not run. */
  resultOf(step: string, stage?: ActLine['stage']): string | undefined;
  /** What a step printed. */
  outputOf(step: string, stage?: ActLine['stage']): string[];
}

export interface RunningAct {
  readonly pid: number;
  readonly lines: readonly ActLine[];
  readonly finished: Promise<ActResult>;
  /** Resolves with the first line, past or to come, whose text matches; rejects when act ends without one. */
  untilLine(pattern: RegExp): Promise<ActLine>;
  /** Ends act and, as it may be in the middle of anything, all that it started. For `finally` blocks. */
  stop(): Promise<void>;
}

/**
 * Makes a git repository at `directory` with this repository's files as they are on disk: tracked and untracked ones, not
 * the ignored, and without its workflows. `files` are added or replaced, by path.
 */
export async function makeRepository(
  directory: string,
  files: Readonly<Record<string, string>> = {},
  source: string = ownRepository,
): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await git(source, [...list, '--', '.', ':!.github']);
  const deleted = await git(source, ['ls-files', '-z', '--deleted']);
  const gone = new Set(deleted.stdout.split('\0'));
  for (const path of stdout.split('\0')) {
    if (path !== '' && !gone.has(path))
      await cp(join(source, path), join(directory, path), { recursive: true });
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await git(directory, ['init', '--quiet', '--initial-branch=main']);
  await git(directory, ['remote', 'add', 'origin', 'https://github.com/octo-org/octo-repo.git']);
  await commit(directory);
}

/** Starts act on the workflow. The workflow is committed to the repository first, as act reads the commit's id. */
export async function startAct(options: ActOptions): Promise<RunningAct> {
  const { directory, repository, env = {}, secrets = {} } = options;
  const workflow = join(repository, '.github/workflows/test.yml');
  await mkdir(dirname(workflow), { recursive: true });
  await writeFile(workflow, options.workflow);
  await commit(repository);

  const home = join(directory, 'home');
  const artifacts = join(directory, 'artifacts');
  for (const each of [home, artifacts]) await mkdir(each, { recursive: true });
  // A file, as every user of the machine can read command lines, and act hands its own environment to every step.
  const secretFile = join(directory, 'secrets.env');
  const secretLines = Object.entries(secrets).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  await writeFile(secretFile, secretLines.join(''), { mode: 0o600 });
  const { dispatch, path = [] } = options;
  const event = dispatch
    ? [
        'workflow_dispatch',
        ...Object.entries(dispatch).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
      ]
    : ['push'];
  const args = [
    ...event,
    '--json',
    '--workflows',
    workflow,
    '--platform',
    'ubuntu-latest=-self-hosted',
    '--container-daemon-socket',
    '-',
    '--action-offline-mode',
    '--action-cache-path',
    join(directory, 'act'),
    '--cache-server-addr',
    '127.0.0.1',
    '--cache-server-path',
    options.cacheDirectory ?? join(directory, 'actions-cache'),
    '--artifact-server-addr',
    '127.0.0.1',
    '--artifact-server-port',
    String(await freePort()),
    '--artifact-server-path',
    artifacts,
    ...Object.entries({
      GITHUB_REPOSITORY: 'octo-org/octo-repo',
      GITHUB_RUN_ID: options.runId ?? '1000',
      GITHUB_RUN_ATTEMPT: String(options.runAttempt ?? 1),
      ...env,
    }).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    '--secret-file',
    secretFile,
  ];
  const actEnv = {
    HOME: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    LANG: 'C.UTF-8',
    PATH: [...path, dirname(process.execPath), process.env.PATH, goBin()].join(delimiter),
  };
  const child = spawn('act', args, {
    cwd: repository,
    env: actEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: ActLine[] = [];
  const waiting = new Set<Waiting>();
  const add = (line: ActLine): void => {
    lines.push(line);
    for (const each of [...waiting]) {
      if (!each.pattern.test(line.text)) continue;
      waiting.delete(each);
      each.resolve(line);
    }
  };
  createInterface({ input: child.stdout }).on('line', (line) => add(readLine(line)));
  createInterface({ input: child.stderr }).on('line', (line) => add(readLine(line)));

  const finished = new Promise<ActResult>((resolve, reject) => {
    child.once('error', (error) => {
      const hint = "install it with 'go install github.com/nektos/act@v0.2.87'";
      reject(new Error(`act could not be started (${error.message}): ${hint}`));
    });
    child.once('close', (exitCode) => resolve(resultOf(exitCode, lines)));
  });
  finished
    .then(
      (result) => new Error(`act ended before the line came:\n${result.text}`),
      (error: Error) => error,
    )
    .then((error) => {
      for (const { reject } of waiting) reject(error);
    });

  return {
    pid: child.pid ?? 0,
    lines,
    finished,
    untilLine: (pattern) => {
      const seen = lines.find((line) => pattern.test(line.text));
      if (seen) return Promise.resolve(seen);
      return new Promise((resolve, reject) => waiting.add({ pattern, resolve, reject }));
    },
    stop: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const family = familyOf(child.pid, await processes());
      child.kill('SIGKILL');
      for (const pid of family) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      await finished;
    },
  };
}

/** Runs the workflow to its end. */
export async function runAct(options: ActOptions): Promise<ActResult> {
  return (await startAct(options)).finished;
}

/** Whose command line, of all that `root` started, holds this text: the action's main is `dist/main/index.js`. */
export async function findProcess(root: number, text: string): Promise<number | undefined> {
  const rows = await processes();
  const family = familyOf(root, rows);
  return rows.find((row) => family.has(row.pid) && row.command.includes(text))?.pid;
}

interface Waiting {
  readonly pattern: RegExp;
  readonly resolve: (line: ActLine) => void;
  readonly reject: (error: Error) => void;
}

function resultOf(exitCode: number | null, lines: readonly ActLine[]): ActResult {
  const of = (step: string, stage: ActLine['stage']): ActLine[] =>
    lines.filter((line) => line.step === step && line.stage === stage);
  return {
    exitCode,
    lines,
    text: lines.map(({ step, stage, text }) => `[${step ?? '-'} ${stage ?? ''}] ${text}`).join('\n'),
    resultOf: (step, stage = 'Main') => of(step, stage).findLast((line) => line.result !== undefined)?.result,
    outputOf: (step, stage = 'Main') =>
      of(step, stage)
        .filter((line) => line.raw)
        .map((line) => line.text),
  };
}

/** Reads a line of `act --json` (logrus' JSON formatter); what is not JSON is a line of act's own. */
function readLine(line: string): ActLine {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    entry = { msg: line };
  }
  const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const stage = string(entry.stage);
  return {
    text: (string(entry.msg) ?? '').trimEnd(),
    job: string(entry.jobID),
    step: Array.isArray(entry.stepID) ? string(entry.stepID.at(-1)) : undefined,
    stage: stage === 'Pre' || stage === 'Main' || stage === 'Post' ? stage : undefined,
    raw: entry.raw_output === true,
    result: string(entry.stepResult),
  };
}

async function commit(directory: string): Promise<void> {
  await git(directory, ['add', '--all', '--force']);
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  await git(directory, [...author, 'commit', '--quiet', '--allow-empty', '--no-verify', '--message', 'test']);
}

function git(directory: string, args: readonly string[]): Promise<{ stdout: string }> {
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return run('git', ['-C', directory, ...args], {
    env: Object.fromEntries(ours),
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Where `go install` puts what it builds. */
function goBin(): string {
  return process.env.GOBIN ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function processes(): Promise<ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** All that descends from `root`, without it. */
function familyOf(root: number, rows: readonly ProcessRow[]): Set<number> {
  const family = new Set<number>();
  let parents = [root];
  while (parents.length > 0) {
    const children = rows.filter((row) => parents.includes(row.parent)).map((row) => row.pid);
    for (const pid of children) family.add(pid);
    parents = children;
  }
  return family;
}

/** Removes a directory that act worked in; files of other processes may still be going away. */
export function removeDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
