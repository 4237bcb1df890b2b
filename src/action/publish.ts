/** Shows the results of a step: its outputs, the end of its log, its job summary, its report files, and its comment. */
import { setOutput } from '@actions/core';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { NOTHING, type Range, type RunEstimate, tokensOf } from '../model/estimate.ts';
import type { Report } from '../model/report.ts';
import { closingTable } from '../report/closing-table.ts';
import { describeCost } from '../report/describe-costs.ts';
import { describeNextRun } from '../report/describe-results.ts';
import type { Remarks } from '../report/remarks.ts';
import { renderSummary } from '../report/summary/summary.ts';
import type { CommentInput } from './comment-inputs.ts';
import type { RunContext } from './context.ts';
import { readEvent } from './event.ts';
import { writeJobSummary } from './job-summary.ts';
import { type ReportPaths, writeReportFiles } from './report-files.ts';

/** Keys and paths, for later steps. */
export interface Places {
  readonly restoredKey: string;
  readonly savedKey: string;
  readonly progressFile: string;
  readonly logsDirectory: string;
  readonly report: ReportPaths;
}

/** In millionths of a cent: sums of products of decimals have many more digits. */
const COST_DIGITS = 8;

/** Sets the outputs of the step. */
export function publishOutputs({ results, verdict }: Report, places: Places, log: Log): void {
  const { evals, requests, tokens, cost } = results.totals;
  const outputs = {
    complete: String(evals.completed === evals.total),
    verdict: verdict.status,
    total: String(evals.total),
    completed: String(evals.completed),
    fresh: String(evals.fresh),
    reused: String(evals.reused),
    failed: String(evals.failed),
    pending: String(evals.pending),
    'left-out': String(evals.excluded),
    'requests-sent': String(requests.sent),
    'requests-replayed': String(requests.replayed),
    'total-tokens': String(tokens.prompt + tokens.completion),
    cost: cost === null ? '' : String(Number(cost.toFixed(COST_DIGITS))),
    ...estimateOutputs(results.estimate),
    'restored-key': places.restoredKey,
    'saved-key': places.savedKey,
    'progress-file': places.progressFile,
    'logs-directory': places.logsDirectory,
    'report-directory': places.report.directory,
    'results-file': places.report.results,
    'report-file': places.report.html,
    'junit-file': places.report.junit,
  };
  setOutputs(outputs, log);
}

/**
 * `low-high`, as `1140-1400` or `1.60-2.40`. Empty when it is not known of an eval, or when a price is not known: a sum without it
 * would be too low. Without an eval to run, `0-0`.
 */
export function estimateOutputs(estimate: RunEstimate | undefined): Record<string, string> {
  const { requests, cost } = estimate ?? { requests: NOTHING, cost: NOTHING };
  const tokens = estimate ? tokensOf(estimate) : NOTHING;
  const isKnown = !estimate || estimate.unknownEvals === 0;
  const text = (range: Range | null, digits: number) =>
    isKnown && range ? `${range.low.toFixed(digits)}-${range.high.toFixed(digits)}` : '';
  return {
    'estimated-requests': text(requests, 0),
    'estimated-tokens': text(tokens, 0),
    'estimated-cost': text(cost, 4),
  };
}

/** If an output cannot be written, as on a full disk, it warns and the run continues. */
export function setOutputs(outputs: Readonly<Record<string, string>>, log: Log): void {
  try {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  } catch (error) {
    log.warning(
      `The outputs of the step could not be written: ${reasonOf(error)}. The results are in the log.`,
    );
  }
}

/**
 * Ends the log with the table of results, the rules, and the verdict.
 * @param checkpoint the key of the newest checkpoint; empty when there is none
 * @param resumesFrom what a re-run of failed jobs continues from, when that is not this checkpoint
 */
export function printResults(
  { results, verdict }: Report,
  checkpoint: string,
  log: Log,
  resumesFrom?: string,
): void {
  log.info('');
  for (const line of closingTable(results, verdict)) log.info(line);
  const cost = describeCost(results);
  if (cost !== undefined) log.info(cost);
  log.info(`${verdict.sentence} ${describeNextRun(results, verdict, { checkpoint, resumesFrom })}`.trimEnd());
}

export interface ReportPlace {
  readonly paths: ReportPaths;
  /** Whether later steps of the job can upload the files. Post runs after all of them. */
  readonly canBeUploaded: boolean;
}

/** Writes the report files and the job summary. What fails is a warning. */
export async function publishReports(
  report: Report,
  remarks: Remarks,
  { paths, canBeUploaded }: ReportPlace,
  log: Log,
): Promise<void> {
  const isWritten = writeReportFiles(report, paths, log);
  const place = isWritten && canBeUploaded ? { savedReportPath: paths.html } : {};
  await publishSummary(() => renderSummary(report, { ...remarks, ...place }), log);
}

export interface CommentRequest {
  readonly comment: CommentInput;
  /** Empty: there is no comment. */
  readonly githubToken: string;
  /** The values of the job's matrix, as JSON. */
  readonly matrix: string;
  readonly context: RunContext;
  /** Of a job that was cancelled, and has no time left. */
  readonly signal?: AbortSignal;
}

/** Comments on the pull request of the run. It never affects the result of the step. */
export async function publishComment(report: Report, request: CommentRequest, log: Log): Promise<void> {
  const { comment, githubToken: token, ...rest } = request;
  if (token === '' && !comment.isExplicit) return;
  // Few runs have a comment, and it takes time to load.
  const { publishPullRequestComment } = await import('./comment-publish.ts');
  await publishPullRequestComment({ report, ...comment, token, ...rest, event: readEvent(process.env), log });
}

export async function publishSummary(render: () => string, log: Log): Promise<void> {
  await writeJobSummary(render, 'The results are in the log and the outputs.', log);
}
