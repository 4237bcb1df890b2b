import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CountingPython, countingPython } from '../helpers/counting-python.ts';
import { evalsPython } from '../helpers/evals-venv.ts';
import type { RunResult } from '../helpers/runner.ts';
import type { Cleanup } from '../helpers/temporary-directory.ts';
import { logOf, runsAgain, TestMachine } from '../helpers/test-machine.ts';
import { LONG } from '../helpers/test-rows.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/reuse');

let python = '';
beforeAll(async () => {
  python = await evalsPython();
});

/** A checkout on which the set is complete. Its Python records each of its starts. */
class Checkout {
  readonly machine: TestMachine;
  readonly project: string;
  #python: CountingPython | undefined;

  private constructor(machine: TestMachine) {
    this.machine = machine;
    this.project = join(machine.directory, 'project');
  }

  static async make(context: Cleanup): Promise<Checkout> {
    const checkout = new Checkout(
      await TestMachine.make(context, {
        python,
        model: 'echo',
        evalSet: 'reuse',
        inputs: { 'registry-path': 'registry' },
      }),
    );
    cpSync(FIXTURES, checkout.project, { recursive: true });
    mkdirSync(join(checkout.project, 'before'));
    checkout.#python = countingPython(checkout.machine.directory, python);
    const first = await checkout.run();
    expect(first.outputs, logOf(first)).toMatchObject({ complete: 'true', fresh: '5' });
    expect(checkout.starts()).toBeGreaterThan(0);
    return checkout;
  }

  get python(): string {
    return this.#python?.python ?? python;
  }

  starts(): number {
    return this.#python?.starts() ?? 0;
  }

  run(): Promise<RunResult> {
    const modules = [join(this.project, 'before'), join(this.project, 'modules')];
    return this.machine.run({
      cache: false,
      inputs: { 'working-directory': this.project, python: this.python },
      env: { PYTHONPATH: modules.join(delimiter), OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
    });
  }
}

describe.concurrent('a second run', () => {
  const changes: readonly {
    name: string;
    change: (project: string) => void;
    again: Record<string, unknown>;
  }[] = [
    {
      name: 'a byte of a data file, with size and time of change as they were',
      change(project) {
        const file = join(project, 'registry/data/reuse/match.jsonl');
        const { atime, mtime } = statSync(file);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace('Say beta', 'Say zeta'));
        utimesSync(file, atime, mtime);
      },
      again: { 'reuse-match': expect.stringContaining('samples changed') },
    },
    {
      name: 'a class of the project',
      change(project) {
        const file = join(project, 'modules/reuse_evals/cities.py');
        appendFileSync(file, '\n# changed\n');
      },
      again: { 'reuse-own': expect.stringContaining('reuse_evals/cities.py changed') },
    },
    {
      name: 'a module that is found before the one it was',
      change(project) {
        const first = join(project, 'before/reuse_evals');
        cpSync(join(project, 'modules/reuse_evals'), first, { recursive: true });
        appendFileSync(join(first, 'cities.py'), '\n# found first\n');
      },
      again: { 'reuse-own': expect.stringContaining('reuse_evals/cities.py changed') },
    },
    {
      name: 'a data file in the working directory, where evals looks first',
      change(project) {
        mkdirSync(join(project, 'reuse'));
        writeFileSync(join(project, 'reuse/match.jsonl'), '{"input": "Say omega", "ideal": "omega"}\n');
      },
      again: { 'reuse-match': expect.stringContaining('samples changed') },
    },
  ];

  test('plan recall: a second run starts no Python when nothing has changed, and each later one notices a change', async (context) => {
    const checkout = await Checkout.make(context);
    const before = checkout.starts();
    const second = await checkout.run();
    expect(second.outputs, logOf(second)).toMatchObject({ complete: 'true', reused: '5', fresh: '0' });
    expect(checkout.starts()).toBe(before);
    for (const { name, change, again } of changes) {
      const starts = checkout.starts();
      change(checkout.project);
      const next = await checkout.run();
      expect(runsAgain(next), `${name}\n${logOf(next)}`).toEqual(again);
      expect(checkout.starts(), name).toBeGreaterThan(starts);
    }
  });

  test(
    'plan recall: a second run notices another registry file that adds an eval to the set',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context);
      const sets = join(checkout.project, 'registry/eval_sets/reuse.yaml');
      writeFileSync(
        sets,
        readFileSync(sets, 'utf8').replace(/^(reuse:\n\s+evals:\n)(\s+- )/m, '$1$2reuse-late*\n$2'),
      );
      const late = join(checkout.project, 'registry/evals/late.yaml');
      const entry = (id: string) =>
        `${id}:\n  class: evals.elsuite.basic.match:Match\n  args:\n    samples_jsonl: reuse/match.jsonl\n`;
      writeFileSync(late, entry('reuse-late.dev.v0'));
      expect((await checkout.run()).outputs).toMatchObject({ total: '6', fresh: '1' });
      writeFileSync(join(checkout.project, 'registry/evals/later.yaml'), entry('reuse-late.dev.v1'));
      expect((await checkout.run()).outputs).toMatchObject({ total: '7', fresh: '1' });
      expect((await checkout.run()).outputs).toMatchObject({ total: '7', fresh: '0' });
    },
  );

  test(
    'plan recall: large data files are hashed in threads, and one changed byte is noticed',
    LONG,
    async (context) => {
      const checkout = await Checkout.make(context);
      const registry = join(checkout.project, 'registry');
      const evals = join(registry, 'evals/reuse.yaml');
      const text = readFileSync(evals, 'utf8');
      // Never opened while no few-shot samples are requested, and data of the eval all the same.
      const more = 'samples_jsonl: reuse/match.jsonl\n    few_shot_jsonl: reuse/large.jsonl\n';
      writeFileSync(evals, text.replace('samples_jsonl: reuse/match.jsonl\n', more));
      const large = Buffer.alloc(170 * 1024 ** 2, `${JSON.stringify({ input: 'x'.repeat(1000) })}\n`);
      writeFileSync(join(registry, 'data/reuse/large.jsonl'), large);
      expect(runsAgain(await checkout.run())).toHaveProperty('reuse-match');
      const starts = checkout.starts();
      expect((await checkout.run()).outputs).toMatchObject({ complete: 'true', reused: '5' });
      expect(checkout.starts()).toBe(starts);
      large.write('y', 50 * 1024 ** 2);
      writeFileSync(join(registry, 'data/reuse/large.jsonl'), large);
      expect(runsAgain(await checkout.run())).toEqual({
        'reuse-match': expect.stringContaining('few shot jsonl changed'),
      });
    },
  );
});
