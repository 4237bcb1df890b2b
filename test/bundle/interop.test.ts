/** `oaievalset` itself and the action resume from each other, and get the same results. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePythonJson } from '../../src/record/python-json.ts';
import { readRecordFile } from '../../src/record/record-file.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import {
  forgetModel,
  killGroup,
  machineWithSharedState,
  oaievalset,
  SHARED_STATE,
  shellOf,
  startOaievalset,
} from '../helpers/plain-oaievalset.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { TEST_BASIC as EVALS, REQUESTS_PER_EVAL } from '../helpers/test-basic.ts';
import { logOf, TestMachine } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';
import { knowledgeFrom } from '../stand-ins/knowledge.ts';

const run = promisify(execFile);

const REGISTRY = join(import.meta.dirname, '../fixtures/reuse/registry');
const NOT_OURS = 'done by oaievalset, no results recorded';

let python: string;
beforeAll(async () => {
  python = await evalsPython();
});

describe.concurrent('the action and oaievalset', () => {
  test('interop: oaievalset continues where the killed action stopped, and the action continues from there', async (context) => {
    const machine = await machineWithSharedState(context, { python });
    machine.api.holdWhen(() => machine.doneEvals().length >= 2);
    const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), { phase: 'main' });
    expect(machine.doneEvals(), logOf(killed)).toEqual(EVALS.slice(0, 2));

    // What the killed one had sent is still arriving.
    await machine.untilNoneHeld();
    machine.api.release();
    machine.api.forget();
    const said = await oaievalset(context, python, machine);
    expect(said).toContain('2/4 evals already completed');
    expect(machine.doneEvals()).toEqual(EVALS);
    expect(machine.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);

    machine.api.forget();
    const after = await machine.run({ runAttempt: 2 });
    expect(after.exitCode, logOf(after)).toBe(0);
    expect(after.annotations).toEqual([]);
    expect(after.outputs).toMatchObject({ complete: 'true', fresh: '0', reused: '4' });
    expect(after.summary.split(NOT_OURS)).toHaveLength(1 + 2);
    expect(machine.api.counts().received).toBe(0);
    expect(machine.records().map((record) => record.eval)).toEqual(EVALS.slice(0, 2));
  });

  test('interop: the action continues where a killed oaievalset stopped', LONG, async (context) => {
    const machine = await machineWithSharedState(context, { python });
    machine.api.holdWhen(() => machine.doneEvals().length >= 2);
    const child = startOaievalset(context, python, machine);
    await machine.api.untilHeld();
    killGroup(child.pid);
    expect(machine.doneEvals()).toEqual(EVALS.slice(0, 2));

    await machine.untilNoneHeld();
    machine.api.release();
    machine.api.forget();
    const result = await machine.run();
    expect(result.exitCode, logOf(result)).toBe(0);
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
    expect(result.summary.split(NOT_OURS)).toHaveLength(1 + 2);
    expect(machine.api.counts().received).toBe(2 * REQUESTS_PER_EVAL);
    expect(machine.doneEvals()).toEqual(EVALS);

    // The checkpoint carries what oaievalset did, too: a machine that knows nothing has nothing to do.
    forgetModel(SHARED_STATE, machine.model);
    machine.api.forget();
    const elsewhere = await machine.run({ runId: '2' });
    expect(elsewhere.outputs, logOf(elsewhere)).toMatchObject({ complete: 'true', fresh: '0', reused: '4' });
    expect(machine.api.counts().received).toBe(0);

    machine.api.forget();
    expect(await oaievalset(context, python, machine)).toContain('4/4 evals already completed');
    expect(machine.api.counts().received).toBe(0);
  });

  test(
    'interop: a progress file of an old oaievalset with blank and torn lines is read, and stays readable for oaievalset',
    LONG,
    async (context) => {
      const machine = await machineWithSharedState(context, { python });
      const args = ['--max_samples', '2'];
      const command = (key: string): string[] => ['oaieval', machine.model, key, ...args];
      const text = [
        command(EVALS[0] ?? '').join(' '),
        '',
        JSON.stringify(command(EVALS[1] ?? '')),
        '   ',
        JSON.stringify(command(EVALS[2] ?? '')).slice(0, -9),
      ];
      writeFileSync(machine.path('progress.txt'), text.join('\n'));

      const result = await machine.run({ inputs: { args: args.join(' ') } });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ complete: 'true', fresh: '2', reused: '2' });
      expect(machine.api.counts().received).toBe(2 * 2);
      // Python's json.dumps, byte for byte: oaievalset compares lists, but people compare files.
      const lines = EVALS.map((key) => `["oaieval", "${machine.model}", "${key}", "--max_samples", "2"]\n`);
      expect(readFileSync(machine.path('progress.txt'), 'utf8')).toBe(lines.join(''));

      machine.api.forget();
      expect(await oaievalset(context, python, machine, ...args)).toContain('4/4 evals already completed');
      expect(machine.api.counts().received).toBe(0);
      expect(readFileSync(machine.path('progress.txt'), 'utf8')).toBe(lines.join(''));
    },
  );

  test(
    'interop: oaievalset counts the lines of a killed action with a registry and arguments of its own',
    LONG,
    async (context) => {
      const machine = await machineWithSharedState(context, {
        python,
        evalSet: 'small',
        inputs: { 'registry-path': REGISTRY, args: '--max_samples 1 --user "a b"' },
      });
      machine.api.holdWhen(() => machine.doneEvals().length >= 1);
      const killed = await machine.runUntil({ held: 1 }, (main) => main.kill('SIGKILL'), { phase: 'main' });
      expect(machine.doneEvals(), logOf(killed)).toHaveLength(1);

      machine.api.release();
      machine.api.forget();
      const said = await oaievalset(
        context,
        python,
        machine,
        '--max_samples',
        '1',
        '--user',
        'a b',
        '--registry_path',
        REGISTRY,
      );
      expect(said).toContain('1/2 evals already completed');
      expect(machine.api.counts().received).toBe(1);

      machine.api.forget();
      const after = await machine.run({ runAttempt: 2 });
      expect(after.outputs, logOf(after)).toMatchObject({ complete: 'true', fresh: '0', reused: '2' });
      expect(machine.api.counts().received).toBe(0);
    },
  );
});

/** Draws from Python's unseeded `random`: no two runs agree (evals/metrics.py, get_bootstrap_accuracy_std). */
const RANDOM_METRIC = 'boostrap_std';

describe.concurrent('metrics are those of plain oaieval', () => {
  const data = async (): Promise<string> => {
    const { stdout } = await run(
      python,
      ['-c', 'import evals.registry as r, os; print(os.path.dirname(r.__file__))'],
      {
        env: { ...process.env, OPENAI_API_KEY: 'x' },
      },
    );
    return join(stdout.trim(), 'registry/data');
  };

  testRows(1, [
    { evalSet: 'test-basic', samples: 'test_fuzzy_match', metrics: ['accuracy', 'f1_score'] },
    { evalSet: 'graded', samples: 'test_metaeval', metrics: ['metascore', 'score', /^counts\//] },
  ])('metrics of $evalSet equal those of plain oaieval', async ({ evalSet, samples, metrics }, context) => {
    const own = join(import.meta.dirname, '../fixtures/model-api/test-basic.jsonl');
    const knowledge = await knowledgeFrom(join(await data(), samples), own);
    const machine = await TestMachine.make(context, {
      python,
      model: 'gpt-4',
      evalSet,
      api: { knowledge, rightShare: 0.7 },
      inputs: { 'registry-path': REGISTRY },
    });
    const result = await machine.run({ cache: false });
    expect(result.exitCode, logOf(result)).toBe(0);
    const sentByUs = machine.api.requests.map(({ bodySha256 }) => bodySha256).sort();

    machine.api.forget();
    const records = machine.records();
    const plain: Record<string, unknown>[] = [];
    for (const record of records) {
      const path = join(temporaryDirectory(context), 'record.jsonl');
      const args = ['gpt-4', record.eval, '--registry_path', REGISTRY, '--record_path', path];
      const printed = await run(join(dirname(python), 'oaieval'), args, {
        env: shellOf(python, machine),
        cwd: machine.directory,
      });
      const { finalReport } = (await readRecordFile(path)) ?? {};
      if (!finalReport) throw new Error(`plain oaieval recorded no final report:\n${printed.stderr}`);
      plain.push(finalReport);
      // And what it printed for people.
      for (const [name, value] of Object.entries(record.metrics)) {
        if (name === RANDOM_METRIC) continue;
        const line = printed.stderr.split('\n').find((each) => each.includes(`] ${name}: `));
        expect(parsePythonJson(line?.split(`] ${name}: `)[1] ?? ''), `${record.eval} ${name}`).toBe(value);
      }
    }
    const comparable = (from: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries(from).map(([name, value]) => [name, name === RANDOM_METRIC ? typeof value : value]),
      );
    expect(records.map((record) => comparable(record.metrics))).toEqual(plain.map(comparable));
    expect(machine.api.requests.map(({ bodySha256 }) => bodySha256).sort()).toEqual(sentByUs);

    // The comparison is not one of zeros.
    for (const metric of metrics) {
      const values = records.flatMap((record) =>
        Object.entries(record.metrics).flatMap(([name, value]) =>
          (typeof metric === 'string' ? name === metric : metric.test(name)) ? [value] : [],
        ),
      );
      expect(values, String(metric)).toContainEqual(expect.any(Number));
      expect(
        values.some((value) => value !== 0),
        String(metric),
      ).toBe(true);
    }
  });
});
