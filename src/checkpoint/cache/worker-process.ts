import { signalGroup, startLeader } from '../../process/leader.ts';
import { RESULT_FD, type WorkerRequest, type WorkerResult } from './protocol.ts';

export interface WorkerOptions {
  /** The worker's program: `dist/cache-worker/index.js`, or `src/cache-worker.ts` where node strips types. */
  readonly program: string;
  readonly cwd: string;
  /** The whole environment of the worker. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the time is up: the worker and its children are killed. */
  readonly late?: AbortSignal;
  /** Aborted when the caller stops the operation: the same happens. */
  readonly signal?: AbortSignal | undefined;
}

/** How a worker ended, and everything it printed. Lines of its stdout and stderr are in the order of arrival. */
export interface WorkerRun {
  readonly ended: 'answered' | 'died' | 'timed-out' | 'aborted';
  /** Present when, and only when, `ended` is `answered`. */
  readonly result?: WorkerResult;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code or the name of the signal, for a message about a worker that died. */
  readonly exit: string;
}

/** More than any honest worker prints; a bound, so that a strange one cannot fill the memory. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/**
 * Runs the cache worker in a process group of its own, and leaves no process of that group behind. Never rejects.
 *
 * The worker inherits nothing of our stdout: what the client prints there are workflow commands that the runner would
 * obey.
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
        texts[name] = (texts[name] + text).slice(-OUTPUT_LIMIT);
      });
      stream.on('error', () => {});
    }
    // The worker may be gone before it reads; that shows as a worker that died.
    child.stdin?.on('error', () => {});
    child.stdin?.write(`${JSON.stringify(request)}\n`);

    // A tar that outlives the worker would hold our pipes open, and go on reading or writing the state.
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
      // An answer that was given before the bound struck is still an answer.
      if (result) resolve({ ended: 'answered', result, stdout, stderr, exit });
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
