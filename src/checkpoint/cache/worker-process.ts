import { signalGroup, startLeader } from '../../process/leader.ts';
import { RESULT_FD, type WorkerRequest, type WorkerResult } from './protocol.ts';

export interface WorkerOptions {
  /** The worker's program: `dist/cache-worker/index.js`, or `src/cache-worker.ts` if Node.js strips types. */
  readonly program: string;
  readonly cwd: string;
  /** The whole environment of the worker. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the time is up: the worker and its children are killed. */
  readonly late?: AbortSignal;
  /** Aborted when the caller stops the operation: they are killed as well. */
  readonly signal?: AbortSignal | undefined;
}

/** How a worker ended, and everything that it printed, in the order of arrival. */
export interface WorkerRun {
  readonly ended: 'responded' | 'died' | 'timed-out' | 'aborted';
  /** Present if and only if `ended` is `responded`. */
  readonly result?: WorkerResult;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, the name of the signal, or why the worker could not be started. */
  readonly exit: string;
}

/** Much more than our worker prints, so that a broken one cannot fill the memory. */
const MAX_OUTPUT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Runs the cache worker in a process group of its own, and leaves no process of that group behind. Never rejects.
 *
 * The worker does not inherit our stdout, because the client prints workflow commands, which the runner would obey.
 */
export function runWorker(request: WorkerRequest, options: WorkerOptions): Promise<WorkerRun> {
  const { program, cwd, env, late, signal } = options;
  return new Promise((resolve) => {
    let stopped: 'timed-out' | 'aborted' | undefined;
    let failedToStart = '';
    const texts = { stdout: '', stderr: '', result: '' };
    const child = startLeader(process.execPath, [program], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });

    const killGroup = () => signalGroup(child.pid, 'SIGKILL');
    const stop = (why: 'timed-out' | 'aborted') => {
      stopped ??= why;
      killGroup();
    };
    const onLate = () => stop('timed-out');
    const onAbort = () => stop('aborted');
    for (const [aborted, work] of [
      [late, onLate],
      [signal, onAbort],
    ] as const) {
      aborted?.addEventListener('abort', work, { once: true });
      if (aborted?.aborted) work();
    }

    for (const [name, fd] of [
      ['stdout', 1],
      ['stderr', 2],
      ['result', RESULT_FD],
    ] as const) {
      const stream = child.stdio[fd];
      if (!stream || !('setEncoding' in stream)) continue;
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        texts[name] = (texts[name] + text).slice(-MAX_OUTPUT_CHARACTERS);
      });
      stream.on('error', () => {});
    }
    // The worker may end before it reads; then it has died.
    child.stdin?.on('error', () => {});
    child.stdin?.write(`${JSON.stringify(request)}\n`);

    // A tar that outlives the worker would keep our pipes open, and continue to read or write the state.
    child.on('exit', killGroup);
    child.on('error', (error) => {
      failedToStart = error.message;
    });
    child.on('close', (code, killer) => {
      late?.removeEventListener('abort', onLate);
      signal?.removeEventListener('abort', onAbort);
      const result = resultOf(texts.result);
      const exit = failedToStart || (killer ?? `exit code ${code}`);
      const { stdout, stderr } = texts;
      // A result that was sent before the worker was killed is still valid.
      if (result) resolve({ ended: 'responded', result, stdout, stderr, exit });
      else resolve({ ended: stopped ?? 'died', stdout, stderr, exit });
    });
  });
}

function resultOf(text: string): WorkerResult | undefined {
  try {
    return JSON.parse(text) as WorkerResult;
  } catch {
    return undefined;
  }
}
