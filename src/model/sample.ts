/** The samples of a completed eval, as its record file or a `samples.jsonl` has them. */

/**
 * `unscored`: the judge's answer could not be read (`__invalid__`). `errored`: the sample raised an error.
 */
export type SampleOutcome = 'correct' | 'incorrect' | 'unscored' | 'errored';

/** The choice of a judge who gave none of the possible ones (evals/elsuite/modelgraded/classify_utils.py). */
export const INVALID_CHOICE = '__invalid__';

export const SAMPLE_OUTCOMES: readonly SampleOutcome[] = ['correct', 'incorrect', 'unscored', 'errored'];

/** One sample, without its texts. A run has 100,000 of them, so they are small. */
export interface Sample {
  /** evals' own id, `name.split.index`. It shifts when a row is inserted above the sample. */
  readonly id: string;
  /** SHA-256 (hex) of what was asked and expected. It identifies the sample in other runs. */
  readonly hash: string;
  /** Null when the class of the eval does not report one. It is never guessed. */
  readonly outcome: SampleOutcome | null;
  /** What the sample adds to each metric that is a mean over samples: `{ accuracy: 1, f1_score: 0.8 }`. */
  readonly scores: Readonly<Record<string, number>>;
  /** The choice of the judge of a model-graded eval, `__invalid__` included. */
  readonly choice: string | null;
  /** Prompt and completion tokens of all its responses; null when the record has none. */
  readonly tokens: number | null;
  /** Whether its responses were replayed; null when that is not known. */
  readonly replayed: boolean | null;
}

/** What a sample says. All of it was written by others: by the data set, by models. Null: the record does not have it. */
export interface SampleTexts {
  readonly prompt: string | null;
  readonly answer: string | null;
  readonly expected: string | null;
  readonly picked: string | null;
  /** The words of the judge of a model-graded eval. */
  readonly judge: string | null;
  /** The error of an errored sample. */
  readonly error: string | null;
}

export const NO_TEXTS: SampleTexts = {
  prompt: null,
  answer: null,
  expected: null,
  picked: null,
  judge: null,
  error: null,
};

/** The input `samples-text`: which samples may leave the runner with their texts. `failures`: those with an outcome other than `correct`. */
export type SamplesText = 'none' | 'failures' | 'all';

/** The samples of one eval. */
export interface EvalSamples {
  /** In the order of their ids. */
  readonly samples: readonly Sample[];
  /** Reads the texts of one of these samples, each of them bounded. `NO_TEXTS` for one whose texts may not leave the runner. */
  texts(sample: Sample): SampleTexts;
}

/** By eval key. An eval without a record file, or whose class records no samples, is missing. */
export type SamplesByEval = ReadonlyMap<string, EvalSamples>;
