/** How long all reports of a very large set take, from the record files on disk. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions, megabytes, spread, whole } from './measure.ts';
import type { ReportsCost } from './reports-process.ts';
import { allOf, type Section, section, target } from './section.ts';

const EVALS = 1000;
const SAMPLES = 100;

const PROCESS = join(import.meta.dirname, 'reports-process.ts');

export async function reportsBench({ pairs }: BenchOptions): Promise<Section> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-reports-'));
  try {
    run('write', directory);
    const costs = Array.from({ length: pairs }, () => JSON.parse(run('report', directory)) as ReportsCost);
    const [seconds, memory, results] = [
      costs.map((cost) => cost.seconds),
      costs.map((cost) => cost.memory),
      costs.map((cost) => cost.results),
    ];
    const inMegabytes = (bytes: readonly number[]) => bytes.map((each) => each / 1024 ** 2);
    return section(
      'Reports',
      `All reports of ${whole(EVALS)} evals with ${SAMPLES} samples each: the samples are read from the record files, judged, and written into results.json, samples.jsonl, report.html, junit.xml, benchmark.json and the job summary.`,
      ['', 'time', 'peak memory', 'results.json'],
      [
        [
          `${whole(EVALS * SAMPLES)} samples`,
          spread(seconds, ' s'),
          megabytes(memory),
          megabytes(results),
          allOf(
            target('<', 5, 's', seconds),
            target('<', 300, 'MB', inMegabytes(memory)),
            target('<', 20, 'MB of results.json', inMegabytes(results)),
          ),
        ],
      ],
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(task: 'write' | 'report', directory: string): string {
  return execFileSync(process.execPath, [PROCESS, task, directory, String(EVALS), String(SAMPLES)], {
    encoding: 'utf8',
  });
}
