/** What evals are likely to take is said before they run, and compared with what they took. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { estimateLines } from '../helpers/estimate-lines.ts';
import { KINDS, writeEstimatedSet } from '../helpers/estimated-set.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import { machineWithSet } from '../helpers/generated-set.ts';
import { FIXTURES } from '../helpers/same-results.ts';
import { type Cleanup, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type SavedRecord, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

const SAMPLES = 4;
const names = Object.keys(KINDS);

async function estimatedSet(cleanup: Cleanup): Promise<TestMachine> {
  const registry = temporaryDirectory(cleanup);
  writeEstimatedSet(registry, SAMPLES);
  const options = { python, model: 'gpt-3.5-turbo', evalSet: 'estimated', api: {} };
  return await TestMachine.make(cleanup, {
    ...options,
    // It has a stand-in for the file with which evals counts the tokens of solvers, and which evals would download.
    env: { PYTHONPATH: join(FIXTURES, 'modules') },
    inputs: {
      'registry-path': registry,
      'judge-model': 'gpt-4o',
      'parallel-evals': 'auto',
    },
  });
}

/** What the completion records say, by the name of the eval. */
function taken(machine: TestMachine): Map<string, SavedRecord> {
  return new Map(machine.records().map((record) => [record.eval.replace(/\.dev\.v0$/, ''), record]));
}

describe('estimates', () => {
  test('estimate: what each kind of eval takes is in the range, and near its middle', {
    timeout: 240_000,
  }, async (context) => {
    const machine = await estimatedSet(context);
    const plan = await machine.run({ inputs: { 'plan-only': 'true' } });
    const estimates = estimateLines(plan);
    expect([...estimates.keys()], logOf(plan)).toEqual(names);
    expect(machine.api.requests).toEqual([]);

    const run = await machine.run();
    expect(run.outputs, logOf(run)).toMatchObject({ complete: 'true', fresh: String(names.length) });
    const records = taken(machine);
    for (const name of names) {
      const { requests, tokens, from } = estimates.get(name) ?? {};
      const [low, high] = tokens ?? [0, 0];
      const record = records.get(name);
      const total = record?.tokens.total ?? 0;
      const sent = (KINDS[name]?.requests ?? 0) * SAMPLES;
      expect({ name, from, requests }).toEqual({ name, from: 'characters', requests: [sent, sent] });
      expect(record?.requests?.sent, name).toBe(sent);
      expect(total, name).toBeGreaterThanOrEqual(low);
      expect(total, name).toBeLessThanOrEqual(high);
      const middle = Math.sqrt(low * high);
      expect(Math.max(middle / total, total / middle), `${name}: ${low}–${high}, took ${total}`).toBeLessThan(
        2,
      );
    }
    expect(run.outputs['estimated-requests']).toBe(
      `${run.outputs['requests-sent']}-${run.outputs['requests-sent']}`,
    );
    expect(run.summary).toMatch(
      new RegExp(`Estimated for ${names.length} evals to run: .*, as estimated\\.`),
    );

    // With other arguments all run again. What they took before says more.
    const again = await machine.run({ inputs: { 'plan-only': 'true', args: '--max_samples 3' } });
    for (const [name, { requests, tokens, from }] of estimateLines(again)) {
      const total = ((records.get(name)?.tokens.total ?? 0) * 3) / SAMPLES;
      const sent = (KINDS[name]?.requests ?? 0) * 3;
      expect({ name, from, requests }, logOf(again)).toEqual({
        name,
        from: 'earlier run',
        requests: [sent, sent],
      });
      expect(total, name).toBeGreaterThan(tokens[0]);
      expect(total, name).toBeLessThan(tokens[1]);
    }
  });

  test('plan-only: it needs no key, sends nothing, saves nothing, and the next run is as without it', async (context) => {
    const machine = await machineWithSet(context, { samples: [3, 2] });
    const plan = await machine.run({
      inputs: { 'plan-only': 'true', thresholds: 'accuracy >= 0.99' },
      env: { OPENAI_API_KEY: '', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
    });
    expect(plan.exitCode, logOf(plan)).toBe(0);
    expect(annotations(plan)).toEqual([]);
    expect(plan.lines).toContain('There are no results, so plan-only does not use the input thresholds.');
    expect(plan.outputs).toMatchObject({
      complete: 'false',
      verdict: '',
      total: '2',
      pending: '2',
      'requests-sent': '0',
      'estimated-requests': '5-5',
      'estimated-cost': '',
      'saved-key': '',
    });
    expect(plan.summary).toContain('| Eval | Why it runs | Samples | Requests | Tokens | Cost | From |');
    expect(plan.summary).toContain('| `ask-0` | not completed yet | 3 | 3 |');
    expect(machine.cache.entries()).toEqual([]);
    expect(machine.api.requests).toEqual([]);
    for (const file of ['resume/completions.jsonl', 'resume/run.json', 'resume/attempts.jsonl'])
      expect(existsSync(machine.path(file)), file).toBe(false);

    const run = await machine.run();
    expect(run.outputs, logOf(run)).toMatchObject({
      complete: 'true',
      fresh: '2',
      'requests-sent': '5',
      verdict: 'passed',
    });
    const nothing = await machine.run({ inputs: { 'plan-only': 'true' } });
    expect(nothing.outputs, logOf(nothing)).toMatchObject({
      complete: 'true',
      verdict: '',
      reused: '2',
      'estimated-tokens': '0-0',
    });
  });

  test('plan-only: with resume false it says what would run, and keeps the state', LONG, async (context) => {
    const machine = await machineWithSet(context, { samples: [2, 1] });
    await machine.run();
    const plan = await machine.run({ inputs: { 'plan-only': 'true', resume: 'false' } });
    expect(plan.outputs, logOf(plan)).toMatchObject({ pending: '2', 'estimated-requests': '3-3' });
    expect(machine.quarantined()).toEqual([]);
    const next = await machine.run();
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', reused: '2', 'requests-sent': '0' });
  });

  test('plan-only: responses that will be replayed are not in the estimate', async (context) => {
    const machine = await machineWithSet(context, { samples: [6] }, { inputs: { 'time-budget': '' } });
    await machine.runUntil({ held: 1, answered: 4 }, (main) => main.kill('SIGTERM'));
    machine.api.release();
    const plan = await machine.run({ inputs: { 'plan-only': 'true' } });
    expect(plan.outputs, logOf(plan)).toMatchObject({ 'estimated-requests': '2-2' });
    const run = await machine.run();
    expect(run.outputs, logOf(run)).toMatchObject({ 'requests-sent': '2', 'requests-replayed': '4' });
  });

  test(
    'plan-only: a shard has the estimate of its own evals, also without a cache',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [4, 3, 2] });
      const run = { cache: false, env: { OPENAI_API_KEY: '' } };
      const plans = [];
      for (const shard of ['1/2', '2/2'])
        plans.push(await machine.run({ ...run, inputs: { 'plan-only': 'true', shard } }));
      expect(plans.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(plans.map(({ outputs }) => outputs['estimated-requests'])).toEqual(['4-4', '5-5']);
    },
  );
});
