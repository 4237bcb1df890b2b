/** The samples of real records: `test/fixtures/records/make.ts` made them. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Sample } from '../../../src/model/sample.ts';
import { countOutcomes } from '../../../src/model/sample-counts.ts';
import { readRecordFile } from '../../../src/record/record-file.ts';
import { readSamples } from '../../../src/record/samples.ts';
import { RECORD_KINDS } from '../../fixtures/records/kinds.ts';

const recordOf = (name: string): string => join(import.meta.dirname, `../../fixtures/records/${name}.jsonl`);
const samplesOf = (name: string) => readSamples(recordOf(name), () => false);

interface Row {
  readonly name: string;
  readonly total: number;
  /** correct, incorrect, unscored, errored */
  readonly outcomes?: readonly [number, number, number, number];
  readonly coverage: number | null;
  /** Metrics of the final report that are the means of the scores. */
  readonly means: readonly string[];
  /** Metrics of the final report that are computed in another way. */
  readonly others?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: 'match', total: 12, outcomes: [9, 3, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'includes', total: 5, outcomes: [4, 1, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'fuzzy-match', total: 3, outcomes: [2, 1, 0, 0], coverage: 1, means: ['accuracy', 'f1_score'] },
  { name: 'multiple-choice', total: 4, outcomes: [1, 3, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'json-match', total: 4, outcomes: [2, 2, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'json-validator', total: 4, outcomes: [2, 2, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'translate', total: 4, outcomes: [2, 2, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'solver', total: 12, outcomes: [9, 3, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'mmlu', total: 6, outcomes: [1, 5, 0, 0], coverage: 1, means: ['accuracy'] },
  { name: 'model-graded', total: 8, outcomes: [6, 2, 0, 0], coverage: 1, means: ['score'] },
  { name: 'model-graded-unscored', total: 8, outcomes: [4, 2, 2, 0], coverage: 0.75, means: ['score'] },
  { name: 'model-graded-unrecorded', total: 8, outcomes: [6, 2, 0, 0], coverage: 1, means: ['score'] },
  { name: 'model-graded-counts', total: 6, outcomes: [0, 0, 1, 0], coverage: 5 / 6, means: [] },
  { name: 'model-graded-range', total: 5, outcomes: [0, 0, 1, 0], coverage: 0.8, means: ['score'] },
  { name: 'metaeval', total: 6, outcomes: [3, 3, 0, 0], coverage: 1, means: ['metascore', 'score'] },
  { name: 'own-metric', total: 12, coverage: 1, means: ['overlap', 'polite', 'words/given'] },
  { name: 'nan-metric', total: 12, coverage: null, means: [] },
  { name: 'errors', total: 12, outcomes: [8, 2, 0, 2], coverage: 10 / 12, means: ['accuracy'] },
  { name: 'steps', total: 12, coverage: 1, means: ['accuracy'] },
  {
    name: 'function-deduction',
    total: 5,
    outcomes: [1, 4, 0, 0],
    coverage: 1,
    means: [
      'avg_ask_rounds',
      'avg_guess_rounds',
      'avg_incorrect_format_rounds',
      'avg_success_rounds',
      'solved_ratio',
    ],
  },
  {
    name: 'twenty-questions',
    total: 5,
    outcomes: [2, 3, 0, 0],
    coverage: 1,
    means: [
      'accuracy',
      'average_num_gamemaster_refusals',
      'average_num_guesses',
      'average_num_questions',
      'average_num_violations',
      'average_word_difficulty',
      'score',
    ],
  },
  {
    name: 'skill-acquisition',
    total: 4,
    coverage: 1,
    means: [
      'average_invalid_retrieval_calls',
      'average_retrieval_calls',
      'average_retrieval_precision',
      'ctx_len_exceeded_rate',
      'timeout_rate',
    ],
  },
  {
    name: 'error-recovery',
    total: 4,
    coverage: 1,
    means: ['CR_correct_rate', 'IR_correct_rate', 'NR_correct_rate'],
  },
  {
    name: 'ballots',
    total: 3,
    coverage: 1,
    means: [
      'success_rate',
      'vote_yes_rate__target_control',
      'vote_yes_rate__target_no',
      'vote_yes_rate__target_yes',
    ],
  },
  {
    name: 'make-me-pay',
    total: 3,
    coverage: 1,
    means: [
      'conartist_broke_character_count',
      'conartist_empty_tags_count',
      'mark_broke_character_count',
      'mark_empty_tags_count',
      'mean_donation_amt',
    ],
  },
  { name: 'track-the-stat', total: 4, coverage: 1, means: ['avg_max_length', 'violation_rate'] },
  {
    name: 'already-said-that',
    total: 4,
    coverage: 1,
    means: [
      'avg_distractor_accuracy',
      'avg_num_distractors',
      'avg_num_turns',
      'false_negative_rate',
      'false_positive_rate',
      'violation_rate',
    ],
  },
  {
    name: 'identifying-variables',
    total: 4,
    coverage: 1,
    means: [
      'ctrl_fallout',
      'ctrl_nDCG',
      'ctrl_recall',
      'dep_acc',
      'hyp_valid_acc',
      'ind_acc',
      'violation_rate',
    ],
  },
  {
    name: 'schelling-point',
    total: 4,
    coverage: 1,
    means: ['ci_convergence_rate', 'no_ci_convergence_rate'],
    // The mean over all events, of which some samples have several.
    others: ['runtime_error_rate'],
  },
  { name: 'sandbagging', total: 2, coverage: null, means: [] },
];

test('recorded kinds: each record that is a fixture is tested', () => {
  const tested = [...ROWS.map(({ name }) => name), 'zero-samples', 'silent'];
  expect(tested.sort()).toEqual(RECORD_KINDS.map(({ name }) => name).sort());
});

test.each(ROWS)('recorded kinds: $name has the outcomes and scores of its class', async (row) => {
  const { samples = [] } = (await samplesOf(row.name)) ?? {};
  const [correct, incorrect, unscored, errored] = row.outcomes ?? [];
  expect(countOutcomes(samples)).toEqual({
    total: row.total,
    outcomes: row.outcomes ? { correct, incorrect, unscored, errored } : null,
    coverage: row.coverage,
  });
  const { finalReport = {} } = (await readRecordFile(recordOf(row.name))) ?? {};
  const metrics = new Set(samples.flatMap(({ scores }) => Object.keys(scores)));
  expect([...metrics].sort()).toEqual([...row.means, ...(row.others ?? [])].sort());
  for (const metric of row.means)
    expect(meanOf(samples, metric), metric).toBeCloseTo(Number(finalReport[metric]), 10);
  for (const metric of row.others ?? [])
    expect(meanOf(samples, metric), metric).not.toBeCloseTo(Number(finalReport[metric]), 2);
});

test.each(ROWS)('recorded kinds: each sample of $name has a hash of its own and texts', async ({ name }) => {
  const read = await samplesOf(name);
  const samples = read?.samples ?? [];
  expect(new Set(samples.map(({ hash }) => hash)).size).toBe(samples.length);
  for (const sample of samples) {
    expect(sample.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(sample.tokens).toBeGreaterThan(0);
    expect(sample.replayed).toBe(false);
    expect(read?.texts(sample).prompt).toMatch(/^(system|user)( \(\w+\))?: \S/);
  }
});

test.each(['zero-samples', 'silent'])('recorded kinds: %s has no samples', async (name) => {
  expect(await samplesOf(name)).toBeUndefined();
});

test('recorded kinds: samples are in the order of their numbers', async () => {
  for (const name of ['match', 'multiple-choice', 'twenty-questions', 'mmlu']) {
    const { samples = [] } = (await samplesOf(name)) ?? {};
    const numbers = samples.map(({ id }) => Number(id.split('.').at(-1)));
    expect(numbers, name).toEqual(numbers.toSorted((a, b) => a - b));
  }
});

test('recorded kinds: a model-graded sample has the answer and the words of the judge', async () => {
  const read = await samplesOf('model-graded-unscored');
  const texts = read?.samples.map((sample) => ({ choice: sample.choice, ...read.texts(sample) }));
  expect(texts?.find(({ choice }) => choice === '__invalid__')).toEqual({
    choice: '__invalid__',
    prompt: 'system: A customer writes: “Where is my refund?” Reply in one sentence.',
    answer: 'We are sorry to hear that and will gladly help you right away.',
    expected: null,
    picked: null,
    judge: 'I would rather not decide this.',
    error: null,
  });
});

test('recorded kinds: an errored sample has its error', async () => {
  const read = await samplesOf('errors');
  const errored = read?.samples.filter(({ outcome }) => outcome === 'errored') ?? [];
  expect(errored.map((sample) => read?.texts(sample).error)).toEqual([
    'ValueError: the answer is empty',
    'ValueError: the answer is empty',
  ]);
});

test('recorded kinds: alternatives of what was expected are joined', async () => {
  const read = await samplesOf('match');
  const japan = read?.samples[1];
  expect(japan && read?.texts(japan)).toMatchObject({ expected: 'Tokyo | Tōkyō | 東京', picked: 'Tokyo' });
});

function meanOf(samples: readonly Sample[], metric: string): number {
  const scores = samples.flatMap(({ scores }) => scores[metric] ?? []);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
