/**
 * Shows a resumed run from end to end, without an API key. The shipped action runs a real eval set, is killed in the middle,
 * and runs again as if on another machine. The model API and the cache service are stand-ins on loopback.
 *
 *     npm run demo
 *     OPENAI_API_KEY=… npm run demo -- --model gpt-6-luna --eval-set test-basic --live
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareEnvironment } from '../src/environment/prepare-environment.ts';
import { EXAMPLE_MODEL } from '../src/example-model.ts';
import type { Log } from '../src/log.ts';
import { type RunningAction, type RunResult, runAction } from '../test/helpers/runner.ts';
import { type CacheService, startCacheService } from '../test/stand-ins/cache-service.ts';
import { knowledgeFrom } from '../test/stand-ins/knowledge.ts';
import { type ModelApi, startModelApi } from '../test/stand-ins/model-api.ts';

/** Prompts of test-basic and their answers, so that the stand-in is usually right. */
const SAMPLES = join(import.meta.dirname, '../test/fixtures/model-api/test-basic.jsonl');

const EVALS_VERSION = '3.0.1.post1';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: EXAMPLE_MODEL },
    'eval-set': { type: 'string', default: 'test-basic' },
    args: { type: 'string', default: '' },
    live: { type: 'boolean', default: false },
  },
});

/** The tool cache of a runner. It lets a second demo on this machine reuse the installation of evals. */
const toolCache = { RUNNER_TOOL_CACHE: join(homedir(), '.cache') };

const say = (text = '') => console.log(text);
const title = (text: string) =>
  say(`\n\u001b[1m── ${text} ${'─'.repeat(Math.max(0, 90 - text.length))}\u001b[0m`);

const machine = mkdtempSync(join(tmpdir(), 'oaievalset-demo-'));
try {
  await demo();
} finally {
  rmSync(machine, { recursive: true, force: true });
}

async function demo(): Promise<void> {
  title(`Installing evals ${EVALS_VERSION} (the action does this itself, with evals-version)`);
  const python = await installEvals();
  const cache = await startCacheService();
  const api = options.live ? undefined : await startApi(python);
  try {
    title('Attempt 1: SIGKILL in the middle of the set');
    const first = await killedAttempt(cache, api);
    const sentFirst = api?.counts().received ?? 0;

    title('A new machine: the state directory is gone; only the Actions cache remains');
    rmSync(join(machine, 'tmp'), { recursive: true, force: true });
    for (const entry of cache.entries()) say(`   cache entry ${entry.key} (${entry.archive.length} bytes)`);

    title('Attempt 2: "Re-run failed jobs"');
    const second = await runStep(2, cache, api, print);

    title('The job summary of attempt 2, as Markdown');
    say(second.summary);

    title('What happened');
    const sentSecond = (api?.counts().received ?? 0) - sentFirst;
    describeResult(second, api && `${sentFirst} in attempt 1, ${sentSecond} in attempt 2`);
    const wrong = whatIsWrong(first, second);
    say(wrong ? `\nThe demo failed: ${wrong}.` : '\nAttempt 2 resumed: no completed eval ran again.');
    // A demo that shows a failure must not look like a success.
    if (wrong) process.exitCode = 1;
  } finally {
    await Promise.all([cache.close(), api?.close()]);
  }
}

/** @returns the path of the Python that has evals */
async function installEvals(): Promise<string> {
  const log: Log = {
    debug: () => {},
    info: say,
    notice: say,
    warning: say,
    error: say,
    group: () => ({ [Symbol.dispose]() {} }),
    child: () => {},
    hide: () => {},
    redact: (text) => text,
  };
  const environment = await prepareEnvironment(
    {
      python: 'python3',
      evalsVersion: EVALS_VERSION,
      extraPackages: [],
      workingDirectory: process.cwd(),
      env: { ...process.env, ...toolCache },
    },
    log,
  );
  say(`evals ${environment.evalsVersion} on Python ${environment.pythonVersion} (${environment.installed})`);
  return environment.python;
}

async function startApi(python: string): Promise<ModelApi> {
  return await startModelApi({
    latencyMs: 100,
    knowledge: await knowledgeFrom(SAMPLES, ...dataDirectoriesOf(python)),
  });
}

/** Runs the action until the third eval is in progress, kills it, and runs post. */
async function killedAttempt(cache: CacheService, api: ModelApi | undefined): Promise<RunResult> {
  let completed = 0;
  const result = await runStep(1, cache, api, (line, running) => {
    print(line);
    if (running.phase !== 'main') return;
    if (/… done in /.test(line)) completed += 1;
    if (completed < 2 || !line.startsWith('::group::[3/')) return;
    const kill = () => running.kill('SIGKILL');
    // With the stand-in, wait until two responses of the third eval have arrived.
    if (api) void api.untilReceived(api.counts().received + 3).then(kill);
    else kill();
  });
  const end = result.signal ? `was killed by ${result.signal}` : `exited with ${result.exitCode}`;
  say(`   main ${end}; then post ran, as on a runner`);
  return result;
}

async function runStep(
  runAttempt: number,
  cache: CacheService,
  api: ModelApi | undefined,
  onLine: (line: string, running: RunningAction) => void,
): Promise<RunResult> {
  const apiEnv: Record<string, string> = api
    ? { OPENAI_BASE_URL: api.url, OPENAI_API_KEY: 'no-key-needed-by-the-stand-in', EVALS_THREADS: '1' }
    : ownEnv('OPENAI_API_KEY', 'OPENAI_BASE_URL');
  return await runAction({
    directory: machine,
    stateDirectory: join(machine, 'tmp', 'oaievalset'),
    inputs: {
      model: options.model,
      'eval-set': options['eval-set'],
      args: options.args,
      'evals-version': EVALS_VERSION,
      // One at a time, so that the log shows clearly which eval was interrupted.
      'parallel-evals': '1',
    },
    env: { ...toolCache, ...cache.env, ...apiEnv },
    runId: '4711',
    runAttempt,
    onLine,
  });
}

function describeResult({ outputs }: RunResult, requests: string | undefined): void {
  say(`   restored   ${outputs['restored-key']}`);
  say(`   reused     ${outputs.reused} of ${outputs.total} evals; attempt 1 completed them`);
  say(`   fresh      ${outputs.fresh} of ${outputs.total} evals`);
  say(`   replayed   ${outputs['requests-replayed']} recorded responses of the interrupted eval`);
  if (requests !== undefined) say(`   requests   ${requests}`);
  say(`   complete   ${outputs.complete}`);
}

/** The directories in which this interpreter's evals has the samples of test-basic, which the stand-in must know. */
function dataDirectoriesOf(python: string): string[] {
  const lib = join(dirname(dirname(python)), 'lib');
  return readdirSync(lib)
    .map((version) => join(lib, version, 'site-packages/evals/registry/data/test_fuzzy_match'))
    .filter((path) => existsSync(path));
}

function whatIsWrong(first: RunResult, second: RunResult): string | false {
  const { reused, fresh, total, complete } = second.outputs;
  return (
    (first.signal !== 'SIGKILL' && 'attempt 1 was not killed') ||
    (Number(reused) < 2 && `only ${reused} evals were reused`) ||
    (Number(reused) + Number(fresh) !== Number(total) && 'not every eval was reused or run') ||
    (complete !== 'true' && 'the set is not complete')
  );
}

/** Prints a line of the action as the log of a run shows it. */
function print(line: string): void {
  if (/^::(debug|add-mask)::/.test(line)) return;
  const shown = line
    .replace(/^::group::/, '▼ ')
    .replace(/^::endgroup::.*/, '')
    .replace(/^::(error|warning)[^:]*::/, '$1: ')
    .replaceAll('%0A', '\n     ');
  say(`   ${shown}`);
}

/** These variables of this process, if they are set. */
function ownEnv(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
