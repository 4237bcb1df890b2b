/** What every report is made from. */
import type { Results } from './results.ts';
import type { SamplesByEval } from './sample.ts';
import type { Verdict } from './verdict.ts';

export interface Report {
  readonly results: Results;
  readonly verdict: Verdict;
  readonly samples: SamplesByEval;
  /** Of the baseline; empty without one. */
  readonly baselineSamples: SamplesByEval;
  readonly links: ReportLinks;
}

/** From the runner, never from a file: a file may have been written by others. */
export interface ReportLinks {
  /** `https://github.com`, or that of a GitHub Enterprise Server. */
  readonly serverUrl: string;
  /** `owner/name`; empty outside a runner. Then there are no links. */
  readonly repository: string;
  /** The run whose results are reported; empty when it is not known. */
  readonly runId: string;
}
