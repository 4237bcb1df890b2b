/** Reads the inputs about reports. Post reads them as well. */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SamplesText } from '../../model/sample.ts';
import { whyNoNewDirectory } from '../../path-faults.ts';
import { type CommentInput, commentInput } from '../comment-inputs.ts';
import { type Readers, readAll } from '../read-all.ts';
import { fromWorkingDirectory } from './directories.ts';
import { baselinePath } from './gate.ts';
import { invalid, text } from './text.ts';
import { oneOf } from './values.ts';

export interface ReportInputs {
  readonly samplesText: SamplesText;
  /** Absolute; empty: a directory of the job. */
  readonly reportDirectory: string;
  readonly comment: CommentInput;
}

/**
 * What is at report-directory is not checked, so that post reports even when nothing can be written there any more.
 * @throws ActionError INPUT_INVALID that names each of them that is wrong
 */
export function reportInputs(): Promise<ReportInputs> {
  return readAll<ReportInputs>(readers(reportDirectory));
}

/** @throws ActionError INPUT_INVALID that names each of them that is wrong; nothing has been paid yet */
export function checkedReportInputs(): Promise<ReportInputs> {
  return readAll<ReportInputs>(readers(usableReportDirectory));
}

function readers(directory: () => string): Readers<ReportInputs> {
  return {
    samplesText: () => oneOf<SamplesText>('samples-text', ['failures', 'none', 'all']),
    reportDirectory: directory,
    comment: commentInput,
  };
}

function reportDirectory(): string {
  const value = text('report-directory');
  return value === '' ? '' : fromWorkingDirectory(value);
}

function usableReportDirectory(): string {
  const value = text('report-directory');
  const path = reportDirectory();
  if (path === '') return path;
  const wrong = whyNoNewDirectory(path);
  if (wrong !== undefined)
    throw invalid(
      'report-directory',
      value,
      wrong,
      'Set report-directory to a directory that this job can create or write to.',
    );
  const baseline = baselinePath();
  if (baseline === undefined || !isIn(path, baseline)) return path;
  throw invalid(
    'report-directory',
    value,
    'it is the directory of the baseline, whose files this run would replace',
    'Set report-directory to another directory. A run becomes the baseline only when somebody approves it.',
  );
}

/** Whether the path is a file in the directory, or the directory itself. */
function isIn(directory: string, path: string): boolean {
  const real = realPath(directory);
  return realPath(path) === real || dirname(realPath(path)) === real;
}

/** The path itself when it does not exist. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
