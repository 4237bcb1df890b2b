/** Writes the report files: results.json, samples.jsonl, report.html, junit.xml and benchmark.json. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatResults } from '../artifact/format-results.ts';
import { writeWholeFile } from '../artifact/whole-file.ts';
import { writeSamples } from '../artifact/write-samples.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Report } from '../model/report.ts';
import { renderBenchmark } from '../report/benchmark.ts';
import { renderHtml } from '../report/html/render-html.ts';
import { renderJunit } from '../report/junit.ts';
import type { RunContext } from './context.ts';

/** Absolute paths. */
export interface ReportPaths {
  readonly directory: string;
  readonly results: string;
  readonly samples: string;
  readonly html: string;
  readonly junit: string;
  readonly benchmark: string;
}

/**
 * Each step of a job has a directory of its own.
 * @param chosen the input report-directory, absolute; empty: a directory that the runner empties after the job
 */
export function reportPaths(chosen: string, { temporaryDirectory, step }: RunContext): ReportPaths {
  const directory =
    chosen || join(temporaryDirectory, 'oaievalset-report', encodeURIComponent(step || 'local'));
  return {
    directory,
    results: join(directory, 'results.json'),
    samples: join(directory, 'samples.jsonl'),
    html: join(directory, 'report.html'),
    junit: join(directory, 'junit.xml'),
    benchmark: join(directory, 'benchmark.json'),
  };
}

/** If that fails, as on a full disk, it warns and the run continues. Whether all files were written. */
export function writeReportFiles(report: Report, paths: ReportPaths, log: Log): boolean {
  const { results, verdict } = report;
  try {
    mkdirSync(paths.directory, { recursive: true });
    removeEarlier(paths);
    writeWholeFile(paths.results, [formatResults(results, verdict)]);
    writeSamples(paths.samples, report);
    writeWholeFile(paths.html, renderHtml(report));
    writeWholeFile(paths.junit, [renderJunit(report)]);
    writeWholeFile(paths.benchmark, [renderBenchmark(results)]);
    return true;
  } catch (error) {
    log.warning(
      `The report files could not be written to ${paths.directory}: ${reasonOf(error)}. The results are in the log and in the job summary.`,
      'Reports',
    );
    return false;
  }
}

/** If the disk is full now, the files of an earlier run must not look like those of this one. */
function removeEarlier({ directory: _, ...files }: ReportPaths): void {
  for (const path of Object.values<string>(files)) rmSync(path, { force: true });
}
