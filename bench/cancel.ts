/**
 * How long a runner waits when a job is cancelled while eight evals run: from its first signal until the Python processes
 * have ended, until the save begins, and until the step ends. It runs the shipped dist/ with a state of 50 MB.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { evalsPython } from '../test/helpers/evals-venv.ts';
import { isRunning, processesWith } from '../test/helpers/processes.ts';
import { writeRegistry } from '../test/helpers/registry.ts';
import { type RunningAction, runAction } from '../test/helpers/runner.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';
import { startModelApi } from '../test/stand-ins/model-api.ts';
import { type BenchOptions, spread } from './measure.ts';
import { NO_TARGET, type Section, section, target } from './section.ts';

const EVALS = 8;
const SAMPLES = 40;
/** Requests without a response when the job is cancelled. */
const IN_FLIGHT = 32;
const STATE_BYTES = 50 * 1024 ** 2;

/** Seconds from the first signal. */
interface Times {
  readonly pythonEnded: number;
  readonly saveBegan: number;
  readonly saved: number;
  readonly stepEnded: number;
}

interface Cancellation extends Times {
  readonly archiveBytes: number;
}

export async function cancelBench({ pairs }: BenchOptions): Promise<Section> {
  const python = await evalsPython();
  const runs: Cancellation[] = [];
  for (let round = 0; round < pairs; round += 1) runs.push(await cancelOnce(python));
  const all = (name: keyof Cancellation) => runs.map((run) => run[name]);
  const seconds = (name: keyof Times) => spread(all(name), ' s');
  const archive = Math.round(Math.min(...all('archiveBytes')) / 1024 ** 2);
  return section(
    'Cancelling',
    `${EVALS} evals at a time, ${IN_FLIGHT} requests in flight, a state of ${STATE_BYTES / 1024 ** 2} MB; measured ${pairs} times.`,
    ['from the first signal until', 'measured'],
    [
      ['the last Python process has ended', seconds('pythonEnded'), NO_TARGET],
      ['the save begins', seconds('saveBegan'), target('<', 4, 's', all('saveBegan'))],
      [
        `the checkpoint (an archive of ${archive} MB) is saved`,
        seconds('saved'),
        target('<', 7.5, 's', all('saved')),
      ],
      ['the step and its post step have ended', seconds('stepEnded'), NO_TARGET],
    ],
  );
}

/** Cancels the action when half of the responses are recorded and all slots wait for the API. */
async function cancelOnce(python: string): Promise<Cancellation> {
  const root = mkdtempSync(join(tmpdir(), 'oaievalset-bench-'));
  const api = await startModelApi();
  const saving: { began?: number; ended?: number } = {};
  const cache = await startCacheService({
    faults: ({ step }) => {
      if (step === 'create') saving.began ??= performance.now();
      if (step === 'finalize') saving.ended ??= performance.now();
      return undefined;
    },
  });
  try {
    const stateDirectory = join(root, 'state');
    writeOldRecordFiles(stateDirectory);
    api.holdAfter((EVALS * SAMPLES) / 2);
    const started = Promise.withResolvers<RunningAction>();
    const trackingId = `github_${randomUUID()}`;
    const ended = runAction({
      directory: join(root, 'runner'),
      stateDirectory,
      inputs: {
        model: 'gpt-4',
        'eval-set': 'cancel',
        python,
        'registry-path': makeRegistry(join(root, 'registry')),
        'parallel-evals': String(EVALS),
        'max-requests-in-flight': String(IN_FLIGHT),
      },
      env: { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: api.url, RUNNER_TRACKING_ID: trackingId, ...cache.env },
      onLine: (_, running) => started.resolve(running),
    });
    await Promise.race([
      api.untilHeld(IN_FLIGHT),
      ended.then(({ lines }) => {
        throw new Error(`The step ended before it was cancelled:\n${lines.join('\n')}`);
      }),
    ]);
    const running = await started.promise;
    const evalProcesses = pythonProcesses(`RUNNER_TRACKING_ID=${trackingId}`);
    const begun = performance.now();
    running.cancel();
    const [pythonEnded, stepEnded] = await Promise.all([
      untilEnded(evalProcesses),
      ended.then(() => performance.now()),
    ]);
    const result = await ended;
    if (result.exitCode !== 1 || result.outputs['saved-key'] === '')
      throw new Error(`The cancelled step did not save a checkpoint:\n${result.lines.join('\n')}`);
    const seconds = (at = Number.NaN) => (at - begun) / 1000;
    return {
      pythonEnded: seconds(pythonEnded),
      saveBegan: seconds(saving.began),
      saved: seconds(saving.ended),
      stepEnded: seconds(stepEnded),
      archiveBytes: cache.entries().at(-1)?.archive.length ?? 0,
    };
  } finally {
    await Promise.all([api.close(), cache.close()]);
    rmSync(root, { recursive: true, force: true });
  }
}

/** Fills the state with record files that do not compress, as if earlier evals had left them. */
function writeOldRecordFiles(stateDirectory: string): void {
  const logs = join(stateDirectory, 'gpt-4.cancel.resume', 'logs');
  mkdirSync(logs, { recursive: true });
  for (let size = 0; size < STATE_BYTES; size += 1024 ** 2)
    writeFileSync(join(logs, `old-${size}.jsonl`), randomBytes(1024 ** 2));
}

/** The host and the evals that are forked from it: all processes of the step that do not run a file of dist/. */
function pythonProcesses(mark: string): number[] {
  const found = processesWith(mark).filter(({ command }) => !/\/dist\/\S*index\.js/.test(command));
  if (found.length === 0) throw new Error('No Python process of the step was found.');
  return found.map(({ pid }) => pid);
}

/** @returns the time at which the last of them has ended */
async function untilEnded(pids: readonly number[]): Promise<number> {
  while (pids.some(isRunning)) await pause(10);
  return performance.now();
}

function makeRegistry(registry: string): string {
  const names = Array.from({ length: EVALS }, (_, number) => `cancel-${number}`);
  const evals = names.map((name) => ({
    name,
    samples: Array.from({ length: SAMPLES }, (_, i) => ({
      input: [{ role: 'user', content: `${name}: what is ${i} times 7?` }],
      ideal: '7',
    })),
  }));
  writeRegistry(registry, 'cancel', evals);
  return registry;
}
