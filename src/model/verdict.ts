/** What a run is worth: one verdict for the exit code, the outputs, and all reports. Plain JSON, a part of `results.json`. */
import type { SampleOutcome } from './sample.ts';

/**
 * `passed`: every eval is completed, and every required rule is met. `failed`: an eval failed, or a required rule is missed or
 * cannot be judged. `incomplete`: no eval failed, and some are pending, so nothing is said about rules.
 */
export type VerdictStatus = 'passed' | 'failed' | 'incomplete';

export interface Verdict {
  readonly status: VerdictStatus;
  /** The verdict in one line, with all counts; plain text. */
  readonly sentence: string;
  /** In the order of the input. */
  readonly rules: readonly RuleVerdict[];
  /** Null when there is no baseline. */
  readonly comparison: BaselineComparison | null;
  /** Over all samples of all evals; null when their main metrics are not the same rate. */
  readonly overall: OverallRate | null;
}

export type RuleStatus = 'met' | 'missed' | 'not-judged';

export interface RuleVerdict {
  /** The rule as the user wrote it. */
  readonly rule: string;
  /** Of the input thresholds, from 1. */
  readonly line: number;
  /** An advisory rule never fails the step. */
  readonly advisory: boolean;
  readonly status: RuleStatus;
  /** What was found, with values, and why it is not judged; plain text, a whole sentence. */
  readonly sentence: string;
  /** Of each eval that the rule is about; empty for a rule about the whole run. */
  readonly evals: readonly EvalRuleVerdict[];
}

export interface EvalRuleVerdict {
  readonly key: string;
  readonly name: string;
  readonly status: RuleStatus;
  readonly sentence: string;
  /** The value that was compared; null when there is none. */
  readonly value: number | null;
}

/** Where a baseline comes from. */
export interface BaselineSource {
  /** The path, as the user wrote it. */
  readonly path: string;
  readonly runId: string;
  readonly sha: string;
  readonly ref: string;
  readonly model: string;
  /** When its run ended; ISO 8601, UTC. */
  readonly ended: string;
}

export interface BaselineComparison {
  /** Null when the file cannot be used. */
  readonly source: BaselineSource | null;
  /** Why nothing is compared, as a clause: missing, damaged, of another set; null when evals are compared. */
  readonly problem: string | null;
  /** Whether samples are paired, which needs samples.jsonl beside the baseline. */
  readonly hasSamples: boolean;
  /** Of each eval of the plan and of the baseline, by its main metric. */
  readonly evals: readonly EvalComparison[];
  /** The difference of `overall`; null when there is none. */
  readonly overall: OverallDifference | null;
}

/**
 * `degraded`, `improved`: the effect is beyond the tolerance and p < 0.05 after Holm's correction. `too-few`: fewer than ten pairs.
 * `missing`: only one side has the eval or a number for the metric. `not-comparable`: the results do not measure the same thing, or nothing
 * can be tested. `incomplete`: the eval has not completed.
 */
export type ComparisonStatus =
  | 'improved'
  | 'degraded'
  | 'within-noise'
  | 'too-few'
  | 'not-comparable'
  | 'missing'
  | 'incomplete';

export interface EvalComparison {
  readonly key: string;
  readonly name: string;
  readonly status: ComparisonStatus;
  /** The metric that is compared; empty when there is none. */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** A whole sentence: what was seen, why it is not comparable, what would be needed to tell; plain text. */
  readonly sentence: string;
  /** The metric as evals reported it in the baseline and now; null when one side has none. */
  readonly before: number | null;
  readonly now: number | null;
  /** Mean difference of the pairs, now − before, with its 95 % interval; null without pairs. */
  readonly difference: number | null;
  readonly differenceInterval: { readonly low: number; readonly high: number } | null;
  /** Samples with the same content on both sides. */
  readonly pairs: number;
  /** Samples that only this run, or only the baseline has with a score. */
  readonly onlyNow: number;
  readonly onlyBefore: number;
  /** Pairs whose score got worse, and better. */
  readonly worse: number;
  readonly better: number;
  /** Two-sided, before and after Holm's correction over the evals of the set; null when no test was made. */
  readonly p: number | null;
  readonly adjustedP: number | null;
  /** How many samples would have to flip one way to tell; null unless all scores are 0 or 1, and for fewer than ten pairs. */
  readonly flipsNeeded: number | null;
  /** The smallest drop that so many pairs can show (10 % discordant, power 80 %); null when `flipsNeeded` is. */
  readonly smallestDrop: number | null;
  /** The pairs that got worse, then those that got better, at most `MAX_FLIPS`. */
  readonly flips: readonly SampleFlip[];
}

/** Further flips are only counted. */
export const MAX_FLIPS = 100;

/** A sample whose score differs from the baseline. */
export interface SampleFlip {
  /** Its id in this run. */
  readonly id: string;
  readonly hash: string;
  readonly before: number;
  readonly now: number;
  readonly outcomeBefore: SampleOutcome | null;
  readonly outcomeNow: SampleOutcome | null;
}

export function isWorse({ before, now }: SampleFlip, { higherIsBetter }: EvalComparison): boolean {
  return higherIsBetter ? now < before : now > before;
}

/** The rate over all samples of all evals. */
export interface OverallRate {
  readonly metric: string;
  /** From 0 to 1. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** Samples. */
  readonly n: number;
}

export interface OverallDifference {
  /** The rate of the baseline over the pairs, and that of this run over the pairs. */
  readonly before: number;
  readonly now: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  readonly worse: number;
  readonly better: number;
}
