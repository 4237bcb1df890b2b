/** The client of the warm host. src/python/oaievalset_action/host.py explains the host and documents the messages. */
import { tmpdir } from 'node:os';
import type { Duplex } from 'node:stream';
import { pythonProgram } from '../environment/python-sources.ts';
import { reasonOf } from '../errors.ts';
import type { PlanFailure, Planner } from '../plan/planner.ts';
import { type Exit, readLines } from '../process/group.ts';
import { type ChildProcess, signalGroup, startLeader } from '../process/leader.ts';
import { EngineLost, type EvalExecution, type RunningEval } from './engine.ts';
import { type EvalOutput, OutputSocket } from './output-socket.ts';

export interface WarmHostOptions {
  readonly python: string;
  readonly cwd: string;
  /** The whole environment of the host. Each eval adds its own variables. */
  readonly env: NodeJS.ProcessEnv;
}

/** Determines what the host imports before it forks the first eval. */
export interface Preparation {
  readonly evals: readonly string[];
  readonly models: readonly string[];
  readonly registryPaths: readonly string[];
  readonly chatFallback: boolean;
}

/** Last lines of the host's own output, for messages. */
const MAX_PRINTED_LINES = 100;

/** How long the output of the host may stay open after the host has ended. */
const DRAIN_MS = 2000;

/** How long the host may take to end on close, before it is killed. */
const CLOSE_GRACE_MS = 2000;

/** A forked eval whose end has not been reported yet. */
interface ForkedEval {
  readonly exit: PromiseWithResolvers<Exit>;
  readonly output: EvalOutput;
  pid: number | undefined;
  /** A signal that was sent before the process ID was known. */
  pendingSignal: NodeJS.Signals | undefined;
  hasEnded: boolean;
}

export class WarmHost implements Planner {
  readonly #child: ChildProcess;
  readonly #control: Duplex;
  readonly #socket: OutputSocket;
  readonly #running = new Map<number, ForkedEval>();
  readonly #printed: string[] = [];
  #nextId = 1;
  #response: PromiseWithResolvers<Record<string, unknown>> | undefined;
  #gone: string | undefined;
  readonly #closed = Promise.withResolvers<void>();

  private constructor(child: ChildProcess, socket: OutputSocket) {
    this.#child = child;
    this.#socket = socket;
    this.#control = child.stdio[4] as Duplex;
    for (const stream of [child.stdout, child.stderr])
      if (stream) readLines(stream, (line) => this.#rememberLine(line));
    readLines(this.#control, (line) => this.#receive(line));
    this.#control.on('error', () => {});
    child.once('error', (error) => this.#end(`could not be started: ${reasonOf(error)}`));
    child.once('exit', (code, signal) => {
      const end = (): void => this.#end(`ended with ${signal ?? `exit code ${code}`}`);
      child.once('close', end);
      // Processes that imported modules started in its group may hold its output open indefinitely.
      signalGroup(child.pid, 'SIGKILL');
      setTimeout(end, DRAIN_MS).unref();
    });
  }

  /**
   * Starts a host, which imports nothing until it plans or prepares.
   * @throws SocketUnavailable when there can be no socket for the output of evals
   */
  static async start({ python, cwd, env }: WarmHostOptions): Promise<WarmHost> {
    const socket = await OutputSocket.listen([tmpdir(), ...(env.RUNNER_TEMP ? [env.RUNNER_TEMP] : [])]);
    const child = startLeader(python, pythonProgram('host', socket.path), {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    return new WarmHost(child, socket);
  }

  /** The interpreter that it runs on. */
  get python(): string {
    return this.#child.spawnfile;
  }

  /** How the host ended, as a clause; undefined while it runs. */
  get gone(): string | undefined {
    return this.#gone;
  }

  /** Whether a signal ended the host. */
  get killed(): boolean {
    return this.#gone !== undefined && this.#child.signalCode !== null;
  }

  /** The last lines that the host printed outside of any eval. */
  get printed(): readonly string[] {
    return this.#printed;
  }

  async plan(requestFile: string, planFile: string): Promise<PlanFailure | undefined> {
    try {
      await this.#request({ do: 'plan', request: requestFile, output: planFile });
      return undefined;
    } catch (error) {
      return { why: `${this.#child.spawnfile} ${reasonOf(error)}`, printed: this.#printed.join('\n') };
    }
  }

  /** @returns undefined when evals can be forked safely, or why not. Rejects when the host dies. */
  async prepare({ evals, models, registryPaths, chatFallback }: Preparation): Promise<string | undefined> {
    const response = await this.#request({
      do: 'prepare',
      evals,
      models,
      registry_paths: registryPaths,
      chat_fallback: chatFallback,
    });
    return typeof response.unfit === 'string' ? response.unfit : undefined;
  }

  /** Forks an eval. Its exit rejects with EngineLost when the host dies before the end of the eval is reported. */
  run({ args, env, onLine, onRedraw }: EvalExecution): RunningEval {
    const id = this.#nextId++;
    const forked: ForkedEval = {
      exit: Promise.withResolvers(),
      output: this.#socket.expect(id, { onLine, onRedraw }),
      pid: undefined,
      pendingSignal: undefined,
      hasEnded: false,
    };
    this.#running.set(id, forked);
    if (this.#gone !== undefined) this.#lose(id, forked);
    else this.#send({ do: 'run', id, args, env });
    return {
      get pid() {
        return forked.pid;
      },
      exit: forked.exit.promise,
      signal(signal) {
        if (forked.hasEnded) return;
        if (forked.pid === undefined) forked.pendingSignal = signal;
        else signalGroup(forked.pid, signal);
      },
    };
  }

  /** Ends the host and every running eval. */
  async close(): Promise<void> {
    this.#control.end();
    const timer = setTimeout(() => signalGroup(this.#child.pid, 'SIGKILL'), CLOSE_GRACE_MS);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  async #request(message: object): Promise<Record<string, unknown>> {
    if (this.#gone !== undefined) throw new Error(this.#gone);
    this.#response = Promise.withResolvers();
    this.#send(message);
    return await this.#response.promise;
  }

  #send(message: object): void {
    this.#control.write(`${JSON.stringify(message)}\n`);
  }

  #receive(line: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(line) as Record<string, unknown>;
    } catch {
      this.#end('sent a message that is not JSON');
      return;
    }
    const id = Number(message.id);
    const forked = this.#running.get(id);
    if (forked) this.#advance(id, forked, message);
    else this.#response?.resolve(message);
  }

  /** Handles a message about one eval: its process has started, could not be started, or has ended. */
  #advance(id: number, forked: ForkedEval, message: Record<string, unknown>): void {
    if (typeof message.pid === 'number') {
      forked.pid = message.pid;
      if (forked.pendingSignal) signalGroup(forked.pid, forked.pendingSignal);
      return;
    }
    forked.hasEnded = true;
    if (typeof message.error === 'string') {
      this.#running.delete(id);
      forked.output.close();
      forked.exit.reject(new Error(message.error));
      return;
    }
    const code = typeof message.code === 'number' ? message.code : null;
    const signal = (message.signal ?? null) as NodeJS.Signals | null;
    void forked.output.drained().then(() => {
      this.#running.delete(id);
      forked.exit.resolve({ code, signal });
    });
  }

  #rememberLine(line: string): void {
    this.#printed.push(line);
    if (this.#printed.length > MAX_PRINTED_LINES) this.#printed.shift();
  }

  /** Settles everything that waits for the host, which is gone. */
  #end(why: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = why;
    this.#response?.reject(new Error(why));
    this.#response?.promise.catch(() => {});
    for (const [id, forked] of this.#running) if (!forked.hasEnded) this.#lose(id, forked);
    signalGroup(this.#child.pid, 'SIGKILL');
    // A process that an eval started outside of its group may hold the other ends, and this process would wait for it.
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#socket.close();
    this.#closed.resolve();
  }

  #lose(id: number, forked: ForkedEval): void {
    forked.hasEnded = true;
    this.#running.delete(id);
    // The eval also detects that its host is gone, but only after a while.
    signalGroup(forked.pid, 'SIGKILL');
    forked.output.close();
    forked.exit.reject(
      new EngineLost(`the Python process that it was forked from ${this.#gone ?? 'is gone'}`),
    );
  }
}
