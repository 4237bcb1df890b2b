/** The warm host as this process sees it: src/python/oaievalset_action/host.py says what it is, and in which words it is talked to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pythonProgram } from '../environment/python-sources.ts';
import { reasonOf } from '../errors.ts';
import type { PlanFailure, Planner } from '../plan/planner.ts';
import { type Exit, readLines } from '../process/group.ts';
import { type ChildProcess, signalGroup, startLeader } from '../process/leader.ts';
import { readRedraws } from '../process/redraws.ts';
import { EngineLost, type EvalExecution, type RunningEval } from './engine.ts';

export interface WarmHostOptions {
  readonly python: string;
  readonly cwd: string;
  /** The whole environment of the host; each eval adds its own. */
  readonly env: NodeJS.ProcessEnv;
}

/** What is to be imported before the first eval is forked. */
export interface Preparation {
  readonly evals: readonly string[];
  readonly models: readonly string[];
  readonly registryPaths: readonly string[];
  readonly chatFallback: boolean;
}

/** There can be no host on this machine; evals that have a process each do without. */
export class HostUnavailable extends Error {}

/** Bytes of the path of a Unix socket: 107 on Linux, 103 elsewhere. Node cuts what is longer off. */
const LONGEST_PATH = 103;

const KEPT_LINES = 100;

/** The connections of an eval: its stdout, its stderr. */
const STREAMS = 2;

/** How long a connection may outlive its processes, which are all gone, before it is cut. */
const LAST_OUTPUT = 2000;

/** How long the host has to end when it is told to. */
const LAST_WORDS = 2000;

interface Running {
  readonly settle: PromiseWithResolvers<Exit>;
  readonly onLine: (line: string) => void;
  readonly onRedraw: ((line: string) => void) | undefined;
  readonly output: Set<Socket>;
  /** Settles when both streams have been read to their end. */
  readonly read: PromiseWithResolvers<void>;
  streamsRead: number;
  pid: number | undefined;
  waitingSignal: NodeJS.Signals | undefined;
  ended: boolean;
}

export class WarmHost implements Planner {
  readonly #child: ChildProcess;
  readonly #control: Duplex;
  readonly #server: Server;
  readonly #directory: string;
  readonly #running = new Map<number, Running>();
  readonly #printed: string[] = [];
  #nextId = 1;
  #answer: PromiseWithResolvers<Record<string, unknown>> | undefined;
  #gone: string | undefined;
  readonly #closed = Promise.withResolvers<void>();

  private constructor(child: ChildProcess, server: Server, directory: string) {
    this.#child = child;
    this.#server = server;
    this.#directory = directory;
    this.#control = child.stdio[4] as Duplex;
    for (const stream of [child.stdout, child.stderr])
      if (stream) readLines(stream, (line) => this.#keep(line));
    readLines(this.#control, (line) => this.#hear(line));
    this.#control.on('error', () => {});
    server.on('connection', (socket) => this.#connect(socket));
    child.once('error', (error) => this.#end(`could not be started: ${reasonOf(error)}`));
    child.once('exit', (code, signal) => {
      const end = (): void => this.#end(`ended with ${signal ?? `exit code ${code}`}`);
      child.once('close', end);
      // What modules of the set have started there may hold its output open for ever.
      signalGroup(child.pid, 'SIGKILL');
      setTimeout(end, LAST_OUTPUT).unref();
    });
  }

  /** Starts it; it has imported nothing yet. @throws HostUnavailable when there can be no socket for its output */
  static async start({ python, cwd, env }: WarmHostOptions): Promise<WarmHost> {
    const { server, directory, path } = await listen([
      tmpdir(),
      ...(env.RUNNER_TEMP ? [env.RUNNER_TEMP] : []),
    ]);
    const child = startLeader(python, pythonProgram('host', path), {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    return new WarmHost(child, server, directory);
  }

  /** Why it is no more; undefined while it lives. */
  get gone(): string | undefined {
    return this.#gone;
  }

  /** Whether it has ended by a signal, and not of its own. */
  get killed(): boolean {
    return this.#gone !== undefined && this.#child.signalCode !== null;
  }

  /** The last lines it printed itself, outside of any eval. */
  get printed(): readonly string[] {
    return this.#printed;
  }

  async plan(questionFile: string, answerFile: string): Promise<PlanFailure | undefined> {
    try {
      await this.#ask({ do: 'plan', request: questionFile, output: answerFile });
      return undefined;
    } catch (error) {
      return { why: `${this.#child.spawnfile} ${reasonOf(error)}`, printed: this.#printed.join('\n') };
    }
  }

  /** @returns undefined when evals may be forked, or why not. Rejects when it dies. */
  async prepare({ evals, models, registryPaths, chatFallback }: Preparation): Promise<string | undefined> {
    const answer = await this.#ask({
      do: 'prepare',
      evals,
      models,
      registry_paths: registryPaths,
      chat_fallback: chatFallback,
    });
    return typeof answer.unfit === 'string' ? answer.unfit : undefined;
  }

  /** Forks an eval. Its exit rejects with EngineLost when the host dies before it has told the eval's end. */
  run({ args, env, onLine, onRedraw }: EvalExecution): RunningEval {
    const id = this.#nextId++;
    const running: Running = {
      settle: Promise.withResolvers(),
      onLine,
      onRedraw,
      output: new Set(),
      read: Promise.withResolvers(),
      streamsRead: 0,
      pid: undefined,
      waitingSignal: undefined,
      ended: false,
    };
    this.#running.set(id, running);
    if (this.#gone !== undefined) this.#lose(id, running);
    else this.#send({ do: 'run', id, args, env });
    return {
      exit: running.settle.promise,
      signal(signal) {
        if (running.ended) return;
        if (running.pid === undefined) running.waitingSignal = signal;
        else signalGroup(running.pid, signal);
      },
    };
  }

  /** Ends it, and every eval that still runs. */
  async close(): Promise<void> {
    this.#control.end();
    const timer = setTimeout(() => signalGroup(this.#child.pid, 'SIGKILL'), LAST_WORDS);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  async #ask(question: object): Promise<Record<string, unknown>> {
    if (this.#gone !== undefined) throw new Error(this.#gone);
    this.#answer = Promise.withResolvers();
    this.#send(question);
    return await this.#answer.promise;
  }

  #send(message: object): void {
    this.#control.write(`${JSON.stringify(message)}\n`);
  }

  #hear(line: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(line) as Record<string, unknown>;
    } catch {
      this.#end('sent a message that is not JSON');
      return;
    }
    const id = Number(message.id);
    const running = this.#running.get(id);
    if (!running) {
      this.#answer?.resolve(message);
    } else if (typeof message.pid === 'number') {
      running.pid = message.pid;
      if (running.waitingSignal) signalGroup(running.pid, running.waitingSignal);
    } else if (typeof message.error === 'string') {
      running.ended = true;
      this.#running.delete(id);
      running.settle.reject(new Error(message.error));
    } else {
      running.ended = true;
      const code = typeof message.code === 'number' ? message.code : null;
      const signal = (message.signal ?? null) as NodeJS.Signals | null;
      void this.#outputEnd(running).then(() => {
        this.#running.delete(id);
        running.settle.resolve({ code, signal });
      });
    }
  }

  /** A connection says whose output it is, and then is that output. */
  #connect(socket: Socket): void {
    let head = Buffer.alloc(0);
    const onHead = (data: Buffer): void => {
      head = Buffer.concat([head, data]);
      const newline = head.indexOf(10);
      if (newline < 0) return;
      socket.off('data', onHead);
      socket.pause();
      const running = this.#running.get(Number.parseInt(head.toString('latin1', 0, newline), 10));
      if (!running) {
        socket.destroy();
        return;
      }
      running.output.add(socket);
      socket.once('close', () => {
        running.output.delete(socket);
        running.streamsRead += 1;
        if (running.streamsRead === STREAMS) running.read.resolve();
      });
      const rest = head.subarray(newline + 1);
      if (rest.length > 0) socket.unshift(rest);
      readLines(socket, running.onLine);
      if (running.onRedraw) readRedraws(socket, running.onRedraw);
      socket.resume();
    };
    socket.on('data', onHead);
    socket.on('error', () => {});
  }

  /** Nobody is left who could write; what was written, and even the connections, may still be on their way. */
  async #outputEnd({ output, read }: Running): Promise<void> {
    const timer = setTimeout(() => {
      for (const socket of output) socket.destroy();
      read.resolve();
    }, LAST_OUTPUT);
    await read.promise;
    clearTimeout(timer);
  }

  #keep(line: string): void {
    this.#printed.push(line);
    if (this.#printed.length > KEPT_LINES) this.#printed.shift();
  }

  #end(why: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = why;
    this.#answer?.reject(new Error(why));
    this.#answer?.promise.catch(() => {});
    for (const [id, running] of this.#running) if (!running.ended) this.#lose(id, running);
    signalGroup(this.#child.pid, 'SIGKILL');
    // What an eval has forked, and has left its group, may hold the other ends, and this process would wait for them.
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
    this.#closed.resolve();
  }

  #lose(id: number, running: Running): void {
    running.ended = true;
    this.#running.delete(id);
    // It notices by itself that its host is gone; nobody waits for that.
    signalGroup(running.pid, 'SIGKILL');
    for (const socket of running.output) socket.destroy();
    running.settle.reject(
      new EngineLost(`the Python process that it was forked from ${this.#gone ?? 'is gone'}`),
    );
  }
}

interface Listening {
  readonly server: Server;
  readonly directory: string;
  readonly path: string;
}

/** A Unix socket in a directory that is this user's alone, in the first of these places that can have one. */
async function listen(places: readonly string[]): Promise<Listening> {
  const reasons: string[] = [];
  for (const place of places) {
    let directory: string | undefined;
    try {
      directory = mkdtempSync(join(place, 'oaievalset-'));
      const path = join(directory, 'output');
      if (Buffer.byteLength(path) > LONGEST_PATH)
        throw new Error(`${place}: too long for the path of a socket`);
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      return { server, directory, path };
    } catch (error) {
      reasons.push(reasonOf(error));
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    }
  }
  throw new HostUnavailable(`there is no place for the socket that evals print to (${reasons.join('; ')})`);
}
