/**
 * A set whose reports have everything: right and wrong answers, a judge, an opponent that the model map replaces, an adapted
 * parameter, and texts that are found again wherever they get to.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { type ParsedResults, parseResults } from '../../../src/artifact/results-file.ts';
import { evalsPython } from '../../helpers/evals-venv.ts';
import { chat } from '../../helpers/gateway-rig.ts';
import type { RunResult } from '../../helpers/runner.ts';
import { type Cleanup, cleanupAfterAll, temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { logOf, type MachineOptions, type MachineRun, TestMachine } from '../../helpers/test-machine.ts';
import { apiFaults } from '../../stand-ins/api-faults.ts';
import type { ModelApi, ModelApiOptions } from '../../stand-ins/model-api.ts';

export const MODEL = 'gpt-4';
export const JUDGE = 'org/judge';
export const RETIRED = 'old-opponent';
export const LIVE = 'live-opponent';
export const QUIZ = 'quiz.dev.v0';
export const TONE = 'tone.dev.v0';
export const DUEL = 'duel.dev.v0';

/** Of `quiz` and of `tone`. */
export const SAMPLES = 24;
/** The first ones of both are wrong. */
export const WRONG = 8;
/** Of `duel`. */
export const ROUNDS = 2;

/** Each text of a sample contains one of these. */
export const MARKERS = {
  prompt: 'PROMPT-MARKER',
  expected: 'EXPECTED-MARKER',
  wrongAnswer: 'WRONG-MARKER',
  judge: 'JUDGE-MARKER',
} as const;

const SCORING = `
from evals.completion_fns.openai import OpenAIChatCompletionFn
from evals.elsuite.basic.match import Match


class Duel(Match):
    """Asks an opponent, too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.opponent = OpenAIChatCompletionFn(model="${RETIRED}", extra_options={"temperature": 0.5})

    def eval_sample(self, sample, rng):
        self.opponent(prompt=sample["input"])
        super().eval_sample(sample, rng)
`;

const questions = (count: number, noun: string) =>
  Array.from({ length: count }, (_, i) => ({
    input: [{ role: 'user', content: `${MARKERS.prompt} ${noun} ${i}` }],
    ideal: `${MARKERS.expected} ${i}`,
  }));

const statements = Array.from({ length: SAMPLES }, (_, i) => ({ input: `${MARKERS.prompt} statement ${i}` }));

/** The first questions are answered wrongly, and the judge finds what is said about the first statements impolite. */
export const reportedApi: ModelApiOptions = {
  faults: ({ model, body }) => {
    const text = JSON.stringify(body);
    const number = Number(/(?:question|statement|round) (\d+)/.exec(text)?.[1]);
    if (model === LIVE)
      return text.includes('"temperature":0.5')
        ? apiFaults.unsupportedValue(
            'temperature',
            "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
          )
        : says('I pass.');
    if (model === JUDGE) return says(`${MARKERS.judge} reasons.\n${number < WRONG ? 'no' : 'yes'}`);
    if (text.includes('statement')) return says(`statement ${number}, please`);
    return says(
      text.includes('question') && number < WRONG ? MARKERS.wrongAnswer : `${MARKERS.expected} ${number}`,
    );
  },
};

const says = (content: string) => ({ status: 200, body: chat(content) });

/** The registry in `registry`, and the user's own module in `modules`. */
export function writeReportedSet(directory: string): void {
  const write = (name: string, value: unknown) => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    // JSON is YAML.
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  };
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  write('modules/own/scoring.py', SCORING);
  write('modules/own/__init__.py', '');
  write('registry/eval_sets/reported.yaml', { reported: { evals: ['quiz', 'tone', 'duel'] } });
  write('registry/evals/reported.yaml', {
    quiz: { id: QUIZ, metrics: ['accuracy'] },
    [QUIZ]: { class: 'evals.elsuite.basic.match:Match', args: { samples_jsonl: 'reported/quiz.jsonl' } },
    tone: { id: TONE, metrics: ['score'] },
    [TONE]: {
      class: 'evals.elsuite.modelgraded.classify:ModelBasedClassify',
      args: { samples_jsonl: 'reported/tone.jsonl', eval_type: 'cot_classify', modelgraded_spec: 'polite' },
    },
    duel: { id: DUEL, metrics: ['accuracy'] },
    [DUEL]: { class: 'own.scoring:Duel', args: { samples_jsonl: 'reported/duel.jsonl' } },
  });
  write('registry/modelgraded/reported.yaml', {
    polite: {
      prompt: 'Is this polite?\n{completion}',
      choice_strings: ['yes', 'no'],
      choice_scores: { yes: 1, no: 0 },
      input_outputs: { input: 'completion' },
    },
  });
  write('registry/data/reported/quiz.jsonl', lines(questions(SAMPLES, 'question')));
  write('registry/data/reported/tone.jsonl', lines(statements));
  write('registry/data/reported/duel.jsonl', lines(questions(ROUNDS, 'round')));
}

/** Makes a machine that runs the set. @param directory what `writeReportedSet` has written */
export async function reportedMachine(
  cleanup: Cleanup,
  directory: string,
  options: Partial<MachineOptions> = {},
): Promise<TestMachine> {
  return TestMachine.make(cleanup, {
    python: await evalsPython(),
    model: MODEL,
    evalSet: 'reported',
    ...options,
    env: { PYTHONPATH: join(directory, 'modules'), ...options.env },
    inputs: {
      'registry-path': join(directory, 'registry'),
      'judge-model': JUDGE,
      'model-map': `${RETIRED}=${LIVE}`,
      args: '--seed 7',
      ...options.inputs,
    },
  });
}

/** The set, after a run that completed it. No test may change what it left. */
export interface CompletedSet {
  /** The registry and the modules. */
  readonly directory: string;
  readonly stateDirectory: string;
  /** The checkout of the run. */
  readonly workspace: string;
  /** The report files of the run, with the texts of all samples. */
  readonly reportDirectory: string;
  readonly result: RunResult;
  readonly api: ModelApi;
}

export interface ReportedSet {
  readonly completed: () => CompletedSet;
  /** Makes a machine on which the set is complete, and runs it again: without Python, if nothing changes what the plan depends on. */
  readonly runAgain: (cleanup: Cleanup, run?: MachineRun) => Promise<RunResult>;
}

/** Runs the set once for all tests of a file. */
export function useReportedSet(): ReportedSet {
  const cleanup = cleanupAfterAll();
  let made: CompletedSet | undefined;
  const completed = (): CompletedSet => {
    if (!made) throw new Error('The set is complete only when tests run.');
    return made;
  };
  beforeAll(async () => {
    const directory = temporaryDirectory(cleanup);
    const workspace = temporaryDirectory(cleanup);
    writeReportedSet(directory);
    const machine = await reportedMachine(cleanup, directory, { api: reportedApi });
    const result = await machine.run({ cache: false, workspace, inputs: { 'samples-text': 'all' } });
    expect(result.outputs, logOf(result)).toMatchObject({ complete: 'true', fresh: '3' });
    const reportDirectory = result.outputs['report-directory'] ?? '';
    const { stateDirectory, api } = machine;
    made = { directory, workspace, stateDirectory, reportDirectory, result, api };
  });
  return {
    completed,
    runAgain: async (context, { env, ...run } = {}) => {
      const { directory, stateDirectory, workspace, api } = completed();
      const machine = await reportedMachine(context, directory, { env: { OPENAI_BASE_URL: api.url } });
      cpSync(stateDirectory, machine.stateDirectory, { recursive: true });
      return machine.run({ cache: false, workspace, ...run, ...(env ? { env } : {}) });
    },
  };
}

/** Where the report files of a run are. */
export const reportOf = (result: RunResult): string => result.outputs['report-directory'] ?? '';

/** Reads the results.json of a run as the action reads a baseline. Fails if it is not valid. */
export function resultsIn(reportDirectory: string): Exclude<ParsedResults, { problem: string }> {
  const parsed = parseResults(readFileSync(join(reportDirectory, 'results.json'), 'utf8'));
  if ('problem' in parsed) throw new Error(`results.json: ${parsed.problem}`);
  return parsed;
}

/** The names of the report files. */
export const REPORT_FILES = ['benchmark.json', 'junit.xml', 'report.html', 'results.json', 'samples.jsonl'];
