/** What earlier runs completed is not used: other `cache-key`, `resume: false`, `max-age`, another repository. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { counts, SMALL, useCompletedSet } from '../helpers/completed-set.ts';
import { annotations, logOf, runsAgain } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

const completedMachine = useCompletedSet();

describe.concurrent('starting fresh', () => {
  test('cache-key: another key uses neither the checkpoints nor the state of the first', async (context) => {
    const machine = await completedMachine(context);
    const saved = await machine.run({ inputs: { 'cache-key': '' } });
    expect(saved.outputs, logOf(saved)).toMatchObject(counts(0, 2));
    expect(saved.outputs['saved-key']).not.toBe('');

    const other = await machine.run({ inputs: { 'cache-key': 'two' }, runAttempt: 2 });
    expect(other.outputs, logOf(other)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
    expect(annotations(other)).toEqual([]);
    expect(other.lines).toContainEqual(expect.stringContaining('The input cache-key has changed'));
    const aside = machine.quarantined();
    expect(aside).toContainEqual(expect.stringMatching(/progress\.txt\.rejected-/));
    expect(aside).toContainEqual(expect.stringMatching(/\.resume\.rejected-/));

    // What was done under either key is there under that key.
    for (const key of ['two', '']) {
      machine.forgetState();
      const back = await machine.run({ inputs: { 'cache-key': key }, runAttempt: 3 });
      expect(back.outputs, logOf(back)).toMatchObject(counts(0, 2));
    }
  });

  test('resume: false runs everything and quarantines the old state; the next run resumes from it', async (context) => {
    const machine = await completedMachine(context);
    await machine.run();
    expect(machine.cache.entries()).toHaveLength(1);
    const before = readFileSync(machine.path('resume/completions.jsonl'), 'utf8');

    const result = await machine.run({ inputs: { resume: 'false' }, runAttempt: 2 });
    expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
    expect(annotations(result)).toEqual([]);
    const aside = machine.quarantined().filter((name) => name.includes('.resume.'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(machine.stateDirectory, aside[0] ?? '', 'completions.jsonl'), 'utf8')).toBe(
      before,
    );

    const next = await machine.run({ runAttempt: 3 });
    expect(next.outputs, logOf(next)).toMatchObject(
      counts(0, 2, { 'restored-key': result.outputs['saved-key'] ?? '' }),
    );
  });

  test('progress file: without its newest line, that eval runs again, although a checkpoint has it', async (context) => {
    const machine = await completedMachine(context);
    await machine.run();
    expect(machine.cache.entries()).toHaveLength(1);
    const lines = readFileSync(machine.path('progress.txt'), 'utf8').split('\n').slice(0, -2);
    writeFileSync(machine.path('progress.txt'), `${lines.join('\n')}\n`);

    const result = await machine.run({ runAttempt: 2 });
    expect(result.outputs, logOf(result)).toMatchObject(counts(1, 1));
    expect(Object.values(runsAgain(result))).toEqual(['its line was removed from the progress file']);
  });

  test('max-age: only older results run again, and the log says so', LONG, async (context) => {
    const machine = await completedMachine(context);
    const path = machine.path('resume/completions.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    const old = (lines[1] ?? '').replace(/"ended":"[^"]*"/, '"ended":"2020-01-01T00:00:00.000Z"');
    writeFileSync(path, [lines[0], old, ...lines.slice(2)].join('\n'));

    const result = await machine.run({ inputs: { 'max-age': '7d' } });
    expect(result.outputs, logOf(result)).toMatchObject(counts(1, 1));
    expect(runsAgain(result)).toEqual({
      'test-includes': 'its result of 2020-01-01T00:00:00.000Z is older than max-age',
    });
    expect([...machine.doneEvals()].sort()).toEqual([...SMALL].sort());
  });

  test('state of another repository is quarantined, not used', LONG, async (context) => {
    const machine = await completedMachine(context);
    const result = await machine.run({ repository: 'octo-org/another', cache: false });
    expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0));
    expect(annotations(result)).toEqual([
      expect.stringMatching(/^warning: .*quarantined and is not used.*another owner.*octo-org\/octo-repo/),
    ]);
    const aside = machine.quarantined();
    expect(aside.filter((name) => name.includes('.resume.'))).toHaveLength(1);
    expect(aside.filter((name) => name.includes('.progress.txt.'))).toHaveLength(1);
  });
});
