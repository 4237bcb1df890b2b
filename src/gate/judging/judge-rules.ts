/** Judges all rules. */
import type { Baseline } from '../../model/baseline.ts';
import type { Results } from '../../model/results.ts';
import type { SamplesByEval } from '../../model/sample.ts';
import type { RuleVerdict } from '../../model/verdict.ts';
import { oneLine } from '../../text.ts';
import { conclude, examineAll, type UsableBaseline } from '../comparison/compare-evals.ts';
import type { Examined } from '../comparison/examine.ts';
import type { Rule } from '../rules/rule.ts';
import { notJudged } from './finding.ts';
import { judgeDropRule } from './judge-drop-rule.ts';
import { judgeEvalRule } from './judge-eval-rule.ts';
import { judgeRunRule } from './judge-run-rule.ts';

export interface RulesRequest {
  readonly results: Results;
  readonly samples: SamplesByEval;
  readonly rules: readonly Rule[];
  readonly baseline: Baseline | undefined;
  /** Why nothing can be compared with the baseline, as a clause; null when it can. */
  readonly problem: string | null;
}

/** In the order of the rules. */
export function judgeRules(request: RulesRequest): RuleVerdict[] {
  const { results, rules } = request;
  const { failed, pending } = results.totals.evals;
  if (failed === 0 && pending > 0)
    return rules.map((rule) => notJudged(rule, 'The rule is not judged, because the run is incomplete.'));
  const baseline = usableBaseline(request);
  const examined =
    typeof baseline === 'string' ? new Map<string, readonly Examined[]>() : examineMetrics(request, baseline);
  return rules.map((rule) => {
    if (rule.kind === 'run') return judgeRunRule(rule, results);
    if (rule.kind === 'eval') return judgeEvalRule(rule, results);
    if (typeof baseline === 'string') return notJudged(rule, baseline);
    const comparisons = conclude(examined.get(rule.metric) ?? [], rule.tolerance);
    return judgeDropRule(rule, results, baseline.results, comparisons);
  });
}

const MAX_PROBLEM_BYTES = 500;

/** Or why drops cannot be judged; a whole sentence. */
function usableBaseline({ baseline, problem }: RulesRequest): UsableBaseline | string {
  if (baseline === undefined) return 'The rule is not judged, because the input baseline is empty.';
  const [path, why] =
    baseline.kind === 'unusable' ? [baseline.path, baseline.problem] : [baseline.source.path, problem];
  if (baseline.kind === 'usable' && problem === null) return baseline;
  const shown = [path, why ?? ''].map((text) => oneLine(text, MAX_PROBLEM_BYTES));
  return `The rule is not judged, because the baseline ${shown.join(' cannot be used: ')}.`;
}

/** Each metric is examined once, however many rules are about it: 100,000 samples take a while. */
function examineMetrics(
  { results, samples, rules }: RulesRequest,
  baseline: UsableBaseline,
): ReadonlyMap<string, readonly Examined[]> {
  const metrics = new Set(rules.flatMap((rule) => (rule.kind === 'drop' ? [rule.metric] : [])));
  const request = { evals: results.evals, samples, evalsVersion: results.versions.evals, baseline };
  return new Map([...metrics].map((metric) => [metric, examineAll({ ...request, metric, tolerance: 0 })]));
}
