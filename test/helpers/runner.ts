/**
 * Runs the shipped files of an action as a GitHub runner does: in its own process, with the same environment, file commands
 * and workflow commands. Sources, all in https://github.com/actions/runner:
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
  /** The directory of action.yml. The default is this repository. */
  readonly action?: string;
  /** The state that main saved, for a post that runs alone. */
  readonly state?: Readonly<Record<string, string>>;
  /** Does not kill the processes that main and post leave running: the test waits until they end on their own. */
  readonly leaveOrphans?: boolean;
  /** Called with each line that main or post prints. */
  readonly onLine?: (line: string, running: RunningAction) => void;
}

export interface RunningAction {
  /** The process of the phase that is running. */
  readonly pid: number;
  readonly phase: 'main' | 'post';
  /** The lines of this phase so far, of stdout and stderr in the order of their arrival. */
  readonly lines: readonly string[];
  /** Signals the process of the action, or its whole process group. */
  kill(signal: NodeJS.Signals, whom?: 'process' | 'group'): void;
  /** Cancels as a runner does: SIGINT, then SIGTERM after 7.5 s, then SIGKILL after 10 s. */
  cancel(): void;
  /** Resolves with the first line of this phase that matches, also one already printed. Rejects if the phase ends first. */
  untilLine(pattern: RegExp): Promise<string>;
}

export interface PhaseResult {
  /** Null if a signal killed it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** The lines of both, in the order of their arrival. */
  readonly lines: readonly string[];
  /** Every command that a runner executes. The text of an eval must never be one of them. */
  readonly commands: readonly WorkflowCommand[];
  readonly annotations: readonly Annotation[];
  readonly groups: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  readonly addedPaths: readonly string[];
  /** Markdown. */
  readonly summary: string;
  /** The ids of processes that the phase left running. Empty on systems other than Linux. */
  readonly orphans: readonly number[];
}

export interface RunResult extends PhaseResult {
  /** Undefined if the action has no post, or `phase` is `main`. */
  readonly post: PhaseResult | undefined;
}

/** Runs main, then post even if main fails (`post-if: always()`), and kills the processes that they leave running. */
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

/** The workflow commands of main and post that contain this text. */
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
  if (script === undefined) throw new Error('The action has no post step.');
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
    // Its own process group, so that a test can signal all of it, but not itself.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    // Not 'close': a process that outlives the action keeps the pipes open.
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  if (pid === undefined) {
    await ended;
    throw new Error(`${script} could not be started.`);
  }

  const output = new StepOutput();
  const running = runningAction(phase, pid, child, output);
  output.onLine = (line) => options.onLine?.(line, running);
  const drained = Promise.all([output.read(child, 'stdout'), output.read(child, 'stderr')]);
  const { code, signal: endedBy } = await ended;
  const orphans = leftRunning(step);
  // The last output of the action is still in the pipe. The output of orphans is not waited for.
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
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    phase,
    pid,
    lines: output.lines,
    kill: (name, whom = 'process') => {
      if (!ended()) signal(whom === 'group' ? -pid : pid, name);
    },
    cancel: () => {
      if (ended()) return;
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

/** The processes that the step has left running. Like a runner, it finds them by a variable in their environment. */
function leftRunning({ trackingId }: StepContext): number[] {
  return processesWith(`RUNNER_TRACKING_ID=${trackingId}`).map(({ pid }) => pid);
}
