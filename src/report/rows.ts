/** The evals of a report in the order in which a person wants to see them, with all that is said of each. Pure. */
import type { EvalResult, Results } from '../model/results.ts';
import type { EvalComparison, EvalRuleVerdict, Verdict } from '../model/verdict.ts';

/**
 * `missed`, `not-judged`: what a required rule says of it. `missing`: the baseline has the eval and the set has it no more.
 * `failed`, `pending`, `fresh` and `reused` are those of `EvalResult`.
 */
export type RowStatus =
  | 'failed'
  | 'degraded'
  | 'missed'
  | 'not-judged'
  | 'missing'
  | 'pending'
  | 'fresh'
  | 'reused';

/** What a rule says of one eval. */
export interface RowRule extends EvalRuleVerdict {
  readonly rule: string;
  readonly advisory: boolean;
  /** Whether the rule is about this eval alone. Then its own sentence is that of the eval. */
  readonly isAlone: boolean;
}

export interface Row {
  readonly status: RowStatus;
  readonly key: string;
  readonly name: string;
  /** Null when the status is `missing`. */
  readonly result: EvalResult | null;
  /** Null without a baseline. */
  readonly comparison: EvalComparison | null;
  /** Rules that it misses, or that cannot be judged, in the order of the input. */
  readonly rules: readonly RowRule[];
}

/** What must not be overlooked comes first. */
const ORDER: readonly RowStatus[] = [
  'failed',
  'degraded',
  'missed',
  'not-judged',
  'missing',
  'pending',
  'fresh',
  'reused',
];

/** A row for each eval of the plan, and for each one that only the baseline has. In the order of the set within each status. */
export function rowsOf(results: Results, verdict: Verdict): Row[] {
  const comparisons = new Map(verdict.comparison?.evals.map((each) => [each.key, each]));
  const rules = Map.groupBy(rulesByEval(verdict), ({ key }) => key);
  const known = new Set(results.evals.map(({ key }) => key));
  const rows = results.evals
    .filter(({ status }) => status !== 'excluded')
    .map((result): Row => {
      const { key, name } = result;
      const row = {
        key,
        name,
        result,
        comparison: comparisons.get(key) ?? null,
        rules: rules.get(key) ?? [],
      };
      return { ...row, status: statusOf(result, row.comparison, row.rules) };
    });
  const gone = [...comparisons.values()]
    .filter(({ key, status }) => status === 'missing' && !known.has(key))
    .map((comparison): Row => {
      const { key, name } = comparison;
      return { status: 'missing', key, name, result: null, comparison, rules: rules.get(key) ?? [] };
    });
  return [...rows, ...gone].toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}

/** Whether it completed and nothing bad is known of it. */
export function isFine({ status }: Pick<Row, 'status'>): boolean {
  return status === 'fresh' || status === 'reused';
}

function rulesByEval({ rules }: Verdict): RowRule[] {
  return rules.flatMap(({ rule, advisory, evals }) =>
    evals.flatMap((each) =>
      each.status === 'met' ? [] : [{ ...each, rule, advisory, isAlone: evals.length === 1 }],
    ),
  );
}

function statusOf(
  { status }: EvalResult,
  comparison: EvalComparison | null,
  rules: readonly RowRule[],
): RowStatus {
  if (status === 'failed' || status === 'pending') return status;
  if (comparison?.status === 'degraded') return 'degraded';
  const required = rules.filter(({ advisory }) => !advisory);
  if (required.some((rule) => rule.status === 'missed')) return 'missed';
  if (required.length > 0) return 'not-judged';
  return status === 'reused' ? 'reused' : 'fresh';
}
