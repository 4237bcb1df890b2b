/** One edit at a time: what it touches runs again and the log says why, everything else is reused. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { annotations, logOf, type MachineRun, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { LONG, testRows } from '../helpers/test-rows.ts';
import { type ModelApi, startModelApi } from '../stand-ins/model-api.ts';

const EVALS = ['reuse-match', 'reuse-includes', 'reuse-graded', 'reuse-own', 'reuse-few-shot'] as const;
type Eval = (typeof EVALS)[number];
/** By eval set. The pair is for what touches every eval. */
const SETS: Readonly<Record<'reuse' | 'pair', readonly Eval[]>> = {
  reuse: EVALS,
  pair: ['reuse-match', 'reuse-own'],
};
type Set = keyof typeof SETS;

const FIXTURES = join(import.meta.dirname, '../fixtures/reuse');

let python: string;
/** One for all: its address is part of what an eval is. The completion function asks it nothing; evals lists its models. */
let api: ModelApi;
let otherPort: ModelApi;
/** Directories of a completed run: a checkout with a registry and modules, and what was done with it. */
let completed: { readonly project: string; readonly state?: string } = { project: FIXTURES };

/** A checkout whose registry is named relative to it, so that the recorded commands are those of every other checkout. */
async function checkout(context: Cleanup, evalSet: Set = 'reuse'): Promise<TestMachine> {
  const machine = await TestMachine.make(context, {
    python,
    model: 'echo',
    evalSet,
    inputs: { 'registry-path': 'registry' },
  });
  cpSync(completed.project, project(machine), { recursive: true });
  if (completed.state !== undefined) cpSync(completed.state, machine.stateDirectory, { recursive: true });
  return machine;
}

const project = (machine: TestMachine): string => join(machine.directory, 'project');

function runIn(
  machine: TestMachine,
  run: MachineRun = {},
  at = project(machine),
): ReturnType<TestMachine['run']> {
  return machine.run({
    cache: false,
    ...run,
    inputs: { 'working-directory': at, ...run.inputs },
    env: {
      OPENAI_BASE_URL: api.url,
      PYTHONPATH: join(at, 'modules'),
      PYTHONDONTWRITEBYTECODE: '1',
      ...run.env,
    },
  });
}

/** Also when the set-up fails half way. */
const cleanup: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const work of cleanup) await work();
});

beforeAll(async () => {
  [python, api, otherPort] = await Promise.all([evalsPython(), startModelApi(), startModelApi()]);
  cleanup.push(
    () => api.close(),
    () => otherPort.close(),
  );
  const machine = await checkout({ onTestFinished: (work) => cleanup.push(work) });
  for (const [evalSet, evals] of Object.entries(SETS)) {
    const result = await runIn(machine, { inputs: { 'eval-set': evalSet } });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: String(evals.length) });
    expect(annotations(result)).toEqual([]);
  }
  for (const { metrics, eval: key } of machine.records()) expect(metrics, key).not.toEqual({});
  completed = { project: project(machine), state: machine.stateDirectory };
});

interface Case {
  readonly name: string;
  readonly evalSet?: Set;
  /** Changes files of the checkout. */
  readonly edit?: (project: string) => void;
  /** Changes how the action is called. */
  readonly run?: (project: string) => MachineRun;
  /** Evals that run, and the parts that the log says changed; undefined: never done under these arguments, so nothing did. */
  readonly fresh: Partial<Record<Eval, string | undefined>>;
}

const replace = (project: string, path: string, from: string, to: string): void => {
  const file = join(project, path);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  writeFileSync(file, text.replace(from, to));
};

/** Every eval, with the same reason. */
const all = (why?: string): Pick<Case, 'evalSet' | 'fresh'> => ({
  evalSet: 'pair',
  fresh: Object.fromEntries(SETS.pair.map((name) => [name, why])),
});

const cases: Case[] = [
  {
    name: 'what counts for no eval',
    edit: (at) => {
      utimesSync(join(at, 'registry/data/reuse/match.jsonl'), new Date(0), new Date(0));
      // A comment, and another order of keys.
      replace(
        at,
        'registry/evals/reuse.yaml',
        '    samples_jsonl: reuse/includes.jsonl\n    ignore_case: true',
        '    # a comment\n    ignore_case: true\n    samples_jsonl: reuse/includes.jsonl',
      );
      replace(
        at,
        'registry/evals/reuse.yaml',
        '  metrics: [score]',
        '  description: About tone.\n  metrics: [score]',
      );
      // One more eval in the set.
      replace(
        at,
        'registry/eval_sets/reuse.yaml',
        '    - reuse-match\n',
        '    - test-match\n    - reuse-match\n',
      );
    },
    run: (at) => ({
      // The seed is the default anyway.
      inputs: { args: '--debug --user me --seed 20220722', 'registry-path': join(at, 'registry') },
      env: {
        EVALS_THREADS: '2',
        EVALS_SEQUENTIAL: '1',
        // The same API of this machine on another port, as services of a job get one, and spelt otherwise.
        OPENAI_BASE_URL: `${otherPort.url}/`,
      },
    }),
    fresh: {},
  },
  {
    name: 'a sample',
    edit: (at) => replace(at, 'registry/data/reuse/match.jsonl', 'Say beta', 'Say delta'),
    fresh: { 'reuse-match': 'samples' },
  },
  {
    name: 'one more sample, a few-shot example, a model-graded spec and a base class, each of one eval',
    edit: (at) => {
      appendFileSync(
        join(at, 'registry/data/reuse/includes.jsonl'),
        '{"input": "Say delta", "ideal": "delta"}\n',
      );
      replace(at, 'registry/data/reuse/shots.jsonl', '"omega"', '"psi"');
      replace(at, 'registry/modelgraded/reuse.yaml', 'Is this polite?', 'Is this rude?');
      appendFileSync(join(at, 'modules/reuse_evals/base.py'), '\n\nEDITED = True\n');
    },
    fresh: {
      'reuse-includes': 'samples',
      'reuse-few-shot': 'few shot jsonl',
      'reuse-graded': 'model-graded spec',
      'reuse-own': 'reuse_evals/base.py',
    },
  },
  {
    name: 'an argument in the registry, the name of a data file and the source of a class, each of one eval',
    edit: (at) => {
      replace(at, 'registry/evals/reuse.yaml', 'ignore_case: true', 'ignore_case: false');
      renameSync(join(at, 'registry/data/reuse/match.jsonl'), join(at, 'registry/data/reuse/renamed.jsonl'));
      replace(at, 'registry/evals/reuse.yaml', 'reuse/match.jsonl', 'reuse/renamed.jsonl');
      replace(
        at,
        'modules/reuse_evals/cities.py',
        'class Cities(Places):',
        'class Cities(Places):\n    edited = True\n',
      );
    },
    fresh: {
      'reuse-includes': 'spec',
      'reuse-match': 'samples, spec',
      'reuse-own': 'reuse_evals/cities.py',
    },
  },
  {
    name: 'the configuration of the completion function',
    edit: (at) =>
      replace(at, 'registry/completion_fns/reuse.yaml', 'prefix: "echo: "', 'prefix: "loud echo: "'),
    ...all('completion function'),
  },
  {
    name: 'the source of the completion function',
    edit: (at) =>
      replace(at, 'modules/reuse_evals/echo.py', 'self.prefix + last', 'self.prefix + last.upper()'),
    ...all('reuse_evals/echo.py'),
  },
  {
    name: 'the version of evals',
    // A distribution in front of the installed one: importlib.metadata reports its version, the code stays the same.
    run: (at) => ({ env: { PYTHONPATH: `${join(at, 'newer-evals')}:${join(at, 'modules')}` } }),
    ...all('evals version'),
  },
  {
    name: 'the API',
    run: () => ({ env: { OPENAI_BASE_URL: api.url.replace('/v1', '/v2') } }),
    ...all('base URL'),
  },
  { name: '--max_samples', run: () => ({ inputs: { args: '--max_samples 2' } }), ...all('args') },
  { name: 'the model', run: () => ({ inputs: { model: 'other-echo' } }), ...all() },
  { name: '--seed', run: () => ({ inputs: { args: '--seed 7' } }), ...all('args') },
  {
    name: '--extra_eval_params',
    run: () => ({ inputs: { args: '--extra_eval_params samples_jsonl=reuse/few-shot.jsonl' } }),
    ...all('args'),
  },
  {
    name: '--completion_args',
    run: () => ({ inputs: { args: '--completion_args suffix=!' } }),
    ...all('args'),
  },
];

describe.concurrent('an edit between two runs', { timeout: 240_000 }, () => {
  testRows({ short: 4, long: 6 }, cases)(
    'reuse after a change: $name',
    async ({ evalSet = 'reuse', edit, run, fresh }, context) => {
      const machine = await checkout(context, evalSet);
      edit?.(project(machine));
      const before = machine.records();
      const result = await runIn(machine, run?.(project(machine)));
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(annotations(result)).toEqual([]);

      const statuses = statusesIn(result.lines);
      const expected = SETS[evalSet].map((name) => [name, name in fresh ? 'fresh' : 'reused']);
      expect(
        SETS[evalSet].map((name) => [name, statuses.get(name)]),
        logOf(result),
      ).toEqual(expected);
      const said = Object.entries(fresh).filter((entry) => entry[1] !== undefined);
      expect(runsAgain(result, SETS[evalSet])).toEqual(
        Object.fromEntries(said.map(([name, why]) => [name, expect.stringMatching(changesOf(why ?? ''))])),
      );
      // Reused means that the results are those of before.
      const after = new Map(machine.records().map((record) => [record.ended, record]));
      for (const record of before) {
        if (!(EVALS.find((name) => record.eval.startsWith(`${name}.`)) ?? '' in fresh)) {
          expect(after.get(record.ended)?.metrics).toEqual(record.metrics);
        }
      }
    },
  );

  test('reuse: what ran again because of an edit is reused afterwards, and runs again when the edit is undone', async (context) => {
    const machine = await checkout(context);
    replace(project(machine), 'registry/data/reuse/match.jsonl', 'Say beta', 'Say delta');
    const edited = await runIn(machine);
    expect(edited.outputs, logOf(edited)).toMatchObject({ fresh: '1', reused: '4' });
    const again = await runIn(machine);
    expect(again.outputs, logOf(again)).toMatchObject({ fresh: '0', reused: '5' });
    replace(project(machine), 'registry/data/reuse/match.jsonl', 'Say delta', 'Say beta');
    const undone = await runIn(machine);
    expect(undone.outputs, logOf(undone)).toMatchObject({ fresh: '1', reused: '4' });
    expect(Object.keys(runsAgain(undone))).toEqual(['reuse-match']);
  });

  test('reuse: results under different arguments are stored side by side', LONG, async (context) => {
    const machine = await checkout(context, 'pair');
    const args = { inputs: { args: '--max_samples 1' } };
    for (const [run, fresh] of [
      [args, '2'],
      [{}, '0'],
      [args, '0'],
    ] as const) {
      const result = await runIn(machine, run);
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh });
    }
    expect(machine.doneEvals()).toHaveLength(2 * SETS.pair.length);
  });

  test('reuse: a checkout that moved to another directory is reused', LONG, async (context) => {
    const machine = await checkout(context);
    const moved = join(machine.directory, 'some where/else');
    mkdirSync(join(moved, '..'));
    renameSync(project(machine), moved);
    const absolute = { inputs: { 'registry-path': join(moved, 'registry') } };
    for (const run of [{}, absolute]) {
      const result = await runIn(machine, run, moved);
      expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '0', reused: '5' });
    }
  });
});

/** `samples changed (a1b2… → c3d4…), spec changed (…)` for `samples, spec`: hashes that differ, and nothing else. */
function changesOf(parts: string): RegExp {
  const change = (part: string, n: number) =>
    part === 'args'
      ? 'args changed \\(none → --.+\\)'
      : `${part.replaceAll('.', '\\.')} changed \\(([0-9a-f]{4})… → (?!\\${n + 1})[0-9a-f]{4}…\\)`;
  return new RegExp(`^${parts.split(', ').map(change).join(', ')}$`);
}

/** Status by eval name, from the table at the end of the log. */
function statusesIn(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, status = '', name = ''] = /^(fresh|reused|failed|pending) +(\S+)/.exec(line) ?? [];
      return name === '' ? [] : [[name, status] as const];
    }),
  );
}
