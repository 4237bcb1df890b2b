/**
 * Runs an action as a GitHub runner does: its shipped files, in a process of its own, with the environment, the file
 * commands and the reading of its output that actions/runner has. Sources, all in https://github.com/actions/runner:
 * src/Runner.Common/ActionCommand.cs (commands in the output), src/Runner.Worker/ActionCommandManager.cs
 * (stop-commands), src/Runner.Worker/FileCommandManager.cs (GITHUB_OUTPUT and its like),
 * src/Runner.Worker/Handlers/Handler.cs (INPUT_*), src/Runner.Sdk/ProcessInvoker.cs (cancelling).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** The action in this repository. */
export const ownAction: string = join(import.meta.dirname, '../..');

export interface RunOptions {
  /** Where this runner lives (workspace, temporary files). The caller makes and removes it; runs may share it. */
  readonly directory: string;
  /** What holds action.yml; this repository when left out. */
  readonly action?: string;
  /** What `with:` says. Names that action.yml does not know are an error here; a runner only warns. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What `env:` says, and what else this runner has (the cache service, say). Wins over everything but INPUT_* and STATE_*. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sets the input `state-directory`. */
  readonly stateDirectory?: string;
  /** GITHUB_WORKSPACE; a directory below `directory` when left out. Made when it is missing. */
  readonly workspace?: string;
  readonly repository?: string;
  readonly runId?: string;
  readonly runAttempt?: number;
  /** `main` leaves post out, as when the machine is lost. `post` needs `state`. Both when left out. */
  readonly phase?: 'main' | 'post';
  /** What main saved, for a post that runs alone. */
  readonly state?: Readonly<Record<string, string>>;
  /** Leaves alone what main and post left running, for a test that waits for it to end by itself. */
  readonly leaveOrphans?: boolean;
  /** Called with each line of output as it appears, main's and post's. */
  readonly onLine?: (line: string, running: RunningAction) => void;
}

export interface RunningAction {
  /** Of the process that runs now. */
  readonly pid: number;
  readonly phase: 'main' | 'post';
  /** Lines so far of this phase, stdout and stderr as they came. */
  readonly lines: readonly string[];
  /** Signals the action's own process (the default), or its whole process group. */
  kill(signal: NodeJS.Signals, whom?: 'process' | 'group'): void;
  /** Cancels as a runner does: SIGINT, SIGTERM after 7.5 s, SIGKILL after 2.5 s more. */
  cancel(): void;
  /** Resolves with the first line, past or to come, of this phase that matches; rejects when the phase ends without. */
  untilLine(pattern: RegExp): Promise<string>;
}

/** A line of output that a runner obeys. */
export interface WorkflowCommand {
  /** Lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  /** As printed. */
  readonly line: string;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string | undefined;
  readonly message: string;
}

export interface PhaseResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Both in order of arrival. */
  readonly lines: readonly string[];
  /** Everything the runner obeyed, wherever in the output it came from: text of an eval must never be among these. */
  readonly commands: readonly WorkflowCommand[];
  readonly annotations: readonly Annotation[];
  readonly groups: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  /** Markdown. */
  readonly summary: string;
  /** Process ids that the phase left running (Linux only, empty elsewhere). */
  readonly orphans: readonly number[];
}

export interface RunResult extends PhaseResult {
  /** Undefined when the action has no post, or `phase` left it out. */
  readonly post: PhaseResult | undefined;
}

/** Runs main, whatever ends it, then post, as `post-if: always()` says; then ends what they left running, as a runner does. */
export async function runAction(options: RunOptions): Promise<RunResult> {
  const action = options.action ?? ownAction;
  const manifest = readManifest(readFileSync(join(action, 'action.yml'), 'utf8'));
  const machine = prepare(options, action, manifest);
  try {
    if (options.phase === 'post') {
      const only = await runPhase('post', options, action, manifest, machine, options.state ?? {});
      return { ...only, post: undefined };
    }
    const main = await runPhase('main', options, action, manifest, machine, {});
    if (options.phase === 'main' || manifest.post === undefined) return { ...main, post: undefined };
    machine.env = { ...machine.env, ...main.exportedEnv };
    machine.env.PATH = [...main.addedPaths.toReversed(), machine.env.PATH].join(':');
    return { ...main, post: await runPhase('post', options, action, manifest, machine, main.state) };
  } finally {
    if (!options.leaveOrphans) for (const pid of processesOf(machine.trackingId)) signal(pid, 'SIGKILL');
  }
}

/** The commands among `result.commands` (of main and post) that hold this text in their data or properties. */
export function commandsHolding(result: RunResult, text: string): WorkflowCommand[] {
  return [...result.commands, ...(result.post?.commands ?? [])].filter((command) =>
    command.line.includes(text),
  );
}

export interface Manifest {
  /** Defaults by input name; an input without one has the empty text, as a runner gives it. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly main: string;
  readonly post: string | undefined;
}

/**
 * Reads what a runner needs of an action.yml: two-space indentation, and defaults that stand on one line. Anything else
 * under `default:` is refused rather than misread.
 */
export function readManifest(yaml: string): Manifest {
  const inputs: Record<string, string> = {};
  const runs: Record<string, string> = {};
  let section = '';
  let input = '';
  for (const line of yaml.split('\n')) {
    const [, indent = '', name = '', value = ''] = /^( *)(\w(?:[\w -]*\w)?):(?: +(.*))?$/.exec(line) ?? [];
    if (name === '') continue;
    if (indent === '') section = name;
    else if (section === 'inputs' && indent.length === 2) {
      input = name;
      inputs[input] = '';
    } else if (section === 'inputs' && indent.length === 4 && name === 'default')
      inputs[input] = scalar(value);
    else if (section === 'runs' && indent.length === 2) runs[name] = scalar(value);
  }
  if (!runs.using?.startsWith('node') || runs.main === undefined) {
    throw new Error('action.yml does not say which JavaScript to run');
  }
  if (runs.post !== undefined && runs['post-if'] !== undefined && !/always\(\)/.test(runs['post-if'])) {
    throw new Error(`only post-if: always() is known here, not ${runs['post-if']}`);
  }
  return { inputs, main: runs.main, post: runs.post };
}

function scalar(text: string): string {
  if (text.startsWith('"')) return JSON.parse(text.replace(/ +#[^"]*$/, '')) as string;
  const single = /^'((?:[^']|'')*)'(?: +#.*)?$/.exec(text);
  if (single) return (single[1] ?? '').replaceAll("''", "'");
  const plain = text.replace(/ +#.*$/, '').trim();
  if (/^[|>&*!{["']/.test(plain)) throw new Error(`cannot read the YAML value ${text}`);
  if (plain.includes('${{')) throw new Error(`cannot evaluate ${text}`);
  return plain;
}

interface Machine {
  env: Record<string, string>;
  readonly workspace: string;
  readonly temp: string;
  readonly trackingId: string;
}

function prepare(options: RunOptions, action: string, manifest: Manifest): Machine {
  const { directory, inputs = {}, stateDirectory, repository = 'octo-org/octo-repo' } = options;
  const given = { ...inputs, ...(stateDirectory === undefined ? {} : { 'state-directory': stateDirectory }) };
  const unknown = Object.keys(given).filter((name) => !(name in manifest.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);

  // A runner's own paths hold no links; the temporary directory of macOS does.
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

async function runPhase(
  phase: 'main' | 'post',
  options: RunOptions,
  action: string,
  manifest: Manifest,
  machine: Machine,
  state: Readonly<Record<string, string>>,
): Promise<PhaseResult> {
  const script = phase === 'main' ? manifest.main : manifest.post;
  if (script === undefined) throw new Error('the action has no post');
  const file = (command: string): string =>
    join(machine.temp, '_runner_file_commands', `${command}_${phase}`);
  const env: Record<string, string> = { ...machine.env };
  for (const [variable, command] of Object.entries(fileCommands)) {
    writeFileSync(file(command), '');
    env[variable] = file(command);
  }
  for (const [name, value] of Object.entries(state)) env[`STATE_${name}`] = value;

  const child = spawn(process.execPath, [join(action, script)], {
    cwd: machine.workspace,
    env,
    // Its own group, so that a test can signal all of it and never itself.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    // 'exit', not 'close': a child that outlives the action would keep the pipes open.
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  if (pid === undefined) {
    await ended;
    throw new Error(`${script} could not be started`);
  }

  const output = new Output();
  const running = runningAction(phase, pid, child, output);
  output.onLine = (line) => options.onLine?.(line, running);
  const drained = Promise.all([output.read(child, 'stdout'), output.read(child, 'stderr')]);
  const { code, signal } = await ended;
  const orphans = processesOf(machine.trackingId);
  // What the action printed last is still in the pipe; what an orphan will print later is not waited for.
  const closePipes = setTimeout(
    () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    orphans.length > 0 ? 500 : 10_000,
  );
  await drained;
  clearTimeout(closePipes);
  output.end();

  return {
    exitCode: code,
    signal,
    stdout: output.stdout,
    stderr: output.stderr,
    lines: output.lines,
    commands: output.commands,
    annotations: output.commands.flatMap(annotation),
    groups: output.groups,
    outputs: readKeyValues(readFileSync(file('set_output'), 'utf8')),
    state: readKeyValues(readFileSync(file('save_state'), 'utf8')),
    exportedEnv: readKeyValues(readFileSync(file('set_env'), 'utf8')),
    addedPaths: readFileSync(file('add_path'), 'utf8')
      .split(/\r?\n/)
      .filter((path) => path !== ''),
    summary: readFileSync(file('step_summary'), 'utf8'),
    orphans,
  };
}

const fileCommands = {
  GITHUB_OUTPUT: 'set_output',
  GITHUB_STATE: 'save_state',
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_STEP_SUMMARY: 'step_summary',
} as const;

function runningAction(
  phase: 'main' | 'post',
  pid: number,
  child: ChildProcess,
  output: Output,
): RunningAction {
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    phase,
    pid,
    lines: output.lines,
    kill: (name, whom = 'process') => {
      if (!over()) signal(whom === 'group' ? -pid : pid, name);
    },
    cancel: () => {
      if (over()) return;
      signal(pid, 'SIGINT');
      const timers = [
        setTimeout(() => signal(pid, 'SIGTERM'), 7_500),
        setTimeout(() => signal(pid, 'SIGKILL'), 10_000),
      ];
      child.once('exit', () => timers.forEach(clearTimeout));
    },
    untilLine: (pattern) => output.untilLine(pattern),
  };
}

/** The output of one phase, read as a runner reads it. */
class Output {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly lines: string[] = [];
  readonly commands: WorkflowCommand[] = [];
  readonly groups: { title: string; lines: string[] }[] = [];
  onLine: (line: string) => void = () => {};
  readonly #parser = new CommandParser();
  readonly #waiting = new Set<{
    pattern: RegExp;
    resolve: (line: string) => void;
    reject: (error: Error) => void;
  }>();
  #group: { title: string; lines: string[] } | undefined;
  #ended = false;

  async read(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<void> {
    const stream = child[name];
    if (!stream) return;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      for await (const chunk of stream) {
        rest += decoder.write(chunk);
        // A lone \r ends a line too: .NET's StreamReader.ReadLine takes it so. One at the very end may be half of \r\n.
        const parts = rest.split(/\r\n|\n|\r(?!$)/);
        rest = parts.pop() ?? '';
        for (const line of parts) this.#line(name, line);
      }
    } catch (error) {
      // The pipe of an orphan is closed under it.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
    rest += decoder.end();
    if (rest !== '') for (const line of rest.replace(/\r$/, '').split('\r')) this.#line(name, line);
  }

  untilLine(pattern: RegExp): Promise<string> {
    const seen = this.lines.find((line) => pattern.test(line));
    if (seen !== undefined) return Promise.resolve(seen);
    if (this.#ended) return Promise.reject(this.#never(pattern));
    return new Promise((resolve, reject) => this.#waiting.add({ pattern, resolve, reject }));
  }

  end(): void {
    this.#ended = true;
    for (const { pattern, reject } of this.#waiting) reject(this.#never(pattern));
  }

  #never(pattern: RegExp): Error {
    return new Error(`no line of the output matched ${pattern}:\n${this.lines.join('\n')}`);
  }

  #line(stream: 'stdout' | 'stderr', line: string): void {
    this[stream].push(line);
    this.lines.push(line);
    const command = this.#parser.parse(line);
    if (command) this.#obey(command);
    else this.#group?.lines.push(line);
    for (const each of this.#waiting) {
      if (!each.pattern.test(line)) continue;
      this.#waiting.delete(each);
      each.resolve(line);
    }
    this.onLine(line);
  }

  #obey(command: WorkflowCommand): void {
    this.commands.push(command);
    if (command.name === 'group') {
      this.#group = { title: command.data, lines: [] };
      this.groups.push(this.#group);
    }
    if (command.name === 'endgroup') this.#group = undefined;
  }
}

/** Every command that a runner has registered; others are plain text to it. */
const registered = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** Finds workflow commands in lines of output, one step's worth, `stop-commands` included. */
export class CommandParser {
  #resumeToken: string | undefined;

  /** The command that a runner obeys at this line, if any. */
  parse(line: string): WorkflowCommand | undefined {
    const command = parseColons(line, this.#knows) ?? parseBrackets(line, this.#knows);
    if (!command) return undefined;
    if (this.#resumeToken !== undefined) {
      if (command.name !== this.#resumeToken) return undefined;
      this.#resumeToken = undefined;
      return command;
    }
    if (command.name === 'stop-commands') {
      if (
        command.data === '' ||
        registered.has(command.data.toLowerCase()) ||
        command.data === 'pause-logging'
      ) {
        throw new Error(`a runner refuses this stop-commands token: ${line}`);
      }
      this.#resumeToken = command.data.toLowerCase();
    }
    return command;
  }

  readonly #knows = (name: string): boolean => registered.has(name) || name === this.#resumeToken;
}

/** `::name key=value,key=value::data` at the start of a line, after white space. */
function parseColons(line: string, knows: (name: string) => boolean): WorkflowCommand | undefined {
  const text = line.trimStart();
  if (!text.startsWith('::')) return undefined;
  const end = text.indexOf('::', 2);
  if (end < 0) return undefined;
  const { name, rest } = nameAndRest(text.slice(2, end));
  if (!knows(name)) return undefined;
  const properties = readProperties(rest.trim(), ',', (v) =>
    unescaped(v, { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }),
  );
  return { name, properties, data: unescaped(text.slice(end + 2), { '%0D': '\r', '%0A': '\n' }), line };
}

/** `##[name key=value;key=value]data` anywhere in a line. */
function parseBrackets(line: string, knows: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const { name, rest } = nameAndRest(line.slice(start + 3, end));
  if (!knows(name)) return undefined;
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']' };
  const properties = readProperties(rest, ';', (v) => unescaped(v, escapes));
  return { name, properties, data: unescaped(line.slice(end + 1), escapes), line };
}

function nameAndRest(info: string): { name: string; rest: string } {
  const space = info.indexOf(' ');
  if (space < 0) return { name: info.toLowerCase(), rest: '' };
  return { name: info.slice(0, space).toLowerCase(), rest: info.slice(space + 1) };
}

function readProperties(
  text: string,
  separator: string,
  read: (value: string) => string,
): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(separator)) {
    const [, key, value] = /^=*([^=]+)=(.+)$/s.exec(part) ?? [];
    if (key !== undefined && value !== undefined) properties[key.toLowerCase()] = read(value);
  }
  return properties;
}

function unescaped(text: string, escapes: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [from, to] of Object.entries(escapes)) result = result.replaceAll(from, to);
  return result.replaceAll('%25', '%');
}

function annotation({ name, properties, data }: WorkflowCommand): Annotation[] {
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return [];
  return [{ level: name, title: properties.title, message: data }];
}

/** Reads GITHUB_OUTPUT and its like: `name=value` lines, and `name<<delimiter` blocks. Throws where a runner would. */
export function readKeyValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    if (heredoc <= 0 || delimiter === '') throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(delimiter, i + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    values[name] = lines.slice(i + 1, end).join('\n');
    i = end;
  }
  return values;
}

/** A runner finds what a job left running by this variable. Other systems than Linux do not show it. */
function processesOf(trackingId: string): number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `RUNNER_TRACKING_ID=${trackingId}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && environmentOf(pid).includes(wanted))
    .filter(isRunning);
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Whether a process lives. One that is dead but not yet reaped does not (told apart on Linux only). */
export function isRunning(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** Signals a process, or a group when negative, that may have ended in the meantime. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
