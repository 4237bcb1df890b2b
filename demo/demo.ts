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
import { type RunningAction, type RunResult, runAction } from '../test/helpers/runner.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';
import { knowledgeFrom } from '../test/stand-ins/knowledge.ts';
import { startModelApi } from '../test/stand-ins/model-api.ts';

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
  const environment = await prepareEnvironment(
    {
      python: 'python3',
      evalsVersion: EVALS_VERSION,
      extraPackages: [],
      workingDirectory: process.cwd(),
      env: { ...process.env, ...toolCache },
    },
    {
      debug: () => {},
      info: say,
      warning: say,
      error: say,
      group: () => ({ [Symbol.dispose]() {} }),
      child: () => {},
      hide: () => {},
      redact: (text) => text,
    },
  );
  say(`evals ${environment.evalsVersion} on Python ${environment.pythonVersion} (${environment.installed})`);

  const cache = await startCacheService();
  const api = options.live
    ? undefined
    : await startModelApi({
        latencyMs: 100,
        knowledge: await knowledgeFrom(SAMPLES, ...dataOf(environment.python)),
      });
  const env: Record<string, string> = {
    ...toolCache,
    ...cache.env,
    ...(api
      ? { OPENAI_BASE_URL: api.url, OPENAI_API_KEY: 'no-key-needed-by-the-stand-in', EVALS_THREADS: '1' }
      : passedOn('OPENAI_API_KEY', 'OPENAI_BASE_URL')),
  };
  const step = (runAttempt: number, onLine: (line: string, running: RunningAction) => void) =>
    runAction({
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
      env,
      runId: '4711',
      runAttempt,
      onLine,
    });
  const print = (line: string) => {
    if (!/^::(debug|add-mask)::/.test(line)) say(`   ${shown(line)}`);
  };

  try {
    title('Attempt 1: kill -9 in the middle of the set');
    let completed = 0;
    const sentWhenThirdBegins = () => api?.counts().received ?? 0;
    const first = await step(1, (line, running) => {
      print(line);
      if (running.phase !== 'main') return;
      if (/… done in /.test(line)) completed += 1;
      if (completed < 2 || !line.startsWith('::group::[3/')) return;
      // Two evals are completed. The third has begun; with the stand-in, two of its responses have arrived.
      if (api) void api.untilReceived(sentWhenThirdBegins() + 3).then(() => running.kill('SIGKILL'));
      else running.kill('SIGKILL');
    });
    say(
      `   main ${first.signal ? `was killed by ${first.signal}` : `exited with ${first.exitCode}`}; then post ran, as on a runner`,
    );
    const sentFirst = api?.counts().received ?? 0;

    title('A new machine: the state directory is gone; only the Actions cache remains');
    rmSync(join(machine, 'tmp'), { recursive: true, force: true });
    for (const entry of cache.entries()) say(`   cache entry ${entry.key} (${entry.archive.length} bytes)`);

    title('Attempt 2: "Re-run failed jobs"');
    const second = await step(2, print);
    const sentSecond = (api?.counts().received ?? 0) - sentFirst;

    title('The job summary of attempt 2, as Markdown');
    say(second.summary);

    title('What happened');
    say(`   restored   ${second.outputs['restored-key']}`);
    say(`   reused     ${second.outputs.reused} of ${second.outputs.total} evals; attempt 1 completed them`);
    say(`   fresh      ${second.outputs.fresh} evals`);
    say(`   replayed   ${second.outputs['requests-replayed']} recorded responses of the interrupted eval`);
    if (api) say(`   requests   ${sentFirst} in attempt 1, ${sentSecond} in attempt 2`);
    say(`   complete   ${second.outputs.complete}`);
    const wrong = whatIsWrong(first, second);
    say(wrong ? `\nThe demo failed: ${wrong}.` : '\nAttempt 2 resumed: no completed eval ran again.');
    // A demo that shows a failure must not look like a success.
    if (wrong) process.exitCode = 1;
  } finally {
    await Promise.all([cache.close(), api?.close()]);
  }
}

/** The directories in which this interpreter's evals has the samples of test-basic, which the stand-in must know. */
function dataOf(python: string): string[] {
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

/** Shows a workflow command as the runner does. */
function shown(line: string): string {
  return line
    .replace(/^::group::/, '▼ ')
    .replace(/^::endgroup::.*/, '')
    .replace(/^::(error|warning)[^:]*::/, '$1: ')
    .replaceAll('%0A', '\n     ');
}

function passedOn(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
