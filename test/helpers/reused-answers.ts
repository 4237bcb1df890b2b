/** Machines that run an eval again and again with `reuse-answers`, after an edit each time. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { machineWithSet, ownModule, registryOf } from './generated-set.ts';
import { writeSamples } from './registry.ts';
import type { RunResult } from './runner.ts';
import type { Cleanup } from './temporary-directory.ts';
import { logOf, type MachineOptions, type MachineRun, type TestMachine } from './test-machine.ts';

/** A class of the user's own, which asks each sample as Match does. */
export const CLASS = `
from evals.elsuite.basic.match import Match

BONUS = 0

class Graded(Match):
    def run(self, recorder):
        return {**super().run(recorder), "bonus": BONUS}
`;

export interface ReusingMachine {
  readonly machine: TestMachine;
  /** Replaces the module of the class. */
  editClass(source: string): void;
  /** Replaces the samples. */
  ask(samples: readonly object[]): void;
  /** Runs the set, and checks how many requests the API got and how many were replayed. */
  rerun(requests: { readonly sent: number; readonly replayed: number }, run?: MachineRun): Promise<RunResult>;
}

/** One eval, `ask-0`, of the class in `source`. The run that completes it first is still to come. */
export async function reusingMachine(
  context: Cleanup,
  samples: readonly object[],
  { source = CLASS, ...options }: Partial<MachineOptions> & { readonly source?: string } = {},
): Promise<ReusingMachine> {
  const env = ownModule(context, 'graded', source);
  const machine = await machineWithSet(
    context,
    { samples: [1], className: 'graded:Graded' },
    { ...options, env, inputs: { 'reuse-answers': 'true', ...options.inputs } },
  );
  const ask = (all: readonly object[]) => writeSamples(registryOf(machine), 'ask-0', all);
  ask(samples);
  let runId = 100;
  return {
    machine,
    editClass: (edited) => writeFileSync(join(env.PYTHONPATH, 'graded.py'), edited),
    ask,
    async rerun({ sent, replayed }, run = {}) {
      machine.api.forget();
      runId += 1;
      const result = await machine.run({ runId: String(runId), ...run });
      expect(result.exitCode, logOf(result)).toBe(0);
      expect(result.outputs, logOf(result)).toMatchObject({
        complete: 'true',
        'requests-sent': String(sent),
        'requests-replayed': String(replayed),
      });
      expect(machine.api.counts().received).toBe(sent);
      return result;
    },
  };
}

/** Samples whose requests are all different. */
export function questions(count: number, wording = 'What is'): object[] {
  return Array.from({ length: count }, (_, i) => ({
    input: [{ role: 'user', content: `${wording} ${i} times 7?` }],
    ideal: '7',
  }));
}

/** The paths of the files of kept answers. */
export function answerFilesOf(machine: TestMachine): string[] {
  const folder = machine.path('resume/answers');
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/** What the answers of each prompt were, in the record file of an eval, sorted. */
export function answersInRecord(machine: TestMachine, evalKey = 'ask-0.dev.v0'): Record<string, string[]> {
  const lines = readFileSync(machine.path(`resume/logs/${evalKey}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, -1);
  const events = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'sampling');
  const bySample = Map.groupBy(events, ({ data }) => JSON.stringify(data.prompt));
  return Object.fromEntries(
    [...bySample].map(([prompt, all]) => [prompt, all.map(({ data }) => String(data.sampled)).sort()]),
  );
}
