import type { Report } from '../../model/report.ts';

/** The input `comment`. */
export type CommentMode = 'changes' | 'failures' | 'always';

/**
 * Whether a new comment is worth a reader's time. `failures`: the step fails. `changes`: it fails, or a rule is not met (advisory
 * ones too), or an eval degraded, improved, or is gone from the set. Pure.
 */
export function isAtStake(
  { results, verdict }: Pick<Report, 'results' | 'verdict'>,
  mode: CommentMode,
): boolean {
  if (mode === 'always' || verdict.status !== 'passed') return true;
  if (mode === 'failures') return false;
  const known = new Set(results.evals.map(({ key }) => key));
  return (
    verdict.rules.some(({ status }) => status !== 'met') ||
    (verdict.comparison?.evals ?? []).some(
      ({ status, key }) =>
        status === 'degraded' || status === 'improved' || (status === 'missing' && !known.has(key)),
    )
  );
}
