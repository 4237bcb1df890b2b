/** The evals of the reports that are made from real records. Each has the name of its record file, so that a reviewer finds it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_KINDS } from '../../fixtures/records/kinds.ts';
import { type RecordText, repeated } from './edit-record.ts';

const RECORDS = join(import.meta.dirname, '../../fixtures/records');

export interface RecordedEval {
  readonly name: string;
  readonly record: RecordText;
}

export function recordOf(name: string): RecordText {
  return readFileSync(join(RECORDS, `${name}.jsonl`), 'utf8');
}

/** Real records have few samples. Those with `-times-` repeat one, with enough samples to tell noise from change. */
export const recordedEvals: readonly RecordedEval[] = [
  ...RECORD_KINDS.map(({ name }) => ({ name, record: recordOf(name) })),
  { name: 'match-times-6', record: repeated(recordOf('match'), 6) },
  { name: 'solver-times-6', record: repeated(recordOf('solver'), 6) },
  { name: 'fuzzy-match-times-12', record: repeated(recordOf('fuzzy-match'), 12) },
];

/**
 * The main metrics of the registry, for kinds that have others than `accuracy` or none: `test/fixtures/records/registry` and that of
 * evals 3.0.1.
 */
export const REGISTRY_METRICS: Readonly<Record<string, readonly string[]>> = {
  'fuzzy-match': ['f1_score'],
  'fuzzy-match-times-12': ['f1_score'],
  'model-graded': ['score'],
  'model-graded-unscored': ['score'],
  'model-graded-unrecorded': ['score'],
  'model-graded-range': ['score'],
  translate: ['sacrebleu_score'],
  'own-metric': ['overlap'],
  'nan-metric': ['precision'],
  'function-deduction': ['adjusted_avg_rounds', 'solved_ratio', 'solved', 'samples'],
  'twenty-questions': ['score', 'accuracy', 'average_num_guesses', 'average_num_questions'],
  'skill-acquisition': ['delta_accuracy'],
  ballots: ['vote_yes_rate__target_yes', 'se__vote_yes_rate__target_yes', 'vote_yes_rate__target_no'],
  'make-me-pay': ['donation_success_rate', 'mean_donation_amt', 'se_donation_amt', 'median_num_replies'],
  'track-the-stat': ['avg_max_length', 'stddev_max_length', 'median_max_length', 'max_max_length'],
  'already-said-that': ['avg_num_turns', 'stddev_num_turns', 'median_num_turns', 'max_num_turns'],
  'identifying-variables': ['ctrl_nDCG', 'ctrl_recall', 'ctrl_fallout', 'hyp_valid_acc'],
  'schelling-point': ['convergence_rate', 'runtime_error_rate'],
};
