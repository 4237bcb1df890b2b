/** All files that the action makes of a report, as texts. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReportPaths, writeReportFiles } from '../../../src/action/report-files.ts';
import type { Report } from '../../../src/model/report.ts';
import { closingMessage } from '../../../src/report/closing-message.ts';
import { closingTable } from '../../../src/report/closing-table.ts';
import { renderComment } from '../../../src/report/comment/comment.ts';
import { remarksOf } from '../../../src/report/remarks.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { textOfPage } from './text-of-page.ts';
import type { RecordedVariant } from './variants.ts';

export const RECORDS: string = join(import.meta.dirname, '..', 'records');

const REPORT_FILE = '/home/runner/work/_temp/oaievalset-report/evals/report.html';

/** By name of the file. */
export type ReportFiles = Readonly<Record<string, string>>;

export async function filesOf(variant: RecordedVariant): Promise<ReportFiles> {
  const directory = mkdtempSync(join(tmpdir(), 'oaievalset-golden-'));
  try {
    const report = await variant.makeReport(directory);
    return { ...(await writtenFiles(report, join(directory, 'report'))), ...textsOf(report) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writtenFiles(report: Report, directory: string): Promise<ReportFiles> {
  const path = (name: string) => join(directory, name);
  const paths: ReportPaths = {
    directory,
    results: path('results.json'),
    samples: path('samples.jsonl'),
    html: path('report.html'),
    junit: path('junit.xml'),
    benchmark: path('benchmark.json'),
  };
  if (!writeReportFiles(report, paths, silentLog)) throw new Error('The report could not be written.');
  const read = (name: string) => readFileSync(path(name), 'utf8');
  return {
    'results.json': read('results.json'),
    'samples.jsonl': read('samples.jsonl'),
    'junit.xml': read('junit.xml'),
    'benchmark.json': read('benchmark.json'),
    'report.txt': textOfPage(read('report.html')),
  };
}

function textsOf(report: Report): ReportFiles {
  const { results, verdict } = report;
  const stops = { unusable: undefined, stopped: new AbortController().signal, trouble: undefined };
  const closing = closingMessage(results, verdict, stops);
  const remarks = remarksOf({ closing, trouble: undefined, notes: [] });
  const marker = { job: results.run.job, set: results.evalSet };
  return {
    'summary.md': renderSummary(report, { ...remarks, savedReportPath: REPORT_FILE }),
    'comment.md': renderComment(report, { marker }),
    'log.txt': `${[...closingTable(results, verdict), verdict.sentence].join('\n')}\n`,
  };
}

export function committedFilesOf({ name }: RecordedVariant): ReportFiles {
  const directory = join(RECORDS, name);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return Object.fromEntries(
    names
      .filter((file) => !file.endsWith('.png'))
      .map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
  );
}

export function writeFilesOf({ name }: RecordedVariant, files: ReportFiles): void {
  mkdirSync(join(RECORDS, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(RECORDS, name, file), text);
}
