/** Rules about results: the lines of the input `thresholds`. Plain values. */

export type Rule = EvalRule | DropRule | RunRule;

interface WrittenRule {
  /** The rule as the user wrote it, without the white space around it. */
  readonly text: string;
  /** Of the input, from 1. */
  readonly line: number;
  /** An advisory rule never fails the step. */
  readonly advisory: boolean;
}

/** About a figure of each eval: `test-*: accuracy >= 90%`. */
export interface EvalRule extends WrittenRule {
  readonly kind: 'eval';
  /** Null: every eval that has the metric. */
  readonly glob: string | null;
  readonly metric: string;
  /** `report`: evals reports the metric. `samples`: `coverage` or `samples`, which this action counts. */
  readonly source: 'report' | 'samples';
  readonly threshold: Threshold;
}

/** About the difference of a metric of each eval from the baseline: `accuracy drop <= 2pp`. */
export interface DropRule extends WrittenRule {
  readonly kind: 'drop';
  readonly glob: string | null;
  readonly metric: string;
  /** The largest drop that is accepted, in the unit of the metric: 0.02 for `2pp`. Never negative. */
  readonly tolerance: number;
  readonly unit: 'number' | 'points';
}

/** About the whole run: `total-tokens <= 2M`. */
export interface RunRule extends WrittenRule {
  readonly kind: 'run';
  readonly metric: RunMetric;
  readonly threshold: Threshold;
}

export type RunMetric = 'total-tokens' | 'requests-sent';

export type Operator = '>' | '>=' | '<' | '<=' | '==';

export interface Threshold {
  readonly operator: Operator;
  /** 0.9 for `90%`. Finite. */
  readonly value: number;
  /** How the user wrote it, and so how sentences show it and what is compared with it. */
  readonly unit: 'number' | 'percent';
}

/** The rule without its mark, where another word says that it is advisory. */
export function withoutMark(rule: string): string {
  return rule.replace(/^\s*advisory\s*:\s*/, '');
}

/** The rules that cannot be judged without a baseline, and that fail the step when they are not judged. */
export function needsBaseline(rules: readonly Rule[]): readonly DropRule[] {
  return rules.filter((rule) => rule.kind === 'drop').filter(({ advisory }) => !advisory);
}
