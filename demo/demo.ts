/**
 * Shows a resumed run from end to end, without an API key. The shipped action runs a real eval set, is killed in the middle,
 * and runs again as if on another machine. The model API and the cache service are stand-ins on loopback.
 *
 *     npm run demo
 *     npm run demo -- --shards 3
 *     OPENAI_API_KEY=… npm run demo -- --model gpt-6-luna --eval-set test-basic --live
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareEnvironment } from '../src/environment/prepare-environment.ts';
import { EXAMPLE_MODEL } from '../src/example-model.ts';
import type { Log } from '../src/log.ts';
import { ownAction, type RunningAction, type RunResult, runAction } from '../test/helpers/runner.ts';
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
    shards: { type: 'string', default: '1' },
  },
});

const shards = Number(options.shards);
if (!Number.isInteger(shards) || shards < 1 || shards > 9) {
  console.error('--shards is not a number from 1 to 9.');
  process.exit(2);
}

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
  const services = { cache, api };
  try {
    await (shards > 1 ? showShards(services) : showResume(services));
  } finally {
    await Promise.all([cache.close(), api?.close()]);
  }
}

interface Services {
  readonly cache: CacheService;
  /** Undefined: the live API. */
  readonly api: ModelApi | undefined;
}

/** One job, which is killed in the middle and runs again on a new machine. */
async function showResume(services: Services): Promise<void> {
  const { cache, api } = services;
  title('Attempt 1: SIGKILL in the middle of the set');
  const first = await killedJob({ runAttempt: 1 }, services);
  const sentFirst = api?.counts().received ?? 0;

  newMachine();
  for (const entry of cache.entries()) say(`   cache entry ${entry.key} (${entry.archive.length} bytes)`);

  title('Attempt 2: "Re-run failed jobs"');
  const second = await runJob({ runAttempt: 2 }, services, logLines());

  title('The job summary of attempt 2, as Markdown');
  say(second.summary);
  openReport(second);

  title('What happened');
  const sentSecond = (api?.counts().received ?? 0) - sentFirst;
  describeResult(second, api && `${sentFirst} in attempt 1, ${sentSecond} in attempt 2`);
  end(whatIsWrong(first, second), 'Attempt 2 resumed: no completed eval ran again.');
}

/** A matrix of jobs, of which one is killed and runs again, and the job that merges them. */
async function showShards(services: Services): Promise<void> {
  const { api } = services;
  const jobs = Array.from({ length: shards }, (_, at) => `${at + 1}/${shards}`);
  for (const shard of jobs.slice(1)) {
    title(`Job evals (${shard}), attempt 1`);
    await runJob({ runAttempt: 1, shard }, services, logLines());
    newMachine();
  }
  const [first = ''] = jobs;
  title(`Job evals (${first}), attempt 1: SIGKILL in the middle of its evals`);
  const killed = await killedJob({ runAttempt: 1, shard: first }, services);
  newMachine();
  title('Job merge, attempt 1');
  const incomplete = await runJob({ runAttempt: 1, merges: true }, services, logLines());
  newMachine();

  title(`"Re-run failed jobs": job evals (${first}), attempt 2`);
  const sentBefore = api?.counts().received ?? 0;
  await runJob({ runAttempt: 2, shard: first }, services, logLines());
  const sentAgain = (api?.counts().received ?? 0) - sentBefore;
  newMachine();
  title('Job merge, attempt 2');
  const merged = await runJob({ runAttempt: 2, merges: true }, services, logLines());

  title('The job summary of the merge, as Markdown');
  say(merged.summary);
  openReport(merged);

  title('What happened');
  const { completed, total } = merged.outputs;
  say(`   merge, attempt 1   ${incomplete.outputs.completed} of ${incomplete.outputs.total} evals`);
  say(`   merge, attempt 2   ${completed} of ${total} evals`);
  if (api) say(`   requests           ${sentBefore} in attempt 1, ${sentAgain} in attempt 2`);
  end(
    (killed.signal !== 'SIGKILL' && 'the first shard was not killed') ||
      (incomplete.outputs.verdict !== 'incomplete' && 'the first merge was not incomplete') ||
      (merged.outputs.complete !== 'true' && 'the set is not complete'),
    'Only the killed shard ran again, and it resumed.',
  );
}

/** A demo that shows a failure must not look like a success. */
function end(wrong: string | false, summary: string): void {
  say(wrong ? `\nThe demo failed: ${wrong}.` : `\n${summary}`);
  if (wrong) process.exitCode = 1;
}

function newMachine(): void {
  title('A new machine: the state directory is gone; only the Actions cache remains');
  rmSync(join(machine, 'tmp'), { recursive: true, force: true });
}

/** Opens the report in a browser when a person is watching. The copy is kept. */
function openReport({ outputs }: RunResult): void {
  const report = join(mkdtempSync(join(tmpdir(), 'oaievalset-report-')), 'report.html');
  copyFileSync(outputs['report-file'] ?? '', report);
  say(`   The report: ${report}`);
  if (!process.stdout.isTTY) return;
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  // Not every machine has a browser.
  spawn(opener, [report], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
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

interface Job {
  readonly runAttempt: number;
  /** Such as `2/3`; undefined: the whole set. */
  readonly shard?: string;
  /** Whether it is the job that merges the shards. */
  readonly merges?: boolean;
}

/** Runs the action until an eval is in progress: the third one, or the first one of a shard. Then kills it, and runs post. */
async function killedJob(job: Job, services: Services): Promise<RunResult> {
  const { api } = services;
  const before = job.shard === undefined ? 2 : 0;
  const print = logLines();
  let completed = 0;
  let isKilled = false;
  const result = await runJob(job, services, (line, running) => {
    print(line);
    if (running.phase !== 'main') return;
    if (/… done in /.test(line)) completed += 1;
    if (completed < before || isKilled || !/ to run|… done in /.test(line)) return;
    isKilled = true;
    const kill = () => running.kill('SIGKILL');
    // With the stand-in, wait until two responses of the next eval have arrived.
    if (api) void api.untilReceived(api.counts().received + 3).then(kill);
    else kill();
  });
  const how = result.signal ? `was killed by ${result.signal}` : `exited with ${result.exitCode}`;
  say(`   main ${how}; then post ran, as on a runner`);
  return result;
}

async function runJob(
  { runAttempt, shard, merges = false }: Job,
  { cache, api }: Services,
  onLine: (line: string, running: RunningAction) => void,
): Promise<RunResult> {
  const apiEnv: Record<string, string> = api
    ? { OPENAI_BASE_URL: api.url, OPENAI_API_KEY: 'no-key-needed-by-the-stand-in', EVALS_THREADS: '1' }
    : ownEnv('OPENAI_API_KEY', 'OPENAI_BASE_URL');
  const ofSet = { model: options.model, 'eval-set': options['eval-set'], args: options.args };
  const ofRun = {
    'evals-version': EVALS_VERSION,
    // One at a time, so that the log shows clearly which eval was interrupted.
    'parallel-evals': '1',
    // A server of one's own has no price in the list.
    ...(api ? { prices: `${options.model}: input 0.10, output 0.50` } : {}),
    ...(shard === undefined ? {} : { shard }),
  };
  return await runAction({
    directory: machine,
    ...(merges ? { action: join(ownAction, 'merge') } : {}),
    stateDirectory: join(machine, 'tmp', 'oaievalset'),
    inputs: { ...ofSet, ...(merges ? { shards: String(shards) } : ofRun) },
    env: { ...toolCache, ...cache.env, ...apiEnv, GITHUB_JOB: merges ? 'merge' : 'evals' },
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

/** Prints lines of a job as GitHub shows its log: groups are collapsed, commands are hidden. */
function logLines(): (line: string) => void {
  let isInGroup = false;
  return (line) => {
    if (/^::(debug|add-mask)::/.test(line)) return;
    if (line.startsWith('::endgroup::')) isInGroup = false;
    else if (line.startsWith('::group::')) {
      isInGroup = true;
      say(`   ${line.replace('::group::', '▸ ')}`);
    } else if (!isInGroup) {
      const shown = line.replace(/^::(error|warning|notice)[^:]*::/, '$1: ').replaceAll('%0A', '\n     ');
      say(`   ${shown}`);
    }
  };
}

/** These variables of this process, if they are set. */
function ownEnv(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
