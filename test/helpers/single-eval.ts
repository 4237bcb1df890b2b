/** `executeEval` of one eval, with a real gateway, state and journals. A program of the test stands in for `oaieval`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Engine, EvalExecution, RunningEval } from '../../src/engine/engine.ts';
import { defaultRetryPolicy } from '../../src/gateway/call/retry-policy.ts';
import { startGateway } from '../../src/gateway/gateway.ts';
import { providerUrls } from '../../src/gateway/providers.ts';
import { type Exit, spawnGroup } from '../../src/process/group.ts';
import { Journal } from '../../src/progress/journal.ts';
import { Journals } from '../../src/progress/journals.ts';
import { statePaths } from '../../src/progress/paths.ts';
import { State } from '../../src/progress/state.ts';
import { type ExecuteOptions, executeEval } from '../../src/run/execute-eval.ts';
import type { Faults } from '../stand-ins/api-faults.ts';
import { startModelApi } from '../stand-ins/model-api.ts';
import { owner, planned, recordingLog, temporaryDirectory } from './builders.ts';
import { silentLog } from './silent-log.ts';

export const EVAL = planned('a.dev.v0');

export interface SingleEvalOptions extends Partial<ExecuteOptions> {
  readonly faults?: Faults;
}

export async function singleEval(engine: Engine, { faults, ...options }: SingleEvalOptions = {}) {
  const api = await startModelApi(faults ? { faults } : {});
  const gateway = await startGateway({
    env: {},
    urls: providerUrls({ OPENAI_BASE_URL: api.url }),
    maxRequestsInFlight: 4,
    log: silentLog,
    retryPolicy: { ...defaultRetryPolicy, initialDelayMs: 1, maxDelayMs: 2, maxAttempts: 2 },
  });
  onTestFinished(async () => {
    await gateway.close();
    await api.close();
  });
  const paths = statePaths(temporaryDirectory(), 'gpt-4', 'set');
  const state = State.open({ paths, owner, log: silentLog });
  const log = recordingLog();
  const journals = new Journals(paths);
  const complete: ExecuteOptions = {
    state,
    engine,
    command: { args: [], registryPaths: [] },
    run: { repository: 'o/r', id: '1', attempt: 1 },
    attempts: 1,
    gateway,
    sampleResume: true,
    threads: undefined,
    stopped: new AbortController().signal,
    timeouts: { evalTimeoutMs: undefined, stallTimeoutMs: 600_000 },
    journals,
    graceMs: 600_000,
    deadline: new AbortController().signal,
    ...options,
  };
  return {
    api,
    state,
    log,
    journals,
    /** Each call is a new run, as far as recorded responses are concerned. */
    execute: (more: Partial<ExecuteOptions> = {}, of = EVAL) =>
      executeEval(of, { ...complete, ...more }, log),
    /** Responses that the next run would replay. */
    recordedCount(): number {
      const { value: fingerprint, parts } = EVAL.fingerprint;
      const { journal } = Journal.open(paths, { eval: EVAL.key, repository: 'o/r', fingerprint, parts });
      onTestFinished(() => journal.close());
      return journal.size;
    },
  };
}

export interface ProgramContext {
  /** Counts from 1, over all runs. */
  readonly attempt: number;
  say(line: string): void;
  /** Writes a record with a final report. */
  report(): void;
  /** Requests a chat completion. Different contents are different requests. */
  ask(content: string): Promise<void>;
  post(path: string, fields: object): Promise<void>;
}

/** @returns the exit code, or the signal that kills the eval */
export type Program = (context: ProgramContext) => Promise<number | NodeJS.Signals>;

/** Never ends by itself. */
export const hang: Program = () => new Promise(() => {});

/** An engine that runs a program inside of this process, which takes no time to start. */
export class ProgramEngine implements Engine {
  /** Attempts that were started. */
  attempts = 0;
  /** All signals that were sent to evals. */
  readonly signals: NodeJS.Signals[] = [];
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  start({ args, env, onLine }: EvalExecution): RunningEval {
    this.attempts += 1;
    const { promise: exit, resolve } = Promise.withResolvers<Exit>();
    // A process that ends drops its connections.
    const ended = new AbortController();
    const end = (how: number | NodeJS.Signals): void => {
      ended.abort();
      resolve(typeof how === 'number' ? { code: how, signal: null } : { code: null, signal: how });
    };
    const post = async (path: string, fields: object): Promise<void> => {
      const response = await fetch(`${env.OPENAI_BASE_URL}${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-test' },
        body: JSON.stringify(fields),
        signal: ended.signal,
      });
      await response.text();
    };
    const context: ProgramContext = {
      attempt: this.attempts,
      say: onLine,
      report: () => writeFileSync(args.at(-1) ?? '', '{"final_report": {"accuracy": 0.5}}\n'),
      ask: (content) => post('/chat/completions', { model: 'gpt-4', messages: [{ role: 'user', content }] }),
      post,
    };
    this.#program(context).then(end, () => end(1));
    return {
      exit,
      signal: (signal) => {
        this.signals.push(signal);
        end(signal);
      },
    };
  }

  async close(): Promise<void> {}
}

/** What the scripts below share: the number of the `attempt`, `say` and `report`. */
const PRELUDE = `
const fs = require('node:fs');
const record = process.argv.at(-1);
const attempt = fs.existsSync('attempts') ? Number(fs.readFileSync('attempts', 'utf8')) + 1 : 1;
fs.writeFileSync('attempts', String(attempt));
const say = (line) => process.stdout.write(line + '\\n');
const report = () => fs.writeFileSync(record, '{"final_report": {"accuracy": 0.5}}\\n');
const hang = () => setTimeout(() => {}, 600_000);
`;

/** An engine that runs a script in a process, for tests of how processes end. */
export class ScriptEngine implements Engine {
  readonly #program: string;
  readonly #cwd = temporaryDirectory();

  constructor(script: string) {
    this.#program = `${PRELUDE}\n${script}`;
  }

  start({ args, env, onLine }: EvalExecution): RunningEval {
    return spawnGroup(process.execPath, ['-e', this.#program, '--', ...args], {
      cwd: this.#cwd,
      env: { PATH: process.env.PATH, ...env },
      onLine,
    });
  }

  async close(): Promise<void> {}

  /** Attempts that were started. */
  get attempts(): number {
    return Number(readFileSync(join(this.#cwd, 'attempts'), 'utf8'));
  }
}
