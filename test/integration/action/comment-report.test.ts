import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readReport } from '../../../src/action/comment-report.ts';
import { formatResults } from '../../../src/artifact/format-results.ts';
import { MAX_RESULTS_BYTES } from '../../../src/artifact/results-file.ts';
import { writeSamples } from '../../../src/artifact/write-samples.ts';
import type { Report } from '../../../src/model/report.ts';
import { recordingLog, temporaryDirectory } from '../../helpers/builders.ts';
import { evalResult, evalSamples, report, sample } from '../../helpers/report-builders.ts';

const links = { serverUrl: 'https://github.com', repository: 'octo-org/octo-repo', runId: '4711' };
const one = evalResult('test-match');
const written: Report = report([one], {
  samples: new Map([[one.key, evalSamples([sample('a', false)], { a: { prompt: 'Name a fruit.' } })]]),
});

/** A directory with the report of a run, whose samples are there if they are wanted. */
async function directoryWith({ samples = true } = {}): Promise<string> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'results.json'), formatResults(written.results, written.verdict));
  if (samples) writeSamples(join(directory, 'samples.jsonl'), written);
  return directory;
}

test('readReport: reads results, samples and texts, and takes the links that it is given', async () => {
  const log = recordingLog();
  const read = await readReport(await directoryWith(), links, log);
  expect(read).toMatchObject({ results: written.results, verdict: written.verdict, links });
  const samples = read.samples.get(one.key);
  expect(samples?.samples).toEqual([sample('a', false)]);
  expect(samples?.texts(sample('a', false)).prompt).toBe('Name a fruit.');
  expect(log.lines).toEqual([]);
});

test('readReport: needs no samples', async () => {
  const log = recordingLog();
  const read = await readReport(await directoryWith({ samples: false }), links, log);
  expect(read.samples.size).toBe(0);
  expect(log.lines).toEqual([]);
});

test.each<[string, (path: string) => void, string]>([
  ['a link', (path) => symlinkSync('/etc/passwd', path), 'it is not a plain file'],
  ['a directory', (path) => mkdirSync(path), 'it is not a plain file'],
  ['damaged', (path) => writeFileSync(path, '{"eval":'), 'it is cut off in its last line'],
])('readReport: leaves samples out that are %s, and says so', async (_, make, why) => {
  const directory = await directoryWith({ samples: false });
  const path = join(directory, 'samples.jsonl');
  make(path);
  const log = recordingLog();
  expect((await readReport(directory, links, log)).samples.size).toBe(0);
  expect(log.lines).toEqual([`The comment shows no samples, because ${path} cannot be used: ${why}.`]);
});

test.each<[string, (path: string) => void, string]>([
  ['missing', () => {}, 'it does not exist'],
  ['a link', (path) => symlinkSync('/etc/passwd', path), 'it is not a plain file'],
  ['a link to nothing', (path) => symlinkSync('nothing', path), 'it is not a plain file'],
  ['a pipe, which would never end', (path) => execFileSync('mkfifo', [path]), 'it is not a plain file'],
  [
    'too large',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, MAX_RESULTS_BYTES + 1);
    },
    'it has 67,108,865 bytes, more than a results.json can have',
  ],
  ['not JSON', (path) => writeFileSync(path, 'root:x:0:0'), 'it is not JSON'],
])('readReport: fails when results.json is %s', async (_, make, why) => {
  const directory = temporaryDirectory();
  make(join(directory, 'results.json'));
  const error = await readReport(directory, links, recordingLog()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'COMMENT_FAILED', message: expect.stringContaining(why) });
  expect(String(error)).not.toContain('root:');
});
