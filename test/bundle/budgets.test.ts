/** A run stops before a budget is exceeded: `time-budget` and `token-budget`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { changeContent, completesElsewhere, key, machineWithSet } from '../helpers/generated-set.ts';
import { recordedTokens } from '../helpers/recorded-responses.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { annotations, logOf } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

/** Whole seconds in which this machine, as busy as it is, answers this many requests several times over. */
async function secondsFor(samples: number, context: Cleanup): Promise<number> {
  const machine = await machineWithSet(context, { samples: [samples] });
  const started = Date.now();
  const result = await machine.run({ phase: 'main' });
  expect(result.exitCode, logOf(result)).toBe(0);
  return 5 + Math.ceil((4 * (Date.now() - started)) / 1000);
}

describe.concurrent('time-budget', () => {
  test(
    'time-budget: when it is used up, the step is incomplete and the responses so far are saved',
    LONG,
    async (context) => {
      const machine = await machineWithSet(context, { samples: [3, 6] });
      const budget = await secondsFor(5, context);
      const result = await machine.runUntil({ answered: 5, held: 1 }, () => {}, {
        inputs: { 'time-budget': `${budget}s` },
      });
      expect(result.exitCode, logOf(result)).toBe(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(
          /^error: .*the time-budget of .* is used up.*1 of 2 evals is done; 2 responses of 1 unfinished eval .*ask-1.*Re-run the failed jobs.*\[INCOMPLETE\]$/s,
        ),
      ]);
      expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', pending: '1', failed: '0' });
      expect(result.outputs['saved-key']).not.toBe('');
      expect(result.orphans).toEqual([]);
      expect(result.summary).toContain('time-budget');
      const next = await completesElsewhere(machine, 9, 5);
      expect(next.outputs).toMatchObject({ reused: '1', 'requests-replayed': '2' });
    },
  );

  test('time-budget: an eval that took longer last time than what is left is not started', async (context) => {
    const machine = await machineWithSet(context, { samples: [2, 2] });
    expect((await machine.run()).outputs).toMatchObject({ complete: 'true' });
    for (const number of [0, 1]) changeContent(machine, number, 2);
    const path = machine.path('resume/completions.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const edited = lines.map((line) => {
      const record = JSON.parse(line) as { eval: string; started: string; ended: string };
      if (record.eval !== key(1)) return line;
      const started = new Date(Date.parse(record.ended) - 3_600_000).toISOString();
      return JSON.stringify({ ...record, started });
    });
    writeFileSync(path, `${edited.join('\n')}\n`);

    const result = await machine.run({ cache: false, inputs: { 'time-budget': '1h' }, runAttempt: 2 });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(result.outputs).toMatchObject({ complete: 'false', fresh: '1', pending: '1', failed: '0' });
    expect(annotations(result)).toEqual([
      expect.stringMatching(/ask-1 \(it took 1 h 0 min last time; 59 min .* of the time-budget remain\)/),
    ]);
    expect(machine.api.requests.filter(({ body }) => JSON.stringify(body).includes('much is 1.'))).toEqual(
      [],
    );
    const next = await machine.run({ cache: false, runAttempt: 3 });
    expect(next.outputs, logOf(next)).toMatchObject({ complete: 'true', fresh: '1', reused: '1' });
  });
});

describe.concurrent('token-budget', () => {
  test('token-budget: with many requests in flight the limit holds, and all that is spent is saved', async (context) => {
    const machine = await machineWithSet(
      context,
      { samples: [60, 5] },
      { api: { latencyMs: 50 }, inputs: { 'max-requests-in-flight': '8' } },
    );
    const result = await machine.run({ inputs: { 'token-budget': '200' } });
    expect(result.exitCode, logOf(result)).toBe(1);
    expect(annotations(result)).toEqual([
      expect.stringMatching(
        /^error: .*the token-budget of 200 is used up.*0 of 2 evals are done; \d+ responses of 1 unfinished eval .*Re-run.*\[INCOMPLETE\]$/s,
      ),
    ]);
    const spent = recordedTokens(machine.stateDirectory);
    const sum = spent.reduce((total, tokens) => total + tokens, 0);
    expect(result.outputs['total-tokens']).toBe(String(sum));
    // All responses take about as much, so what is reserved for those in flight is about what they take.
    const largest = Math.max(...spent);
    expect(sum).toBeGreaterThan(200 - largest);
    expect(sum).toBeLessThan(200 + largest);
    expect(result.outputs['saved-key']).not.toBe('');
    await completesElsewhere(machine, 65, spent.length);
  });
});
