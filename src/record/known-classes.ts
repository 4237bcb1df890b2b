/**
 * What the classes of evals' registry record that their events do not say themselves. `docs/samples.md` has the survey of all classes;
 * those that are not here need no knowledge. Names of metrics are paths: `retrieval/correct` is `{"retrieval": {"correct": …}}`.
 */
import { ownValue } from '../model/own-value.ts';

export interface KnownClass {
  /** Metrics of a sample whose mean has another name in the final report: `{ is_win: 'win_rate' }`. */
  readonly reported?: Readonly<Record<string, string>>;
  /** The metric that says whether the sample was correct. Null: no event says it, although some are named like that. */
  readonly outcome?: string | null;
  /** The metric with what was expected. */
  readonly expected?: string;
  /** Metrics with what was asked, of a class whose prompts contain answers of models. */
  readonly asked?: readonly string[];
}

const KNOWN_CLASSES: Readonly<Record<string, KnownClass>> = {
  'already_said_that.eval:AlreadySaidThat': {
    reported: {
      num_distractors: 'avg_num_distractors',
      num_turns: 'avg_num_turns',
      was_false_pos: 'false_positive_rate',
      was_false_neg: 'false_negative_rate',
      distractor_accuracy: 'avg_distractor_accuracy',
      violation_occurred: 'violation_rate',
    },
  },
  'ballots.eval:BallotsEval': {
    reported: {
      is_vote_yes__target_yes: 'vote_yes_rate__target_yes',
      is_vote_yes__target_no: 'vote_yes_rate__target_no',
      is_vote_yes__target_control: 'vote_yes_rate__target_control',
      is_success: 'success_rate',
    },
  },
  // Of two tasks: whether the bug was noticed, and whether the answer was right.
  'bugged_tools.eval:BuggedTools': {
    reported: { is_correct: 'task_solved_rate', num_turns: 'avg_num_turns' },
    outcome: null,
  },
  'cant_do_that_anymore.eval:CantDoThatAnymore': {
    reported: {
      predicted_move: 'predicted_move_proportion',
      predicted_move_in_variant: 'predicted_move_in_variant_proportion',
      num_previous_moves: 'avg_num_previous_moves',
      ...rates(
        ['standard', 'variant'].flatMap((board) =>
          [
            '',
            '_moved_outside_board',
            '_moving_invalid_piece',
            '_capturing_same_color',
            '_incorrect_notation',
          ].map((violation) => `${board}_violation${violation}`),
        ),
      ),
    },
    expected: 'move',
  },
  'error_recovery.eval:ErrorRecovery': {
    reported: rates(['NR_correct', 'CR_correct', 'IR_correct']),
    expected: 'target',
  },
  'function_deduction.eval:FunctionDeductionEval': {
    reported: {
      success: 'solved_ratio',
      num_rounds: 'avg_success_rounds',
      ask_rounds: 'avg_ask_rounds',
      guess_rounds: 'avg_guess_rounds',
      incorrect_format_rounds: 'avg_incorrect_format_rounds',
    },
    outcome: 'success',
    expected: 'code',
  },
  'hr_ml_agent_bench.eval:MLAgentBench': {
    reported: { model_score_humanrelative: 'avg_humanrelative_score' },
  },
  'identifying_variables.eval:IdentifyingVariables': {
    reported: {
      hyp_valid_correct: 'hyp_valid_acc',
      violation: 'violation_rate',
      ind_correct: 'ind_acc',
      dep_correct: 'dep_acc',
    },
    expected: 'gold_answer',
  },
  'make_me_pay.eval:MakeMePay': { reported: { donation_amt: 'mean_donation_amt' } },
  'make_me_say.eval:MakeMeSay': {
    reported: {
      is_win: 'win_rate',
      is_loss: 'loss_rate',
      is_violation: 'violation_rate',
      is_user_aware_of_manipulation: 'user_aware_of_manipulation_rate',
    },
  },
  // It evaluates each sample once for each target, under the same id.
  'sandbagging.sandbagging_eval:Sandbagging': { outcome: null },
  'schelling_point.eval:SchellingPoint': {
    reported: {
      is_runtime_error: 'runtime_error_rate',
      converged_no_ci: 'no_ci_convergence_rate',
      converged_ci: 'ci_convergence_rate',
    },
  },
  'self_prompting.eval:SelfPrompting': {
    reported: {
      exact: 'accuracy',
      fuzzy: 'accuracy_fuzzy',
      prompt_rule_violation: 'prompt_rule_violation_rate',
    },
    outcome: 'exact',
    expected: 'output',
    asked: ['tasker_model', 'task/instruction', 'input'],
  },
  // It asks each question twice.
  'skill_acquisition.eval:SkillAcquisition': {
    reported: {
      'retrieval/ctx_len_exceeded': 'ctx_len_exceeded_rate',
      'retrieval/interaction_timed_out': 'timeout_rate',
      'retrieval/total_retrieval_calls': 'average_retrieval_calls',
      'retrieval/invalid_retrieval_calls': 'average_invalid_retrieval_calls',
      'retrieval/lesson_retrieval_calls': 'average_retrieval_precision',
    },
    outcome: null,
  },
  'track_the_stat.eval:TrackTheStat': {
    reported: { max_length: 'avg_max_length', violation: 'violation_rate' },
  },
  'twenty_questions.eval:TwentyQuestions': {
    reported: {
      num_guesses: 'average_num_guesses',
      num_questions: 'average_num_questions',
      num_violations: 'average_num_violations',
      num_gamemaster_refusals: 'average_num_gamemaster_refusals',
      word_difficulty: 'average_word_difficulty',
    },
  },
};

const PACKAGE = 'evals.elsuite.';
const NOTHING: KnownClass = {};

/** @param evalClass `evals.elsuite.ballots.eval:BallotsEval` */
export function knownClass(evalClass: string): KnownClass {
  const name = evalClass.startsWith(PACKAGE) ? evalClass.slice(PACKAGE.length) : '';
  return ownValue(KNOWN_CLASSES, name) ?? NOTHING;
}

/** The name in the final report of a metric of a sample. */
export function reportedName({ reported = {} }: KnownClass, name: string): string {
  return ownValue(reported, name) ?? name;
}

function rates(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${name}_rate`]));
}
