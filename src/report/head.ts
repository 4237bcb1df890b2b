/** What the summary and the comment begin with: the verdict, and one line of figures, in GitHub's Markdown. Pure. */
import type { Report } from '../model/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { figuresLine } from './figures.ts';
import { inline } from './markdown-text.ts';

/** The verdict is our own text, but it may name evals. */
const MAX_VERDICT_BYTES = 2000;

export function headLines({ results, verdict }: Pick<Report, 'results' | 'verdict'>): string[] {
  return [
    `> [!${alertOf(verdict)}]`,
    `> **${inline(verdict.sentence, MAX_VERDICT_BYTES)}**`,
    '',
    figuresLine(results, verdict),
  ];
}

/**
 * The colour of the verdict: red when it failed, yellow when something is open or got worse, blue when it is known of only some
 * evals whether they got worse, green otherwise. GitHub has five alerts
 * (https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts).
 */
function alertOf({ status, rules, comparison }: Verdict): 'CAUTION' | 'WARNING' | 'NOTE' | 'TIP' {
  if (status === 'failed') return 'CAUTION';
  const compared = new Set(comparison?.evals.map((each) => each.status));
  if (status === 'incomplete' || rules.some((rule) => rule.status !== 'met') || compared.has('degraded'))
    return 'WARNING';
  const isUnknown = comparison?.problem != null || compared.has('not-comparable') || compared.has('missing');
  return isUnknown ? 'NOTE' : 'TIP';
}
