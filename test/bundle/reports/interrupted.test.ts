/** Reports of a step that was killed or cancelled, or that stopped early: post writes them from what is on disk. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machineWithSet, untilRecorded } from '../../helpers/generated-set.ts';
import { has } from '../../helpers/requires.ts';
import type { RunningAction, RunResult } from '../../helpers/runner.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { annotations, logOf, type MachineRun, type TestMachine } from '../../helpers/test-machine.ts';
import { SOAK, testRows } from '../../helpers/test-rows.ts';
import { until } from '../../helpers/waiting.ts';
import { junitCounts } from './one-verdict.ts';
import { REPORT_FILES, resultsIn } from './reported-set.ts';

/** It fails at one of its samples. */
const BROKEN = `from evals.eval import Eval


class Broken(Eval):
    def eval_sample(self, sample, rng):
        return sample["city"]

    def run(self, recorder):
        self.eval_all_samples(recorder, self.get_samples())
        return {"accuracy": 1.0}
`;

interface Stage {
  readonly machine: TestMachine;
  readonly workspace: string;
  /** Where the report files are without the input report-directory. */
  readonly directory: string;
}

/** The first eval completes, the second fails if it has to, and the third waits for the API. */
async function stage(context: Cleanup, { fails }: { readonly fails: boolean }): Promise<Stage> {
  const workspace = temporaryDirectory(context);
  mkdirSync(join(workspace, 'own'));
  writeFileSync(join(workspace, 'own/broken.py'), BROKEN);
  const machine = await machineWithSet(
    context,
    { samples: [2, 1, 6], className: [undefined, fails ? 'broken:Broken' : undefined, undefined] },
    { env: { PYTHONPATH: join(workspace, 'own') }, inputs: { attempts: '1' } },
  );
  return { machine, workspace, directory: join(machine.directory, 'work/_temp/oaievalset-report/__self') };
}

const at = (fails: boolean) => ({ answered: fails ? 5 : 6, held: 3 });

async function interrupted(
  { machine, workspace }: Stage,
  fails: boolean,
  act: (main: RunningAction) => unknown,
  run: MachineRun = {},
): Promise<RunResult> {
  const untilThere = async (main: RunningAction) => {
    // The third eval has three responses. The API has sent the last one, and it may not be recorded yet.
    await untilRecorded(machine, 3);
    await act(main);
  };
  return machine.runUntil(at(fails), untilThere, { workspace, ...run });
}

/** Whole seconds in which this machine, as busy as it is, gets to the point several times over. */
async function secondsToThePoint(context: Cleanup): Promise<number> {
  const { machine } = await stage(context, { fails: false });
  const began = Date.now();
  await machine.run({ phase: 'main' });
  return 5 + Math.ceil((4 * (Date.now() - began)) / 1000);
}

interface Row {
  readonly title: string;
  readonly fails: boolean;
  readonly act: (main: RunningAction) => unknown;
  readonly inputs?: (context: Cleanup) => Promise<Record<string, string>>;
  /** Why the last eval is pending. */
  readonly note: RegExp;
  /** Who writes the reports. */
  readonly writer: 'main' | 'post';
}

const rows: readonly Row[] = [
  {
    title: 'SIGKILL',
    fails: true,
    act: (main) => main.kill('SIGKILL'),
    note: /^not completed when the step ended$/,
    writer: 'post',
  },
  {
    title: 'SIGINT of a job that is cancelled',
    fails: false,
    act: (main) => main.kill('SIGINT'),
    note: /cancelled/,
    writer: 'main',
  },
  {
    title: 'SIGTERM',
    fails: true,
    act: (main) => main.kill('SIGTERM'),
    note: /cancelled/,
    writer: 'main',
  },
  {
    title: 'a time-budget that is used up',
    fails: false,
    act: () => {},
    inputs: async (context) => ({ 'time-budget': `${await secondsToThePoint(context)}s` }),
    note: /time-budget/,
    writer: 'main',
  },
];

describe.concurrent('reports of a step that did not finish', () => {
  testRows({ short: 2, long: 0 }, rows)(
    'reports after $title: say what is done, what failed and why, and what is pending',
    async (row, context) => {
      const { fails, act, note, writer } = row;
      const scene = await stage(context, { fails });
      const inputs = await row.inputs?.(context);
      const result = await interrupted(scene, fails, act, {
        inputs: { thresholds: 'accuracy >= 0.5', ...inputs },
      });
      expect(readdirSync(scene.directory).sort(), logOf(result)).toEqual(REPORT_FILES);
      const { results, verdict } = resultsIn(scene.directory);
      expect(verdict.status).toBe(fails ? 'failed' : 'incomplete');
      const counts = {
        total: 3,
        completed: fails ? 1 : 2,
        fresh: fails ? 1 : 2,
        reused: 0,
        failed: fails ? 1 : 0,
        pending: 1,
      };
      expect(results.totals).toMatchObject({ evals: counts, requests: { replayed: 0 } });
      // Rules of an incomplete run are a case that is skipped.
      expect(junitCounts(scene.directory)).toMatchObject(
        fails ? { tests: 3, errors: 1, skipped: 1 } : { tests: 4, errors: 0, skipped: 2 },
      );
      expect(results.run).toMatchObject({
        repository: 'octo-org/octo-repo',
        id: '1000',
        attempt: 1,
        job: 'evals',
      });
      expect(results.versions).toMatchObject({ evals: '3.0.1.post1', python: expect.stringMatching(/^3\./) });

      const [done, second, pending] = results.evals;
      expect(done).toMatchObject({
        status: 'fresh',
        samples: { total: 2 },
        attempts: 1,
        requests: { sent: 2 },
      });
      if (fails)
        expect(second).toMatchObject({
          status: 'failed',
          attempts: 1,
          error: {
            type: 'KeyError',
            message: expect.stringContaining("KeyError: 'city'"),
            place: { file: 'own/broken.py', line: 6 },
            sample: 'ask-1.dev.0',
          },
        });
      expect(pending).toMatchObject({
        status: 'pending',
        note: expect.stringMatching(note),
        mainMetric: null,
        error: null,
        // 3 of 6 responses came.
        recorded: 3,
      });

      const shown = writer === 'main' ? result : result.post;
      expect(shown?.summary, logOf(result)).toContain(
        fails ? 'Failed: 1 of 3 evals failed' : 'Incomplete: 2 of 3 evals are done',
      );
      expect(shown?.summary).toContain('not judged');
      // One of the two prints the verdict that the reports have.
      expect(
        logOf(result)
          .split('\n')
          .filter((line) => line.startsWith(verdict.sentence)),
      ).toHaveLength(1);
      if (result.signal === null)
        expect(result.outputs).toMatchObject({ verdict: verdict.status, pending: '1' });
      // A cancelled main has saved its state itself.
      if (result.signal === null && writer === 'post')
        expect(result.post?.lines).toEqual(['The step ended before it wrote its reports. Writing them now.']);
      expect(scene.machine.cache.entries()).toHaveLength(1);
      expect(result.post?.exitCode).toBe(0);
    },
  );

  test('reports after a kill before the first response: every eval is pending', async (context) => {
    const scene = await stage(context, { fails: false });
    const { machine, directory, workspace } = scene;
    machine.api.holdAfter(0);
    const { main, ended } = machine.start({ workspace });
    const states = join(machine.directory, 'work/_temp/_runner_file_commands/save_state_main');
    await main;
    await until('post will know of the run', () => readFileSync(states, 'utf8').includes('session'));
    (await main).kill('SIGKILL');
    const result = await ended;
    expect(readdirSync(directory).sort(), logOf(result)).toEqual(REPORT_FILES);
    const { results, verdict } = resultsIn(directory);
    expect(verdict).toMatchObject({ status: 'incomplete', rules: [], comparison: null });
    expect(results.evals.map(({ status, note, attempts }) => [status, note, attempts])).toEqual(
      Array.from({ length: 3 }, () => ['pending', 'not completed when the step ended', 0]),
    );
    expect(results.evals.map(({ decision }) => decision?.reason)).toEqual(
      Array.from({ length: 3 }, () => 'not completed yet'),
    );
    expect(results.totals).toMatchObject({ evals: { completed: 0, pending: 3 }, requests: { sent: 0 } });
  });

  test('reports in a directory that was replaced by a file: post warns, writes the summary and does not fail', async (context) => {
    const scene = await stage(context, { fails: false });
    const directory = join(scene.workspace, 'reports');
    const result = await interrupted(
      scene,
      false,
      (main) => {
        writeFileSync(directory, '');
        main.kill('SIGKILL');
      },
      { inputs: { 'report-directory': directory } },
    );
    expect(result.post?.exitCode, logOf(result)).toBe(0);
    expect(annotations(result)).toContainEqual(
      expect.stringMatching(/^warning: The report files could not be written to .*: E/),
    );
    expect(result.post?.summary).toContain('Incomplete: 2 of 3 evals are done');
  });

  describe.runIf(has('mount'))('on a disk of its own', SOAK, () => {
    test('reports on a full disk: post warns, saves the state and does not fail', async (context) => {
      const disk = temporaryDirectory(context);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', disk]);
      context.onTestFinished(() => {
        execFileSync('umount', ['--lazy', disk]);
      });
      // Of an earlier run.
      writeFileSync(join(disk, 'results.json'), '{}');
      const scene = await stage(context, { fails: false });
      const result = await interrupted(scene, false, (main) => main.kill('SIGKILL'), {
        inputs: { 'report-directory': disk },
      });
      expect(result.post?.exitCode, logOf(result)).toBe(0);
      expect(annotations(result)).toContainEqual(
        expect.stringMatching(
          /^warning: The report files could not be written to .*: ENOSPC.*The results are in the log and in the job summary\.$/s,
        ),
      );
      expect(result.post?.lines).toContainEqual(expect.stringMatching(/^Saved the checkpoint/));
      expect(result.post?.summary).toContain('Incomplete: 2 of 3 evals are done');
      expect(result.post?.summary).not.toContain('report.html');
      expect(readdirSync(disk).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(resultsIn(disk).results.totals.evals.pending, 'nothing of an earlier run is left').toBe(1);
    });

    test('reports on a disk that becomes read-only: main warns, and passes', async (context) => {
      const disk = temporaryDirectory(context);
      execFileSync('mount', ['-t', 'tmpfs', 'none', disk]);
      context.onTestFinished(() => {
        execFileSync('umount', ['--lazy', disk]);
      });
      const scene = await stage(context, { fails: false });
      const result = await interrupted(
        scene,
        false,
        () => {
          execFileSync('mount', ['-o', 'remount,ro', disk]);
          scene.machine.api.release();
        },
        { inputs: { 'report-directory': disk } },
      );
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs).toMatchObject({ verdict: 'passed', complete: 'true' });
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: The report files could not be written to .*: EROFS/),
      ]);
      expect(result.summary).toContain('Passed: all 3 evals are done');
    });
  });
});
