/** The results of a run. They are plain JSON: `results.json` has them as they are, with a version and the verdict. */
import type { Adaptation } from './adaptation.ts';
import type { TokenUsage } from './api-response.ts';
import type { MetricValue, RecordedTokens, ReusedAnswers } from './completion-record.ts';
import type { RunEstimate } from './estimate.ts';
import type { Place } from './place.ts';
import type { Price } from './price.ts';
import type { Shard } from './shard.ts';

/** Where and when the run took place. Texts are empty outside a runner. */
export interface ResultsRun {
  /** `owner/name` */
  readonly repository: string;
  /** `GITHUB_RUN_ID` */
  readonly id: string;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
  readonly sha: string;
  /** Such as `refs/heads/main`. */
  readonly ref: string;
  /** Path of the workflow file, or the name of the workflow. */
  readonly workflow: string;
  readonly job: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
}

export interface Versions {
  readonly action: string;
  /** Empty when evals is not installed as a distribution. */
  readonly evals: string;
  /** Null when it is not known. */
  readonly python: string | null;
}

/** Which part of the set was run. */
export interface ResultsShard extends Shard {
  /** Evals of the plan that the other shards have. */
  readonly elsewhere: number;
}

/** Numbers of evals. */
export interface Counts {
  /** Evals of the plan; of a shard, those that it has. */
  readonly total: number;
  readonly completed: number;
  readonly fresh: number;
  readonly reused: number;
  readonly failed: number;
  readonly pending: number;
  /** Evals of the set that the inputs include and exclude leave out of the plan. */
  readonly excluded: number;
}

/** Of this run alone. What reused evals took is in their entries. */
export interface Totals {
  readonly evals: Counts;
  readonly requests: {
    readonly sent: number;
    readonly replayed: number;
    readonly retried: number;
    readonly failed: number;
  };
  /** Of the responses that the API returned to this run. */
  readonly tokens: TokenUsage;
  /** Of replayed responses, which were paid for earlier. */
  readonly replayedTokens: TokenUsage;
  /** US dollars of `tokens`, at the prices of the day of the run; null when a price is not known. */
  readonly cost: number | null;
  /** US dollars of `replayedTokens`; null when a price is not known. Missing in results of earlier versions. */
  readonly replayedCost?: number | null | undefined;
}

/** The prices that costs are computed with. */
export interface ResultsPrices {
  /** The vendored price list. */
  readonly list: { readonly version: string; readonly date: string } | null;
  /** US dollars per million tokens of the models with a price that this run, or an eval that it reuses, has responses of. */
  readonly models: Readonly<Record<string, Price>>;
  /** The other models, whose costs are not known. */
  readonly unknown: readonly string[];
}

/** A 95 % confidence interval of a metric that is a mean over samples. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly method: 'wilson' | 't' | 'bootstrap';
  /** Samples that it is computed from. */
  readonly n: number;
}

export interface MainMetric {
  readonly name: string;
  readonly value: MetricValue;
  /** Null when the metric is no mean over samples of the record, or when there are fewer than ten. */
  readonly interval: Interval | null;
  readonly higherIsBetter: boolean;
}

export interface SampleCounts {
  /** Evaluated samples; null when the record does not say. */
  readonly total: number | null;
  /** Null when the class of the eval reports no outcome of a sample. */
  readonly outcomes: {
    readonly correct: number;
    readonly incorrect: number;
    readonly unscored: number;
    readonly errored: number;
  } | null;
  /**
   * Samples with the outcome correct or incorrect, with a score or with the choice of a judge, divided by all. Unscored and errored samples
   * never count. Null when no sample reports anything.
   */
  readonly coverage: number | null;
}

/** Why an eval failed. */
export interface EvalError {
  /** `KeyError`, `openai.BadRequestError`; null when no exception was printed. */
  readonly type: string | null;
  /** What happened and why, as a clause. */
  readonly message: string;
  /** The last frame in the user's own code, or else in a class of evals. In a report, a file of the checkout is relative to it. */
  readonly place: Place | null;
  /** The id of the sample that raised it. */
  readonly sample: string | null;
  /** The end of the output, at most 30 lines. */
  readonly lastLines: readonly string[];
}

/** Whether an eval was reused or had to run. */
export interface EvalDecision {
  readonly kind: 'reuse' | 'run';
  /** Why it runs, as a clause: `own/scoring.py changed (a1b2… → c3d4…)`. Empty when it is reused. */
  readonly reason: string;
  /** The parts of the fingerprint that changed, for people: `own/scoring.py`. */
  readonly parts: readonly string[];
}

/** `excluded`: left out by the inputs include and exclude. All but its key is then empty. */
export type EvalStatus = 'fresh' | 'reused' | 'failed' | 'pending' | 'excluded';

export interface EvalResult {
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly key: string;
  /** `test-match`, or the key where that would be ambiguous. */
  readonly name: string;
  /** `evals.elsuite.basic.match:Match`; null when it is not known. */
  readonly evalClass: string | null;
  readonly status: EvalStatus;
  /** Null when it is not known, as in the report of a run that was killed early. */
  readonly decision: EvalDecision | null;
  /** Who grades the answers; null when no model does. */
  readonly judge: string | null;
  /** As evals reported them. A nested value is named `outer/inner`. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Null for an eval without results. */
  readonly mainMetric: MainMetric | null;
  /** Of each metric that has one. */
  readonly intervals: Readonly<Record<string, Interval>>;
  readonly samples: SampleCounts;
  readonly tokens: RecordedTokens | null;
  /** Requests that completed it; null when they were not counted. */
  readonly requests: { readonly sent: number; readonly replayed: number } | null;
  /** Missing when none of its responses was a kept answer of an earlier completion (`reuse-answers`). */
  readonly reusedAnswers?: ReusedAnswers | undefined;
  /** US dollars of `tokens`, at the prices of the day of this run; null when a price is not known. */
  readonly cost: number | null;
  /** How long the attempt took that completed it; null when this action did not complete it. */
  readonly tookMs: number | null;
  /** Attempts in this run; 0 when it did not run. */
  readonly attempts: number;
  /** The run that completed it. */
  readonly run: { readonly id: string; readonly attempt: number } | null;
  /** Null unless it failed. */
  readonly error: EvalError | null;
  /** Why it failed or is pending, or what is unusual about its completion; may be empty. */
  readonly note: string;
  /** Responses that the next run replays, of an eval that is not completed. */
  readonly recorded: number;
  /** What was changed in requests because a model does not accept it. */
  readonly adaptations: readonly Adaptation[];
  /** Names that the model map replaced in its requests, and the live models. */
  readonly replacedModels: Readonly<Record<string, string>>;
  /**
   * SHA-256 (hex) of the parts of its fingerprint that make results comparable: `spec`, `evals`, `modelgraded`, `judge:model`,
   * `model map`. Empty for an eval without results.
   */
  readonly comparable: Readonly<Record<string, string>>;
}

export interface Results {
  readonly run: ResultsRun;
  readonly versions: Versions;
  readonly model: string;
  readonly evalSet: string;
  /** The input judge-model; null when it is empty. */
  readonly judgeModel: string | null;
  readonly modelMap: Readonly<Record<string, string>>;
  /** Each different change of requests, in any eval, because a model does not accept a parameter. */
  readonly adaptations: readonly Adaptation[];
  /** Further arguments of `oaieval`. */
  readonly args: readonly string[];
  /** Missing when these are the results of the whole set. */
  readonly shard?: ResultsShard | undefined;
  /** Of the evals that were not reused, before they ran; missing when there was none, or when it was not made. */
  readonly estimate?: RunEstimate | undefined;
  readonly totals: Totals;
  /** Missing in results of earlier versions. */
  readonly prices?: ResultsPrices | undefined;
  /** In the order of the set; evals that are left out last. */
  readonly evals: readonly EvalResult[];
}
