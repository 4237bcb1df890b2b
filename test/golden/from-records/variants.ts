/** Two runs of the recorded evals: one alone, and one that is compared with a baseline. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readContext } from '../../../src/action/context.ts';
import { makeReport } from '../../../src/action/make-report.ts';
import { reportPaths, writeReportFiles } from '../../../src/action/report-files.ts';
import { readBaseline } from '../../../src/artifact/baseline.ts';
import { parseRules } from '../../../src/gate/rules/parse-rules.ts';
import type { Baseline } from '../../../src/model/baseline.ts';
import type { FinishedRun } from '../../../src/model/finished-run.ts';
import type { Report } from '../../../src/model/report.ts';
import { silentLog } from '../../helpers/silent-log.ts';
import { regraded, withCorrect, withIncorrect, without } from './edit-record.ts';
import { type RecordedEval, recordedEvals } from './recorded-evals.ts';
import { type RunOptions, recordedRun } from './recorded-run.ts';

export interface RecordedVariant {
  /** Of its directory in `test/golden/records`. */
  readonly name: string;
  readonly title: string;
  /** @param directory for files, which have to stay for as long as the report is used */
  makeReport(directory: string): Promise<Report>;
}

const NOW: RunOptions = {
  runId: '9200000002',
  sha: '0123456789abcdef0123456789abcdef01234567',
  started: '2026-01-02T06:00:00.000Z',
  reused: ['includes', 'solver'],
  replayed: { 'fuzzy-match': 'all', mmlu: 'some' },
};

const RULES = `
accuracy >= 0.3
match: accuracy >= 90%
fuzzy-*: f1_score >= 0.5
model-graded*: coverage >= 0.95
model-graded*: score >= 0.5
nan-metric: precision >= 0.5
own-metric: words/given == 1
make-me-pay: mean_donation_amt >= 1
nothing-*: accuracy >= 0.5
total-tokens <= 2M
advisory: json-*: accuracy >= 0.9
`;

const named = (names: readonly string[]) => recordedEvals.filter(({ name }) => !names.includes(name));

const BEFORE: RunOptions = {
  runId: '9000000000',
  sha: 'fedcba9876543210fedcba9876543210fedcba98',
  started: '2026-01-01T06:00:00.000Z',
};

/** Of `match-times-6`, those that were incorrect in two of three repetitions are correct, and one is the other way round. */
const EDITS: Readonly<Record<string, (record: string) => string>> = {
  match: (record) => withCorrect(record, [3, 6]),
  'match-times-6': (record) => withIncorrect(withCorrect(record, every(12, [3, 6, 10], 5)), [0]),
  'solver-times-6': (record) => withIncorrect(record, every(12, [2, 5, 9], 5)),
  'fuzzy-match-times-12': (record) => withCorrect(record, every(3, [1, 2], 5)),
  errors: (record) => withCorrect(record, [3]),
  'model-graded': (record) => regraded(record, [2], { from: 'N', to: 'Y', score: 1 }),
  'model-graded-range': (record) => regraded(record, [1], { from: '5', to: '3', score: 3 }),
  steps: (record) => without(record, [11]),
};

/** These indexes in the first repetitions of `samples` samples. */
function every(samples: number, indexes: readonly number[], repetitions: number): number[] {
  return Array.from({ length: repetitions }, (_, n) => indexes.map((index) => index + n * samples)).flat();
}

const edited = (evals: readonly RecordedEval[]): RecordedEval[] =>
  evals.map((each) => ({ ...each, record: EDITS[each.name]?.(each.record) ?? each.record }));

/** The baseline had another judge in one eval, did not have `own-metric`, and had `json-validator`, which this run does not have. */
async function writeBaseline(directory: string): Promise<Baseline> {
  const files = join(directory, 'baseline');
  mkdirSync(files);
  const evals = edited(named(['zero-samples', 'own-metric']));
  const run = await recordedRun(evals, { ...BEFORE, judges: { 'model-graded-unscored': 'gpt-4o' } }, files);
  const report = await toReport(run, '', undefined);
  if (!writeReportFiles(report, reportPaths(files, contextOf(run)), silentLog))
    throw new Error('The baseline could not be written.');
  return readBaseline(files, 'evals/baseline.json');
}

function toReport(run: FinishedRun, rules: string, baseline: Baseline | undefined): Promise<Report> {
  const gate = { rules: parseRules(rules), baseline };
  return makeReport({ run, gate, samplesText: 'failures', context: contextOf(run), log: silentLog });
}

function contextOf({ facts: { run } }: FinishedRun) {
  const env = {
    GITHUB_REPOSITORY: run.repository,
    GITHUB_RUN_ID: run.id,
    GITHUB_SERVER_URL: 'https://github.com',
    RUNNER_TEMP: '/home/runner/work/_temp',
  };
  return readContext(env, 'linux', '/tmp');
}

export const recordedVariants: readonly RecordedVariant[] = [
  {
    name: 'alone',
    title: 'All kinds of records, without a baseline',
    makeReport: async (directory) =>
      toReport(await recordedRun(recordedEvals, NOW, directory), RULES, undefined),
  },
  {
    name: 'compared',
    title: 'All kinds of records, against a baseline in which some samples differ',
    async makeReport(directory) {
      const evals = named(['zero-samples', 'json-validator']);
      const options: RunOptions = { ...NOW, excluded: ['zero-samples'], samplesText: 'all' };
      const baseline = await writeBaseline(directory);
      const rules = 'accuracy drop <= 2pp\nscore drop <= 0.1\nadvisory: *-times-*: f1_score drop <= 5pp';
      return toReport(await recordedRun(evals, options, directory), rules, baseline);
    },
  },
];
