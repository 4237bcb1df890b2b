/** Makes the one verdict of a run. Everything that says whether a run is good says it from here. Pure. */
import type { Baseline } from '../model/baseline.ts';
import type { Results } from '../model/results.ts';
import type { SamplesByEval } from '../model/sample.ts';
import type { RuleVerdict, Verdict, VerdictStatus } from '../model/verdict.ts';
import { compareWithBaseline } from './comparison/compare-with-baseline.ts';
import { describeVerdict } from './describe-verdict.ts';
import { judgeRules } from './judging/judge-rules.ts';
import { overallRate } from './overall.ts';
import type { Rule } from './rules/rule.ts';

export interface JudgedRun {
  readonly results: Results;
  readonly samples: SamplesByEval;
  readonly rules: readonly Rule[];
  /** Undefined when the input baseline is empty. */
  readonly baseline: Baseline | undefined;
}

export function judge({ results, samples, rules, baseline }: JudgedRun): Verdict {
  const comparison = compareWithBaseline(results, samples, baseline);
  const verdicts = judgeRules({ results, samples, rules, baseline, problem: comparison?.problem ?? null });
  const status = statusOf(results, verdicts);
  return {
    status,
    sentence: describeVerdict({ status, rules: verdicts, comparison }, results),
    rules: verdicts,
    comparison,
    overall: overallRate(results, samples),
  };
}

/** An eval that is worse than in the baseline fails the step only if a rule says so. */
function statusOf({ totals }: Results, rules: readonly RuleVerdict[]): VerdictStatus {
  if (totals.evals.failed > 0) return 'failed';
  if (totals.evals.pending > 0) return 'incomplete';
  return rules.every(({ status, advisory }) => advisory || status === 'met') ? 'passed' : 'failed';
}
