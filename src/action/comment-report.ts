/**
 * Reads the report of another run. Code of a fork may have written every byte of it, so its files are opened only if they are
 * plain files of a bounded size, everything in them is checked, and no link comes from them.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readResults } from '../artifact/read-results.ts';
import { readSamples } from '../artifact/read-samples.ts';
import { ActionError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Report, ReportLinks } from '../model/report.ts';
import type { SamplesByEval } from '../model/sample.ts';

/**
 * @param directory an absolute path
 * @throws ActionError COMMENT_FAILED when there are no results in it that can be used. Samples that cannot be used are left out.
 */
export async function readReport(
  directory: string,
  links: ReportLinks,
  log: Pick<Log, 'info'>,
): Promise<Report> {
  const path = join(directory, 'results.json');
  const wrong = whyNoPlainFile(path);
  if (wrong !== undefined) throw unusable(path, wrong);
  const parsed = await readResults(path);
  if ('problem' in parsed) throw unusable(path, parsed.problem);
  const { results, verdict } = parsed;
  const samples = await samplesIn(directory, log);
  return { results, verdict, samples, baselineSamples: new Map(), links };
}

async function samplesIn(directory: string, log: Pick<Log, 'info'>): Promise<SamplesByEval> {
  const path = join(directory, 'samples.jsonl');
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return new Map();
  const wrong = whyNoPlainFile(path);
  const samples = wrong === undefined ? await readSamples(path) : { problem: wrong };
  if (!('problem' in samples)) return samples;
  log.info(`The comment shows no samples, because ${path} cannot be used: ${samples.problem}.`);
  return new Map();
}

/** As a clause. A link is not followed: it may lead to any file of this machine. */
function whyNoPlainFile(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return 'it does not exist';
  return stats.isFile() ? undefined : 'it is not a plain file';
}

function unusable(path: string, why: string): ActionError {
  return new ActionError(
    'COMMENT_FAILED',
    `There is no comment, because ${path} cannot be used: ${why}.`,
    'Set report-directory to the report directory of a run of this action, as actions/download-artifact downloaded it.',
  );
}
