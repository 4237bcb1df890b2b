/** What a run cost, in its outputs, log, summary and report files: the same from main, post and the merge of shards. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Results } from '../../src/model/results.ts';
import { completesElsewhere, machineWithSet, registryOf, untilRecorded } from '../helpers/generated-set.ts';
import type { RunResult } from '../helpers/runner.ts';
import { annotations, logOf, type TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';
import { runMerge, runShards } from './shards/sharded-set.ts';

/** Ten cents for a thousand tokens, whether they are asked or answered. */
const PRICES = { prices: 'gpt-*: input 100, output 100' };
const PER_TOKEN = 100 / 1e6;

function resultsOf({ outputs }: RunResult): Results {
  return JSON.parse(readFileSync(outputs['results-file'] ?? '', 'utf8')) as Results;
}

function costOf({ outputs }: RunResult): number {
  return Number(outputs.cost);
}

const priced = (machine: TestMachine, more: Readonly<Record<string, string>> = {}) =>
  machine.run({ inputs: { ...PRICES, ...more } });

describe.concurrent('cost', () => {
  test('cost: without a known price the output is empty, and the summary says so once', async (context) => {
    const machine = await machineWithSet(context, { samples: [2] });
    const result = await machine.run();
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', cost: '' });
    const mentions = result.lines.filter((line) =>
      /\b(cost|prices?)\b|\$/i.test(line.replaceAll(machine.directory, '')),
    );
    expect(mentions).toEqual([expect.stringMatching(/^1 eval to run: .* there is no price for gpt-4$/)]);
    const about = (result.summary ?? '')
      .replaceAll(machine.directory, '')
      .split('\n')
      .filter((line) => /\b(cost|prices?)\b|\$/.test(line));
    expect(about).toEqual([
      '- No price is known of `gpt-4`, so no cost is shown. The input `prices` sets prices.',
    ]);
    expect(resultsOf(result)).toMatchObject({ totals: { cost: null }, prices: { unknown: ['gpt-4'] } });
  });

  test('cost: with prices it is in output, log, summary and results.json, and what is reused is saved', async (context) => {
    const machine = await machineWithSet(context, { samples: [2, 3] });
    const first = await priced(machine);
    const tokens = Number(first.outputs['total-tokens']);
    expect(tokens, logOf(first)).toBeGreaterThan(0);
    expect(costOf(first)).toBeCloseTo(tokens * PER_TOKEN, 8);
    const { totals, evals, prices } = resultsOf(first);
    expect(totals.cost).toBeCloseTo(tokens * PER_TOKEN, 8);
    expect(evals.reduce((sum, { cost }) => sum + (cost ?? Number.NaN), 0)).toBeCloseTo(totals.cost ?? 0, 8);
    expect(prices).toMatchObject({ models: { 'gpt-4': { input: 100, output: 100, cached: 100 } } });

    const again = await priced(machine);
    expect(again.outputs, logOf(again)).toMatchObject({ reused: '2', cost: '0' });
    const saved = (again.lines.find((line) => line.startsWith('Cost: ')) ?? '').replace(/ \(.*/, '');
    expect(saved).toMatch(/^Cost: \$0\.00, \$0\.\d+ saved by resuming$/);
    expect(again.summary?.replaceAll(/<\/?span>/g, '')).toMatch(
      /no request sent · \$0\.\d+ saved by resuming/,
    );
  });

  test(
    'cost: post says what a killed step cost, from the prices that the step was given',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2, 6] });
      const killed = await machine.runUntil(
        { answered: 5, held: 1 },
        async (main) => {
          await untilRecorded(machine, 3);
          main.kill('SIGKILL');
        },
        { inputs: PRICES },
      );
      const directory = join(machine.directory, 'work/_temp/oaievalset-report/__self');
      const { totals } = JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')) as Results;
      // Only the eval whose attempt has ended is counted.
      expect(totals.cost, logOf(killed)).toBeCloseTo(
        (totals.tokens.prompt + totals.tokens.completion) * PER_TOKEN,
        8,
      );
      expect(totals.cost).toBeGreaterThan(0);
      await completesElsewhere(machine, 8, 5);
    },
  );

  test(
    'cost: the merge of shards costs as much as they did, without being told a price',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2, 3] });
      const shards = await runShards(machine, 2, { inputs: PRICES });
      const merged = await runMerge(machine, 2);
      expect(merged.outputs, logOf(merged)).toMatchObject({ complete: 'true' });
      expect(costOf(merged)).toBeGreaterThan(0);
      expect(costOf(merged)).toBeCloseTo(
        shards.reduce((sum, shard) => sum + costOf(shard), 0),
        8,
      );
    },
  );
});

describe.concurrent('cost-budget', () => {
  test('cost-budget: with many requests in flight the limit holds, and all that is spent is saved', async (context) => {
    const machine = await machineWithSet(
      context,
      { samples: [60, 5] },
      { api: { latencyMs: 50 }, inputs: { 'max-requests-in-flight': '8' } },
    );
    const result = await priced(machine, { 'cost-budget': '$0.02' });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(/^error: .*the cost-budget of \$0\.02 is used up.*Re-run.*\[INCOMPLETE\]$/s),
    ]);
    // All responses take about as much, and the largest takes a tenth of the budget.
    expect(costOf(result)).toBeGreaterThan(0.017);
    expect(costOf(result)).toBeLessThan(0.023);
    expect(result.outputs['saved-key']).not.toBe('');
    const sent = machine.api.counts().answered;
    await completesElsewhere(machine, 65, sent);
  });

  test(
    'cost-budget: a model that is met during the run and has no price ends it before a request is sent to it',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [2] }, { model: 'own-function' });
      mkdirSync(join(registryOf(machine), 'completion_fns'));
      const spec = {
        class: 'evals.completion_fns.openai:OpenAIChatCompletionFn',
        args: { model: 'hidden-model' },
      };
      writeFileSync(
        join(registryOf(machine), 'completion_fns/own.yaml'),
        JSON.stringify({ 'own-function': spec }),
      );
      const result = await machine.run({ inputs: { 'cost-budget': '1' } });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(
          /^error: .*the cost-budget needs the price of hidden-model, which is not known .*hidden-model: input 0\.15.*\[INCOMPLETE\]$/s,
        ),
      ]);
      expect(machine.api.requests).toEqual([]);
    },
  );
});
