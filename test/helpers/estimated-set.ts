/** An eval set with the kinds of prompts that the planner can measure, for tests of estimates. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BASIC = 'evals.elsuite.basic';
const CLASSIFY = 'evals.elsuite.modelgraded.classify:ModelBasedClassify';
const TASK = 'Answer the question with one word. Do not explain your answer, and do not repeat the question.';

const CONTEXT =
  'The borders of Europe were drawn anew after each of the wars of the century, and with them the capitals changed their places. Some of the cities grew fast, others lost the half of their people.';

interface Kind {
  readonly class: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly sample: (n: number) => object;
  /** Requests to the model and to the judge for each sample. */
  readonly requests: number;
}

const question = (n: number) =>
  `In the year ${1900 + n}, which of the capitals of the neighbouring countries had the most inhabitants at that time?`;

const chat = (n: number) => [
  { role: 'system', content: TASK },
  { role: 'user', content: question(n) },
];

const answered = (n: number) => ({ input: chat(n), ideal: `Answer ${n}` });

const recovery = (args: Readonly<Record<string, unknown>>, requests: number): Kind => ({
  class: 'evals.elsuite.error_recovery.eval:ErrorRecovery',
  args,
  sample: (n) => ({
    question: `${CONTEXT} ${question(n)}`,
    correct_steps: [CONTEXT, TASK],
    incorrect_step: 'So it was Paris.',
    target: '(A)',
    task: 'logical_deduction',
    num_ground_truth_steps: 3,
    mistake_index: 2,
  }),
  requests,
});

/** The kinds of requests, by the name of the eval. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'match-chat': { class: `${BASIC}.match:Match`, sample: answered, requests: 1 },
  'match-text': {
    class: `${BASIC}.match:Match`,
    sample: (n) => ({ input: `${TASK}\n${question(n)}`, ideal: 'Rome' }),
    requests: 1,
  },
  'match-shots': {
    class: `${BASIC}.match:Match`,
    args: { num_few_shot: 2, few_shot_jsonl: 'shots.jsonl' },
    sample: answered,
    requests: 1,
  },
  'match-russian': {
    class: `${BASIC}.match:Match`,
    sample: (n) => ({
      input: [
        { role: 'user', content: `Какой город был столицей этой страны в ${1900 + n} году, и почему?` },
      ],
      ideal: 'Москва',
    }),
    requests: 1,
  },
  includes: { class: `${BASIC}.includes:Includes`, sample: answered, requests: 1 },
  fuzzy: { class: `${BASIC}.fuzzy_match:FuzzyMatch`, sample: answered, requests: 1 },
  'json-match': {
    class: `${BASIC}.json_match:JsonMatch`,
    sample: (n) => ({ input: chat(n), ideal: JSON.stringify({ city: 'Rome', year: 1900 + n }) }),
    requests: 1,
  },
  'json-validator': { class: `${BASIC}.json_validator:JsonValidator`, sample: answered, requests: 1 },
  translate: { class: 'evals.elsuite.translate:Translate', sample: answered, requests: 1 },
  solvers: {
    class: `${BASIC}.match_with_solvers:MatchWithSolvers`,
    args: { task_description: TASK },
    sample: (n) => ({ input: [{ role: 'user', content: question(n) }], ideal: 'Rome' }),
    requests: 1,
  },
  mmlu: {
    class: 'evals.elsuite.sandbagging.mmlu_eval:MMLU',
    sample: (n) => ({ question: `${CONTEXT} ${question(n)}`, answer: 'A' }),
    requests: 1,
  },
  recovery: recovery({}, 6),
  'recovery-hint': recovery({ mistake_notification_position: 'immediate' }, 6),
  'recovery-late-hint': recovery({ mistake_notification_position: 'end' }, 9),
  'recovery-hint-of-mistakes': recovery(
    { mistake_notification_position: 'end', mistake_notification_for_ir_only: true },
    7,
  ),
  reasoned: {
    class: CLASSIFY,
    args: { modelgraded_spec: 'closedqa' },
    // The stand-in for the API answers with a few tokens, where a model writes a hundred. With a short prompt, that would be all.
    sample: (n) => ({
      input: `${CONTEXT} ${question(n)}`,
      criteria: 'relevance: does the answer name a capital?',
    }),
    requests: 2,
  },
  classified: {
    class: CLASSIFY,
    args: { modelgraded_spec: 'fact', eval_type: 'classify' },
    sample: (n) => ({ input: chat(n), ideal: 'Rome' }),
    requests: 2,
  },
  battle: {
    class: CLASSIFY,
    args: { modelgraded_spec: 'battle', eval_type: 'cot_classify' },
    sample: (n) => ({ input1: `${CONTEXT} ${question(n)}`, input2: `${CONTEXT} ${question(n + 100)}` }),
    requests: 3,
  },
  'graded-answers': {
    class: CLASSIFY,
    args: { modelgraded_spec: 'fact', eval_type: 'cot_classify' },
    sample: (n) => ({ input: question(n), ideal: 'Rome', completion: 'I think that it was Rome.' }),
    requests: 1,
  },
};

/** Writes the set `estimated`, each eval with so many samples. */
export function writeEstimatedSet(registry: string, samples: number): void {
  const names = Object.keys(KINDS);
  const entries = Object.entries(KINDS).flatMap(([name, { class: evalClass, args }]) => [
    [name, { id: `${name}.dev.v0`, metrics: ['accuracy'] }],
    [`${name}.dev.v0`, { class: evalClass, args: { samples_jsonl: `${name}.jsonl`, ...args } }],
  ]);
  // JSON is YAML.
  write(join(registry, 'eval_sets/estimated.yaml'), JSON.stringify({ estimated: { evals: names } }));
  write(join(registry, 'evals/estimated.yaml'), JSON.stringify(Object.fromEntries(entries)));
  const shots = [1, 2, 3].map((n) => ({
    sample: [{ role: 'system', content: question(n), name: 'example_user' }],
  }));
  write(join(registry, 'data/shots.jsonl'), lines(shots));
  for (const [name, { sample }] of Object.entries(KINDS))
    write(join(registry, `data/${name}.jsonl`), lines(Array.from({ length: samples }, (_, n) => sample(n))));
}

function lines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
