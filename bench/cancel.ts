/**
 * What a runner waits for when a job is cancelled while eight evals run: the time from its first signal until Python's
 * processes are gone, until the save begins, and until the step ends. The shipped bundle, on a state of 50 MB.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { evalsPython } from '../test/helpers/evals-venv.ts';
import { isRunning } from '../test/helpers/processes.ts';
import { type RunningAction, runAction } from '../test/helpers/runner.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';
import { startModelApi } from '../test/stand-ins/model-api.ts';
import { aim, type BenchOptions, NO_AIM, type Section, section, spread } from './measure.ts';

const EVALS = 8;
const SAMPLES = 40;
/** Requests that wait for an answer when the job is cancelled. */
const IN_FLIGHT = 32;
const STATE = 50 * 1024 ** 2;

interface Times {
  /** Seconds from the first signal. */
  readonly gone: number;
  readonly save: number;
  readonly saved: number;
  readonly end: number;
  readonly archive: number;
}

export async function cancelBench({ pairs }: BenchOptions): Promise<Section> {
  const python = await evalsPython();
  const times: Times[] = [];
  for (let round = 0; round < pairs; round += 1) times.push(await once(python));
  const all = (name: keyof Times) => times.map((each) => each[name]);
  const of = (name: keyof Times) => spread(all(name), ' s');
  const archive = Math.round(Math.min(...all('archive')) / 1024 ** 2);
  return section(
    'Cancelling',
    `${EVALS} evals at a time, ${IN_FLIGHT} requests in flight, a state of ${STATE / 1024 ** 2} MB; ${pairs} times.`,
    ['from the first signal until', 'measured'],
    [
      ['the last process of Python is gone', of('gone'), NO_AIM],
      ['the save begins', of('save'), aim('<', 4, 's', all('save'))],
      [`the checkpoint (${archive} MB packed) is saved`, of('saved'), aim('<', 7.5, 's', all('saved'))],
      ['the step, and post, have ended', of('end'), NO_AIM],
    ],
  );
}

async function once(python: string): Promise<Times> {
  const root = mkdtempSync(join(tmpdir(), 'oaievalset-bench-'));
  const api = await startModelApi();
  const trackingId = `github_${randomUUID()}`;
  const times: { save?: number; saved?: number } = {};
  const cache = await startCacheService({
    faults: ({ step }) => {
      if (step === 'create') times.save ??= performance.now();
      if (step === 'finalize') times.saved ??= performance.now();
      return undefined;
    },
  });
  try {
    const registry = makeRegistry(join(root, 'registry'));
    const stateDirectory = join(root, 'state');
    // Record files that do not compress, as if earlier evals had left them.
    const logs = join(stateDirectory, 'gpt-4.cancel.resume', 'logs');
    mkdirSync(logs, { recursive: true });
    for (let size = 0; size < STATE; size += 1024 ** 2)
      writeFileSync(join(logs, `old-${size}.jsonl`), randomBytes(1024 ** 2));
    api.holdAfter((EVALS * SAMPLES) / 2);
    const main = Promise.withResolvers<RunningAction>();
    const ended = runAction({
      directory: join(root, 'runner'),
      stateDirectory,
      inputs: {
        model: 'gpt-4',
        'eval-set': 'cancel',
        python,
        'registry-path': registry,
        'parallel-evals': String(EVALS),
        'max-requests-in-flight': String(IN_FLIGHT),
      },
      env: { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: api.url, RUNNER_TRACKING_ID: trackingId, ...cache.env },
      onLine: (_, running) => main.resolve(running),
    });
    await Promise.race([
      api.untilHeld(IN_FLIGHT),
      ended.then(({ lines }) => {
        throw new Error(`the step ended early:\n${lines.join('\n')}`);
      }),
    ]);
    const running = await main.promise;
    const own = evalProcesses(`RUNNER_TRACKING_ID=${trackingId}`);
    if (own.length === 0) throw new Error('no process of an eval was found');
    const begun = performance.now();
    running.cancel();
    let gone = 0;
    const watching = (async () => {
      while (own.some(isRunning)) await pause(10);
      gone = performance.now();
    })();
    const result = await ended;
    const end = performance.now();
    await watching;
    if (result.exitCode !== 1 || result.outputs['saved-key'] === '')
      throw new Error(`the step did not end as it should:\n${result.lines.join('\n')}`);
    const seconds = (at: number | undefined) => ((at ?? Number.NaN) - begun) / 1000;
    return {
      gone: seconds(gone),
      save: seconds(times.save),
      saved: seconds(times.saved),
      end: seconds(end),
      archive: cache.entries().at(-1)?.archive.length ?? 0,
    };
  } finally {
    await Promise.all([api.close(), cache.close()]);
    rmSync(root, { recursive: true, force: true });
  }
}

/** Python of the job: the host and what is forked from it. */
function evalProcesses(mark: string): number[] {
  const read = (pid: string, file: string): string[] => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
    } catch {
      return [];
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && read(pid, 'environ').includes(mark))
    .filter(
      (pid) =>
        !read(pid, 'cmdline').some(
          (argument) => argument.includes('/dist/') && argument.endsWith('index.js'),
        ),
    )
    .map(Number);
}

function makeRegistry(registry: string): string {
  for (const folder of ['evals', 'eval_sets', 'data/cancel'])
    mkdirSync(join(registry, folder), { recursive: true });
  const names = Array.from({ length: EVALS }, (_, number) => `cancel-${number}`);
  const evals = names.flatMap((name) => [
    [name, { id: `${name}.dev.v0`, metrics: ['accuracy'] }],
    [
      `${name}.dev.v0`,
      { class: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: `cancel/${name}.jsonl` } },
    ],
  ]);
  writeFileSync(join(registry, 'eval_sets/cancel.yaml'), JSON.stringify({ cancel: { evals: names } }));
  writeFileSync(join(registry, 'evals/cancel.yaml'), JSON.stringify(Object.fromEntries(evals)));
  for (const name of names) {
    const lines = Array.from({ length: SAMPLES }, (_, i) =>
      JSON.stringify({ input: [{ role: 'user', content: `${name}: what is ${i} times 7?` }], ideal: '7' }),
    );
    writeFileSync(join(registry, `data/cancel/${name}.jsonl`), `${lines.join('\n')}\n`);
  }
  return registry;
}
