/**
 * Runs a workflow with act (https://github.com/nektos/act) on this machine, without containers and without a network. Every
 * action in the workflow is `uses: ./…` or actions/checkout, which act replaces with a copy of the repository. act has its
 * own cache service (protocol v1) and artifact service, both on 127.0.0.1. Needs Linux, whose /proc shows the processes.
 *
 * Two differences from a runner matter here: `node` comes from PATH, so our own Node is put first, and the caller chooses
 * the run id.
 */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ActLine, type ActResult, readLine, resultOf } from './act-log.ts';
import { commit } from './act-repository.ts';
import { descendants, hasVariable, type ProcessInfo, signal } from './processes.ts';

export interface ActOptions {
  /** The machine: the home of act and the workspaces of the runs. The caller removes it. */
  readonly directory: string;
  /** A repository that `makeRepository` made. */
  readonly repository: string;
  /** The YAML of the only workflow. Its jobs run on ubuntu-latest. */
  readonly workflow: string;
  /** Starts the workflow as `workflow_dispatch` with these inputs. */
  readonly dispatch?: Readonly<Record<string, string>>;
  /** The event that starts the workflow without `dispatch`. Its payload is empty. The default is `push`. */
  readonly event?: 'push' | 'pull_request' | 'schedule';
  /** Runs only the jobs of a matrix that have one of these values, such as `shard:2`, and all jobs without a matrix. */
  readonly matrix?: readonly string[];
  /** Where the cache service stores its entries, which outlive a machine. The default is below `directory`. */
  readonly cacheDirectory?: string;
  readonly runId?: string;
  readonly runAttempt?: number;
  /** The environment of every step. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** The variables of the repository: `vars` in expressions. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Directories that come first in the PATH of every step. */
  readonly path?: readonly string[];
}

export interface RunningAct {
  readonly pid: number;
  readonly lines: readonly ActLine[];
  readonly finished: Promise<ActResult>;
  /** Resolves with the first line whose text matches, also a line already printed. Rejects if act ends without one. */
  untilLine(pattern: RegExp): Promise<ActLine>;
  /** Kills act and all processes that it started. It does nothing if act has ended. */
  stop(): Promise<void>;
}

/** Starts act on the workflow, which is committed to the repository first, because act reads the id of the commit. */
export async function startAct(options: ActOptions): Promise<RunningAct> {
  const { directory, repository, env = {}, secrets = {} } = options;
  const workflow = join(repository, '.github/workflows/test.yml');
  await mkdir(dirname(workflow), { recursive: true });
  await writeFile(workflow, options.workflow);
  await commit(repository);

  const home = join(directory, 'home');
  const artifacts = join(directory, 'artifacts');
  for (const each of [home, artifacts]) await mkdir(each, { recursive: true });
  // Secrets go into a file: every user of the machine can read command lines, and steps inherit the environment of act.
  const secretFile = join(directory, 'secrets.env');
  const secretLines = Object.entries(secrets).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  await writeFile(secretFile, secretLines.join(''), { mode: 0o600 });
  const { dispatch, matrix = [], path = [], variables = {} } = options;
  const event = dispatch
    ? [
        'workflow_dispatch',
        ...Object.entries(dispatch).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
      ]
    : [options.event ?? 'push'];
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
    ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
    ...matrix.flatMap((value) => ['--matrix', value]),
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
      const hint = 'Install it: go install github.com/nektos/act@v0.2.87';
      reject(new Error(`act could not be started: ${error.message}. ${hint}`));
    });
    child.once('close', (exitCode) => resolve(resultOf(exitCode, lines)));
  });
  finished
    .then(
      (result) => new Error(`act ended before it printed the line:\n${result.text}`),
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
      const started = descendants(child.pid);
      child.kill('SIGKILL');
      for (const { pid } of started) signal(pid, 'SIGKILL');
      await finished;
    },
  };
}

/** Runs the workflow until it ends. */
export async function runAct(options: ActOptions): Promise<ActResult> {
  return (await startAct(options)).finished;
}

/**
 * The process below `root` whose command line contains this text. That of the action's main has `dist/main/index.js`.
 * @param variable one of its environment, such as `INPUT_SHARD=2/4`
 */
export function findProcess(root: number, text: string, variable?: string): number | undefined {
  const isMeant = ({ pid, command }: ProcessInfo) =>
    command.includes(text) && (variable === undefined || hasVariable(pid, variable));
  return descendants(root).find(isMeant)?.pid;
}

interface Waiting {
  readonly pattern: RegExp;
  readonly resolve: (line: ActLine) => void;
  readonly reject: (error: Error) => void;
}

/** The directory in which `go install` puts programs. */
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
        else reject(new Error('There is no free port.'));
      });
    });
  });
}
