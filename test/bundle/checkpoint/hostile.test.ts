/** Checkpoints that someone else wrote, or that are damaged: a warning, and no more than the harm to themselves. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { counts, repacked, SMALL, useSavedSet } from '../../helpers/completed-set.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { type Cleanup, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { annotations, logOf, type TestMachine } from '../../helpers/test-machine.ts';
import { testRows } from '../../helpers/test-rows.ts';

const machineWithCheckpoint = useSavedSet();

/** A job on a new machine that finds this instead of the checkpoint that was saved. */
async function restoring(
  context: Cleanup,
  change: (archive: Buffer) => Buffer,
): Promise<{ readonly machine: TestMachine; readonly result: RunResult }> {
  const machine = await machineWithCheckpoint(context, change);
  const result = await machine.run({ runAttempt: 2 });
  expect(result.exitCode, logOf(result)).toBe(0);
  expect(annotations(result).filter((line) => line.startsWith('error'))).toEqual([]);
  expect([...machine.doneEvals()].sort()).toEqual([...SMALL].sort());
  return { machine, result };
}

describe.concurrent('an archive that is no checkpoint of ours', () => {
  const broken: readonly (readonly [string, (archive: Buffer, context: Cleanup) => Buffer])[] = [
    ['noise', (archive) => Buffer.from(archive).fill('not an archive ')],
    [
      'one of something else',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          rmSync(directory, { recursive: true });
          mkdirSync(join(directory, '../node_modules'));
          writeFileSync(join(directory, '../node_modules/x.js'), 'x');
        }),
    ],
    [
      'one with a link in the place of a file',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          const victim = join(temporaryDirectory(context), 'victim.jsonl');
          writeFileSync(victim, 'precious\n');
          rmSync(join(directory, 'dummy.small.resume/completions.jsonl'));
          symlinkSync(victim, join(directory, 'dummy.small.resume/completions.jsonl'));
        }),
    ],
    [
      'one with the state directory as a link',
      (archive, context) =>
        repacked(context, archive, (directory) => {
          rmSync(directory, { recursive: true });
          symlinkSync(temporaryDirectory(context), directory);
        }),
    ],
    ['cut short', (archive) => archive.subarray(0, Math.floor(archive.length / 2))],
    ['empty', () => Buffer.alloc(0)],
  ];

  testRows({ short: 0, long: 4 }, broken)(
    'archive that is %s: a warning, and a fresh run',
    async ([, change], context) => {
      const { machine, result } = await restoring(context, (archive) => change(archive, context));
      expect(result.outputs, logOf(result)).toMatchObject(counts(2, 0, { 'restored-key': '' }));
      expect(annotations(result), logOf(result)).toHaveLength(1);
      expect(annotations(result)).toEqual([
        expect.stringMatching(/^warning: (No checkpoint was restored|The checkpoint .* is not used)/),
      ]);
      expect(machine.cache.entries()).toHaveLength(2);
    },
  );
});

describe.concurrent('a checkpoint with hostile content', () => {
  const name = (file: string): string => `dummy.small.${file}`;
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));

  interface Hostile {
    readonly name: string;
    readonly change: (directory: string) => void;
    /** Evals that run because of it. */
    readonly fresh: number;
    /** Nothing needs to be said about lines that are only not ours. */
    readonly warns: RegExp | undefined;
  }

  const hostile: Hostile[] = [
    {
      name: 'one completion record with wrong types',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text
            .replace(/"tokens":\{/, '"tokens":{"prompt":"many",')
            .replace(/"metrics":\{/, '"metrics":{"a":{"b":[]},'),
        ),
      fresh: 1,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'a progress file that is a directory',
      change: (directory) => {
        rmSync(join(directory, name('progress.txt')));
        mkdirSync(join(directory, name('progress.txt'), 'x'), { recursive: true });
      },
      fresh: 2,
      warns: /progress\.txt.*is not used/,
    },
    {
      name: 'a plan of rubbish',
      change: (directory) =>
        writeFileSync(join(directory, name('resume/plan.json')), '{"version":1,"evals":"all"}'),
      fresh: 0,
      warns: /plan\.json.*is not used/,
    },
    {
      name: 'a plan of another repository',
      change: (directory) =>
        edit(join(directory, name('resume/plan.json')), (text) =>
          text.replaceAll('octo-org/octo-repo', 'evil/repo'),
        ),
      fresh: 2,
      warns: /another owner/,
    },
    {
      name: 'metrics and keys that try to command the runner',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text.replaceAll(
            '"metrics":{',
            '"metrics":{"\\n::error::marker":"\\n::error::marker","##[error]marker":1,',
          ),
        ),
      fresh: 0,
      warns: undefined,
    },
    {
      name: 'completion records that are none',
      change: (directory) =>
        writeFileSync(join(directory, name('resume/completions.jsonl')), '[1,2]\n"x"\nnull\n{}\n'),
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'an unknown version of completion records',
      change: (directory) =>
        edit(join(directory, name('resume/completions.jsonl')), (text) =>
          text.replaceAll('"version":1', '"version":2'),
        ),
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
    {
      name: 'a progress file of rubbish',
      change: (directory) =>
        writeFileSync(
          join(directory, name('progress.txt')),
          Buffer.from([0, 255, 10, 91, 10, 123, 125, 10, 0]),
        ),
      fresh: 2,
      warns: /progress\.txt.*is not used/,
    },
    {
      name: 'completion records that are a directory',
      change: (directory) => {
        rmSync(join(directory, name('resume/completions.jsonl')));
        mkdirSync(join(directory, name('resume/completions.jsonl')));
      },
      fresh: 2,
      warns: /completions\.jsonl.*is not used/,
    },
  ];

  testRows({ short: 1, long: 4 }, hostile)(
    'hostile checkpoint: $name',
    async ({ change, fresh, warns }, context) => {
      const { machine, result } = await restoring(context, (archive) => repacked(context, archive, change));
      const said = annotations(result);
      expect(said, logOf(result)).toEqual(warns ? [expect.stringMatching(warns)] : []);
      expect(result.outputs, logOf(result)).toMatchObject(counts(fresh, SMALL.length - fresh));
      expect(result.commands.filter(({ line }) => line.includes('marker'))).toEqual([]);
      expect(machine.records()).toHaveLength(SMALL.length);
      // What is quarantined is not saved again.
      const last = machine.cache.entries().at(-1);
      const names = last ? listed(context, last.archive) : [];
      expect(names).not.toEqual([]);
      expect(names.filter((path) => path.includes('.rejected-'))).toEqual([]);
    },
  );
});

function listed(context: Cleanup, archive: Buffer): string[] {
  let names: string[] = [];
  repacked(context, archive, (directory) => {
    names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  });
  return names;
}
