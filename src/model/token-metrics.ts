/**
 * evals adds the tokens of all responses to each final report, as `usage_total_tokens` (evals/cli/oaieval.py). They say nothing of the
 * quality of answers, and are shown as tokens.
 */
export function isTokenMetric(name: string): boolean {
  return name.startsWith('usage_');
}
