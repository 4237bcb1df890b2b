/**
 * The main job from end to end, without an API key: the shipped action runs a real eval set, is killed in the middle,
 * and is run again on what looks like another machine. The model API and the cache service are stand-ins on loopback.
 *
 *     npm run demo
 *     OPENAI_API_KEY=… npm run demo -- --model gpt-4 --eval-set test-basic --live
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareEnvironment } from '../src/environment/index.ts';
import { runCommand } from '../src/process/command.ts';
import { type RunningAction, type RunResult, runAction } from '../test/helpers/runner.ts';
import { startCacheService } from '../test/stand-ins/cache-service.ts';
import { knowledgeFrom, startModelApi } from '../test/stand-ins/model-api.ts';

const EVALS_VERSION = '3.0.1.post1';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'gpt-4' },
    'eval-set': { type: 'string', default: 'test-basic' },
    args: { type: 'string', default: '' },
    live: { type: 'boolean', default: false },
  },
});

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
      env: { ...process.env },
    },
    {
      debug: () => {},
      info: say,
      warning: say,
      error: say,
      group: (_, work) => work(),
      child: () => {},
    },
  );
  say(`evals ${environment.evalsVersion} on Python ${environment.pythonVersion} (${environment.installed})`);

  const cache = await startCacheService();
  const api = options.live ? undefined : await standInFor(environment.python);
  const env: Record<string, string> = {
    ...cache.env,
    ...(api
      ? { OPENAI_BASE_URL: api.url, OPENAI_API_KEY: 'no-key-needed-by-the-stand-in' }
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
      },
      env,
      runId: '4711',
      runAttempt,
      onLine,
    });
  const print = (line: string) => say(`   ${shown(line)}`);

  try {
    title('Attempt 1: kill -9 in the middle of the set');
    let completed = 0;
    const first = await step(1, (line, running) => {
      print(line);
      if (running.phase !== 'main') return;
      if (/… done in /.test(line)) completed += 1;
      // Two evals are done and recorded, the third has just begun.
      if (completed === 2 && line.startsWith('::group::[3/')) running.kill('SIGKILL');
    });
    say(
      `   main was ended by ${first.signal ?? `itself with exit code ${first.exitCode}`}; post ran, as on a runner`,
    );
    const sentFirst = api?.counts().received ?? 0;

    title('A new machine: the state directory is gone, only the Actions cache is left');
    rmSync(join(machine, 'tmp'), { recursive: true, force: true });
    for (const entry of cache.entries()) say(`   cache entry ${entry.key} (${entry.archive.length} bytes)`);

    title('Attempt 2: "Re-run failed jobs"');
    const second = await step(2, print);
    const sentSecond = (api?.counts().received ?? 0) - sentFirst;

    title('The job summary of attempt 2, as Markdown');
    say(second.summary);

    title('What happened');
    say(`   restored   ${second.outputs['restored-key']}`);
    say(`   reused     ${second.outputs.reused} of ${second.outputs.total} evals, completed by attempt 1`);
    say(`   run        ${second.outputs.fresh}`);
    if (api) say(`   requests   ${sentFirst} in attempt 1, ${sentSecond} in attempt 2`);
    say(`   complete   ${second.outputs.complete}`);
    check(first, second);
    say('\nIt resumed: nothing that was done was run again.');
  } finally {
    await Promise.all([cache.close(), api?.close()]);
  }
}

async function standInFor(python: string) {
  const program = 'import evals, os; print(os.path.dirname(evals.__file__))';
  const located = await runCommand(python, ['-c', program], {
    env: { ...process.env, OPENAI_API_KEY: 'none' },
  });
  const data = join(located.stdout.trim(), 'registry', 'data');
  return startModelApi({ latencyMs: 100, knowledge: await knowledgeFrom(join(data, 'test_fuzzy_match')) });
}

/** A demo that shows a failure must not look like a success. */
function check(first: RunResult, second: RunResult): void {
  const { reused, fresh, total, complete } = second.outputs;
  const wrong =
    (first.signal !== 'SIGKILL' && 'attempt 1 was not killed') ||
    (Number(reused) < 2 && `only ${reused} evals were reused`) ||
    (Number(reused) + Number(fresh) !== Number(total) && 'not every eval was reused or run') ||
    (complete !== 'true' && 'the set is not complete');
  if (!wrong) return;
  say(`\nThe demo failed: ${wrong}.`);
  process.exitCode = 1;
}

/** A workflow command as the runner shows it. */
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
