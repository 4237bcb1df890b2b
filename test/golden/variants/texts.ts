/** The texts of a variant, and those that are committed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingTable } from '../../../src/report/closing-table.ts';
import { renderComment } from '../../../src/report/comment/comment.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import type { Variant } from './variant.ts';

export const REPORTS: string = join(import.meta.dirname, '..', 'reports');

export type ReportText = 'summary.md' | 'comment.md' | 'log.txt';

export type ReportTexts = Readonly<Record<ReportText, string>>;

export function textsOf({ report, extras }: Variant): ReportTexts {
  const { results, verdict } = report;
  const marker = { job: results.run.job, set: results.evalSet };
  return {
    'summary.md': renderSummary(report, extras),
    'comment.md': renderComment(report, { marker, reportUrl: extras.reportUrl }),
    'log.txt': `${closingTable(results, verdict).join('\n')}\n`,
  };
}

/** A text that is missing is empty. */
export function committedTextsOf({ name }: Variant): ReportTexts {
  const read = (text: ReportText): string => {
    const path = join(REPORTS, name, text);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return { 'summary.md': read('summary.md'), 'comment.md': read('comment.md'), 'log.txt': read('log.txt') };
}

export function writeTextsOf({ name }: Variant, texts: ReportTexts): void {
  mkdirSync(join(REPORTS, name), { recursive: true });
  for (const [text, content] of Object.entries(texts)) writeFileSync(join(REPORTS, name, text), content);
}
