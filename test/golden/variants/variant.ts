/** A report as the summary, the comment and the log show it. */
import type { Report } from '../../../src/model/report.ts';
import type { SummaryExtras } from '../../../src/report/summary/summary.ts';

export interface Variant {
  /** Of its directory in test/golden/reports. */
  readonly name: string;
  readonly title: string;
  readonly report: Report;
  readonly extras: SummaryExtras;
}

export const REPORT_PATH = '/home/runner/work/_temp/oaievalset/report.html';

export const FIX_AND_RERUN =
  'Fix the cause of each failure, then re-run the failed jobs; they continue from here.';

export const RERUN = 'Re-run the failed jobs; they continue from here.';
