/**
 * Runs an action as a GitHub runner does: its shipped files, in a process of its own, with the environment, the file
 * commands and the reading of its output that actions/runner has. Sources, all in https://github.com/actions/runner:
 * src/Runner.Common/ActionCommand.cs (commands in the output), src/Runner.Worker/ActionCommandManager.cs
 * (stop-commands), src/Runner.Worker/FileCommandManager.cs (GITHUB_OUTPUT and its like),
 * src/Runner.Worker/Handlers/Handler.cs (INPUT_*), src/Runner.Sdk/ProcessInvoker.cs (cancelling).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from './action-manifest.ts';
import { fileCommands, readKeyValues } from './file-commands.ts';
import { processesWith, signal } from './processes.ts';
import { prepareStep, type StepContext, type StepOptions } from './step-context.ts';
import { StepOutput } from './step-output.ts';
import { type Annotation, annotation, type WorkflowCommand } from './workflow-commands.ts';

/** The action in this repository. */
export const ownAction: string = join(import.meta.dirname, '../..');

export interface RunOptions extends StepOptions {
  /** What holds action.yml; this repository when left out. */
  readonly action?: string;
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
  const step = prepareStep(options, action, manifest);
  try {
    if (options.phase === 'post') {
      const only = await runPhase('post', options, action, manifest, step, options.state ?? {});
      return { ...only, post: undefined };
    }
    const main = await runPhase('main', options, action, manifest, step, {});
    if (options.phase === 'main' || manifest.post === undefined) return { ...main, post: undefined };
    step.env = { ...step.env, ...main.exportedEnv };
    step.env.PATH = [...main.addedPaths.toReversed(), step.env.PATH].join(':');
    return { ...main, post: await runPhase('post', options, action, manifest, step, main.state) };
  } finally {
    if (!options.leaveOrphans) for (const pid of leftRunning(step)) signal(pid, 'SIGKILL');
  }
}

/** The commands among `result.commands` (of main and post) that hold this text in their data or properties. */
export function commandsHolding(result: RunResult, text: string): WorkflowCommand[] {
  return [...result.commands, ...(result.post?.commands ?? [])].filter((command) =>
    command.line.includes(text),
  );
}

async function runPhase(
  phase: 'main' | 'post',
  options: RunOptions,
  action: string,
  manifest: Manifest,
  step: StepContext,
  state: Readonly<Record<string, string>>,
): Promise<PhaseResult> {
  const script = phase === 'main' ? manifest.main : manifest.post;
  if (script === undefined) throw new Error('the action has no post');
  const file = (command: string): string => join(step.temp, '_runner_file_commands', `${command}_${phase}`);
  const env: Record<string, string> = { ...step.env };
  for (const [variable, command] of Object.entries(fileCommands)) {
    writeFileSync(file(command), '');
    env[variable] = file(command);
  }
  for (const [name, value] of Object.entries(state)) env[`STATE_${name}`] = value;

  const child = spawn(process.execPath, [join(action, script)], {
    cwd: step.workspace,
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

  const output = new StepOutput();
  const running = runningAction(phase, pid, child, output);
  output.onLine = (line) => options.onLine?.(line, running);
  const drained = Promise.all([output.read(child, 'stdout'), output.read(child, 'stderr')]);
  const { code, signal: endedBy } = await ended;
  const orphans = leftRunning(step);
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
    signal: endedBy,
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

function runningAction(
  phase: 'main' | 'post',
  pid: number,
  child: ChildProcess,
  output: StepOutput,
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

/** A runner finds what a step left running by this variable. */
function leftRunning({ trackingId }: StepContext): number[] {
  return processesWith(`RUNNER_TRACKING_ID=${trackingId}`).map(({ pid }) => pid);
}
