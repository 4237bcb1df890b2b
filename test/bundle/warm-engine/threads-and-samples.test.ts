import { expect, test } from 'vitest';
import type { RunResult } from '../../helpers/runner.ts';
import type { Cleanup } from '../../helpers/temporary-directory.ts';
import { logOf } from '../../helpers/test-machine.ts';
import { LONG, testRows } from '../../helpers/test-rows.ts';
import { machineFor, onLinux } from '../../helpers/warm-engine.ts';

onLinux.concurrent('threads of an eval', () => {
  const threads = (result: RunResult) =>
    Object.fromEntries(
      result.groups.flatMap(({ title, lines }) => {
        const name = /(?:test|warm)-\S+/.exec(title)?.[0];
        const [, count] = /threaded mode with (\d+) threads/.exec(lines.join('\n')) ?? [];
        return name ? [[name, count]] : [];
      }),
    );

  testRows({ short: 1, long: 2 }, [
    ['one a sample, where samples are known', {}, {}, '3', '32'],
    ['no more than requests may be in flight', { 'max-requests-in-flight': '2' }, {}, '2', '2'],
    ['as many as samples are asked for', { args: '--max_samples 1' }, {}, '1', '32'],
    ['what the user says', { 'max-requests-in-flight': '2' }, { EVALS_THREADS: '7' }, '7', '7'],
  ] as const)('threads of an eval: %s', async ([, inputs, env, known, unknown], context) => {
    const { machine } = await machineFor(context, 'warm-threads', { model: 'dummy', inputs });
    const result = await machine.run({ cache: false, env, inputs: { verbose: 'true' } });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '2' });
    expect(threads(result)).toEqual({ 'test-includes': known, 'warm-samples-makes': unknown });
  });
});

onLinux.concurrent('samples of which --max_samples leaves few', () => {
  const run = async (context: Cleanup, evalSet: string, engine: string) => {
    const inputs = { engine, args: '--max_samples 2' };
    const { machine } = await machineFor(context, evalSet, { model: 'dummy', inputs });
    const result = await machine.run({ cache: false, env: { EVALS_THREADS: '1' } });
    const metrics = Object.fromEntries(
      machine.records().map(({ eval: key, metrics }) => [/samples-(\w+)/.exec(key)?.[1] ?? key, metrics]),
    );
    return { result, metrics };
  };

  test(
    'max_samples: the same samples are evaluated, and only those are held where no others are used',
    LONG,
    async (context) => {
      const warm = await run(context, 'warm-samples', 'warm');
      const plain = await run(context, 'warm-samples', 'oaieval');
      for (const { result } of [warm, plain])
        expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '6' });
      const held = (metrics: typeof warm.metrics) =>
        Object.fromEntries(Object.entries(metrics).map(([name, each]) => [name, each.held]));
      const others = { looks: 9, sorts: 9, adds: 18, evaluates: 9, decorated: 18 };
      expect(held(plain.metrics)).toEqual({ ...others, takes: 9 });
      expect(held(warm.metrics)).toEqual({ ...others, takes: 2 });
      for (const each of Object.values(plain.metrics)) expect(each.sum).toBeGreaterThan(0);
      const results = ({ metrics }: typeof warm) =>
        Object.entries(metrics).map(([name, { held: _, ...rest }]) => [name, rest]);
      expect(new Map(results(warm) as [string, object][])).toEqual(
        new Map(results(plain) as [string, object][]),
      );
    },
  );

  test('max_samples: a line that is no JSON is still an error', LONG, async (context) => {
    const { result } = await run(context, 'warm-samples-bad', 'warm');
    expect(result.exitCode).toBe(1);
    expect(logOf(result)).toMatch(/invalid-json: .*:9:\d+: .*\[PLAN_INVALID\]/s);
  });
});
