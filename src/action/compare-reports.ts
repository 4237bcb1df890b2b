/** Finds and reads the reports of several models. Code of others may have written every byte of them. */
import { lstatSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { readResults } from '../artifact/read-results.ts';
import { readSamples } from '../artifact/read-samples.ts';
import type { ParsedResults } from '../artifact/results-file.ts';
import { ActionError, reasonOf } from '../errors.ts';
import { nameText } from '../gate/comparison/words.ts';
import type { ModelReport } from '../gate/ranking/shared-scores.ts';
import type { SamplesByEval } from '../model/sample.ts';
import { describeShard } from '../model/shard.ts';
import { compareText } from '../text.ts';

const MAX_DEPTH = 4;
const MAX_DIRECTORIES = 10_000;

/** Each two of them are tested. */
const MAX_REPORTS = 20;

export interface FoundReports {
  readonly reports: readonly ModelReport[];
  /** Whole sentences about what is left out. */
  readonly problems: readonly string[];
}

const NEXT =
  'Set reports-directory to the directory into which actions/download-artifact downloaded the reports of one eval set, one directory per model.';

/**
 * @param directory absolute
 * @throws ActionError REPORTS_UNUSABLE when no report can be used, or when they are of different eval sets
 */
export async function readReports(directory: string): Promise<FoundReports> {
  const places = reportDirectories(directory);
  const found: { place: string; report: ModelReport }[] = [];
  const problems: string[] = [];
  for (const place of places.slice(0, MAX_REPORTS)) {
    const name = relative(directory, place) || basename(place);
    const parsed = await readWhole(join(place, 'results.json'));
    if ('problem' in parsed) {
      problems.push(
        `${nameText(name)} is left out, because its results.json cannot be used: ${parsed.problem}.`,
      );
      continue;
    }
    const samples = await samplesIn(place);
    if ('problem' in samples)
      problems.push(`The samples of ${nameText(name)} cannot be used: ${samples.problem}.`);
    const { results } = parsed;
    const report = { name: results.model, results, samples: 'problem' in samples ? new Map() : samples };
    found.push({ place: name, report });
  }
  if (places.length > MAX_REPORTS)
    problems.push(`Only the first ${MAX_REPORTS} of ${places.length} reports are compared.`);
  const [first] = found;
  if (!first)
    throw unusable(`No report below ${nameText(directory)} can be used. ${problems.join(' ')}`.trim());
  const other = found.find(({ report }) => report.results.evalSet !== first.report.results.evalSet);
  if (other)
    throw unusable(
      `The reports are of different eval sets: ${nameText(first.place)} is of ${nameText(first.report.results.evalSet)}, and ${nameText(other.place)} of ${nameText(other.report.results.evalSet)}.`,
    );
  return { reports: named(found), problems };
}

/** The results of a whole set. */
async function readWhole(path: string): Promise<ParsedResults> {
  const parsed = await readResults(path);
  if ('problem' in parsed || !parsed.results.shard) return parsed;
  const problem = `it has the results of ${describeShard(parsed.results.shard)} alone`;
  return { problem, next: 'Compare the report of the merge.' };
}

/** Reports of one model, such as with other arguments, are distinguished by their directories. */
function named(found: readonly { place: string; report: ModelReport }[]): ModelReport[] {
  return found.map(({ place, report }) => {
    const isAlone = found.filter((each) => each.report.name === report.name).length === 1;
    return isAlone ? report : { ...report, name: `${report.name} (${place})` };
  });
}

/** Links are not followed: they may lead to any file of this machine. */
function reportDirectories(root: string): string[] {
  const found: string[] = [];
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const directory of level) {
      seen += 1;
      if (seen > MAX_DIRECTORIES) return found;
      const entries = entriesOf(directory, root);
      if (entries.some((entry) => entry.isFile() && entry.name === 'results.json')) found.push(directory);
      for (const entry of entries) if (entry.isDirectory()) next.push(join(directory, entry.name));
    }
    level = next.sort(compareText);
  }
  return found;
}

/** A directory below the root that cannot be read has no report that could be. */
function entriesOf(directory: string, root: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (directory !== root) return [];
    throw unusable(`${nameText(directory)} cannot be read: ${reasonOf(error)}.`);
  }
}

async function samplesIn(directory: string): Promise<SamplesByEval | { readonly problem: string }> {
  const path = join(directory, 'samples.jsonl');
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return { problem: 'there is no samples.jsonl' };
  return stats.isFile() ? readSamples(path) : { problem: 'samples.jsonl is not a plain file' };
}

function unusable(message: string): ActionError {
  return new ActionError('REPORTS_UNUSABLE', message, NEXT);
}
