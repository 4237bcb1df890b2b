/**
 * In its own process: writes a state in which all evals are completed, or makes all reports of it, as post does.
 *
 *     reports-process.ts write <directory> <evals> <samples>    the state, with a record file for each eval
 *     reports-process.ts report <directory> <evals> <samples>   reads the samples, judges, and writes all report files
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readContext } from '../src/action/context.ts';
import { makeReport } from '../src/action/make-report.ts';
import { reportPaths, writeReportFiles } from '../src/action/report-files.ts';
import { parseRules } from '../src/gate/rules/parse-rules.ts';
import { noTraffic } from '../src/model/traffic.ts';
import { keepMemorySmall } from '../src/process/memory.ts';
import { completedRecordFile, statePaths } from '../src/progress/paths.ts';
import { renderSummary } from '../src/report/summary/summary.ts';
import { samplesOnDisk } from '../src/run/samples-on-disk.ts';
import { Redactor } from '../src/text.ts';
import { completion, planned } from '../test/helpers/builders.ts';
import { finishedRun } from '../test/helpers/finished-run.ts';
import { silentLog } from '../test/helpers/silent-log.ts';

export interface ReportsCost {
  readonly seconds: number;
  /** The peak memory of this process, in bytes. */
  readonly memory: number;
  /** The size of results.json, in bytes. */
  readonly results: number;
}

/** Samples that are correct. */
const ACCURACY = 0.8;

// main calls it first, too.
keepMemorySmall();
const [task = '', root = '', ...counts] = process.argv.slice(2);
const [evals = 0, samples = 0] = counts.map(Number);
const paths = statePaths(join(root, 'state'), 'gpt-4', 'bench');
const evalsOfSet = Array.from({ length: evals }, (_, n) => planned(`bench-${n}.dev.v0`));

if (task === 'write') writeState();
else await reportAll();

function writeState(): void {
  for (const { key } of evalsOfSet) {
    const path = completedRecordFile(paths, key);
    mkdirSync(dirname(path), { recursive: true });
    const lines = Array.from({ length: samples }, (_, n) => eventsOf(key, n)).flat();
    const report = { final_report: { accuracy: Math.round(samples * ACCURACY) / samples } };
    writeFileSync(path, [{ spec: { run_id: 'bench' } }, ...lines, report].map(asLine).join(''));
  }
}

function eventsOf(key: string, n: number): object[] {
  const of = {
    run_id: 'bench',
    sample_id: `${key.replace('.v0', '')}.${n}`,
    created_at: '2026-01-01 00:00:00+00:00',
  };
  const isCorrect = n < samples * ACCURACY;
  const prompt = [
    { role: 'system', content: 'Answer with one word. '.repeat(10) },
    { role: 'user', content: `Question ${n} of ${key}: ${'which of these is a fruit? '.repeat(10)}` },
  ];
  const answer = isCorrect ? 'pear' : `a stone, because ${'of its shape '.repeat(20)}`;
  const usage = { prompt_tokens: 120, completion_tokens: 8, total_tokens: 128 };
  return [
    { ...of, event_id: 2 * n, type: 'sampling', data: { prompt, sampled: [answer], usage } },
    {
      ...of,
      event_id: 2 * n + 1,
      type: 'match',
      data: { correct: isCorrect, expected: 'pear', picked: isCorrect ? 'pear' : null },
    },
  ];
}

function asLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function reportAll(): Promise<void> {
  const redactor = new Redactor();
  redactor.hide(`sk-proj-${'0a1B2c3D4e5F6g7H'.repeat(8)}`);
  const log = { ...silentLog, redact: (text: string) => redactor.redact(text) };
  const begun = performance.now();
  const metrics = { accuracy: Math.round(samples * ACCURACY) / samples };
  const outcomes = evalsOfSet.map((of) => ({
    status: 'reused' as const,
    eval: of,
    record: completion(of, { metrics, samples }),
  }));
  const onDisk = await samplesOnDisk(outcomes, paths, 'failures');
  const run = finishedRun(outcomes, { samples: onDisk, traffic: noTraffic });
  const gate = { rules: parseRules('accuracy >= 0.5\ncoverage >= 0.9'), baseline: undefined };
  const context = readContext({}, 'linux', tmpdir());
  const report = await makeReport({ run, gate, samplesText: 'failures', context, log });
  const files = reportPaths(join(root, 'report'), context);
  writeReportFiles(report, files, log);
  renderSummary(report, { notes: [], next: '' });
  const cost: ReportsCost = {
    seconds: (performance.now() - begun) / 1000,
    memory: process.resourceUsage().maxRSS * 1024,
    results: statSync(files.results).size,
  };
  console.log(JSON.stringify(cost));
}
