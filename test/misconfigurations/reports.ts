/** Mistakes in the inputs about rules, baselines and reports. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatResults } from '../../src/artifact/format-results.ts';
import { evalResult, results, unfinished, verdict } from '../helpers/report-builders.ts';
import type { Misconfiguration } from './misconfiguration.ts';

type Row = Omit<Misconfiguration, 'needsPlan'>;

/** Every line of `thresholds` that is wrong has its own message; test/unit/gate/rules has them all. */
const thresholds: readonly Row[] = [
  {
    title: 'a rule with an operator that does not exist',
    inputs: { thresholds: 'accuracy => 0.8' },
    says: `The input thresholds has a wrong line:
- Line 1, column 10: There is no operator =>. Did you mean >=?
    accuracy => 0.8
             ^
What to do: Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp". [INPUT_INVALID]`,
  },
  {
    title: 'a rule that is only a number',
    inputs: { thresholds: '0.8' },
    says: `The input thresholds has a wrong line:
- Line 1, column 1: "0.8" is a number, where a metric is expected. Write the metric first, then the operator and the number: accuracy >= 0.8.
    0.8
    ^
What to do: Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp". [INPUT_INVALID]`,
  },
  {
    title: 'rules in one line, and one in the syntax of YAML',
    inputs: { thresholds: '# of the nightly run\naccuracy >= 0.8, score >= 0.5\naccuracy: 0.8' },
    says: `The input thresholds has 2 wrong lines:
- Line 2, column 13: "0.8," is no number. Write a number, such as 0.8, 90% or 2M.
    accuracy >= 0.8, score >= 0.5
                ^
- Line 3, column 11: "0.8" is a number, where a metric is expected. Write the metric first, then the operator and the number: accuracy >= 0.8.
    accuracy: 0.8
              ^
What to do: Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp". [INPUT_INVALID]`,
  },
];

const drop = { thresholds: 'accuracy drop <= 2pp' };

/** The text of the results.json of a run. */
const resultsJson = (
  ...[evals, status]: [Parameters<typeof results>[0], 'passed' | 'failed' | 'incomplete']
) => formatResults({ ...results(evals), evalSet: 'own' }, verdict({ status }));

const baselines: readonly Row[] = [
  {
    title: 'a rule about a drop without a baseline',
    inputs: drop,
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is empty.
What to do: Set baseline to the results.json of an approved run, or put "advisory:" before the rule. [INPUT_INVALID]`,
  },
  {
    title: 'a baseline that is not there',
    inputs: { ...drop, baseline: 'evals/baseline.json' },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "evals/baseline.json", which cannot be used: there is no file <checkout>/evals/baseline.json.
What to do: Put the results.json of an approved run there: commit it, or download it from the artifact of that run in an earlier step. [INPUT_INVALID]`,
  },
  {
    title: 'a directory without results.json as the baseline',
    inputs: { ...drop, baseline: 'approved' },
    files: { 'approved/report.html': '' },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "approved", which cannot be used: it is a directory that contains no results.json.
What to do: Put the results.json of an approved run there: commit it, or download it from the artifact of that run in an earlier step. [INPUT_INVALID]`,
  },
  {
    title: 'a benchmark.json as the baseline',
    inputs: { ...drop, baseline: 'benchmark.json' },
    files: { 'benchmark.json': '[{"name": "own: accuracy", "unit": "%", "value": 75}]' },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "benchmark.json", which cannot be used: it is JSON, but not a results.json of this action.
What to do: Name a results.json that this action wrote. [INPUT_INVALID]`,
  },
  {
    title: 'the archive of an artifact as the baseline',
    inputs: { ...drop, baseline: 'report.zip' },
    files: { 'report.zip': Buffer.from('504b03040a0000000000', 'hex') },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "report.zip", which cannot be used: it is a zip archive.
What to do: Unpack it in an earlier step, and name the results.json inside. [INPUT_INVALID]`,
  },
  {
    title: 'a pointer of Git LFS as the baseline',
    inputs: { ...drop, baseline: 'baseline.json' },
    files: {
      'baseline.json':
        'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
    },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: it is a Git LFS pointer, not the file itself.
What to do: Add \`lfs: true\` to the step that runs actions/checkout. [INPUT_INVALID]`,
  },
  {
    title: 'a baseline with a merge conflict',
    inputs: { ...drop, baseline: 'baseline.json' },
    files: { 'baseline.json': '{\n<<<<<<< HEAD\n "version": 1\n=======\n "version": 1\n>>>>>>> other\n}\n' },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: it contains the marks of a merge conflict.
What to do: Commit the results.json of one approved run, whole. [INPUT_INVALID]`,
  },
  {
    title: 'a file of 2 GB as the baseline',
    inputs: { ...drop, baseline: 'baseline.json' },
    prepare: (checkout) => {
      writeFileSync(join(checkout, 'baseline.json'), '');
      truncateSync(join(checkout, 'baseline.json'), 2 * 1024 ** 3);
    },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: it has 2,147,483,648 bytes, more than a results.json can have.
What to do: Name a results.json that this action wrote. [INPUT_INVALID]`,
  },
  {
    title: 'a run in which an eval failed as the baseline',
    inputs: { ...drop, baseline: 'baseline.json' },
    files: {
      'baseline.json': resultsJson(
        [evalResult('a'), unfinished('b', 'failed', 'it exited with code 1')],
        'failed',
      ),
    },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: in its run 1 eval failed.
What to do: Re-run its job, which reuses completed evals, until no eval fails, and approve the results.json of that attempt. [INPUT_INVALID]`,
  },
  {
    title: 'an incomplete run as the baseline',
    inputs: { ...drop, baseline: 'baseline.json' },
    files: {
      'baseline.json': resultsJson(
        [evalResult('a'), unfinished('b', 'pending', 'the job was cancelled')],
        'incomplete',
      ),
    },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: its run is incomplete: 1 eval is pending.
What to do: Re-run its job, which reuses completed evals, until none is pending, and approve the results.json of that attempt. [INPUT_INVALID]`,
  },
  {
    title: 'a run of another set as the baseline',
    inputs: { ...drop, 'eval-set': 'nightly', baseline: 'baseline.json' },
    files: { 'baseline.json': resultsJson([evalResult('a')], 'passed') },
    says: `The rule \`accuracy drop <= 2pp\` of the input thresholds compares with a baseline, but the input baseline is "baseline.json", which cannot be used: it is of the set \`own\`, but this run is of \`nightly\`.
What to do: Set baseline to the results.json of an approved run of this set. [INPUT_INVALID]`,
  },
  {
    title: 'a baseline in the report-directory',
    inputs: { baseline: 'reports/results.json', 'report-directory': 'reports' },
    files: { 'reports/results.json': resultsJson([evalResult('a')], 'passed') },
    says: `The input report-directory is "reports": it is the directory of the baseline, whose files this run would replace.
What to do: Set report-directory to another directory. A run becomes the baseline only when somebody approves it. [INPUT_INVALID]`,
  },
];

const reports: readonly Row[] = [
  {
    title: 'a boolean as samples-text',
    inputs: { 'samples-text': 'false' },
    says: `The input samples-text is "false": it is neither failures, none nor all.
What to do: Set samples-text to failures, none or all. The default is failures. [INPUT_INVALID]`,
  },
  {
    title: 'a boolean as comment',
    inputs: { comment: 'true' },
    says: `The input comment is "true": it is neither changes, failures nor always.
What to do: Set comment to changes, failures or always, which says when a pull request gets a comment. [INPUT_INVALID]`,
  },
  {
    title: 'comment: never',
    inputs: { comment: 'never' },
    says: `The input comment is "never": it is neither changes, failures nor always.
What to do: Remove the input comment. A job without "pull-requests: write" does not comment. [INPUT_INVALID]`,
  },
  {
    title: 'a file as the report-directory',
    inputs: { 'report-directory': 'report.html' },
    files: { 'report.html': '' },
    says: `The input report-directory is "report.html": it is a file, not a directory.
What to do: Set report-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a report-directory below a file',
    inputs: { 'report-directory': 'notes/reports' },
    files: { notes: '' },
    says: `The input report-directory is "notes/reports": <checkout>/notes is a file, so nothing can be below it.
What to do: Set report-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'a report-directory in which the system stores no files',
    inputs: { 'report-directory': '/proc/reports' },
    says: `The input report-directory is "/proc/reports": /proc belongs to the system, which stores no files there.
What to do: Set report-directory to a directory that this job can create or write to. [INPUT_INVALID]`,
  },
  {
    title: 'several mistakes about rules and reports at once',
    inputs: {
      thresholds: 'accuracy => 0.8',
      'samples-text': 'some',
      comment: 'sometimes',
      'report-directory': 'notes/reports',
    },
    files: { notes: '' },
    says: `4 settings of this step are wrong, so no eval was run:
- The input thresholds has a wrong line:
  - Line 1, column 10: There is no operator =>. Did you mean >=?
      accuracy => 0.8
               ^
  Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp".
- The input samples-text is "some": it is neither failures, none nor all. Set samples-text to failures, none or all. The default is failures.
- The input report-directory is "notes/reports": <checkout>/notes is a file, so nothing can be below it. Set report-directory to a directory that this job can create or write to.
- The input comment is "sometimes": it is neither changes, failures nor always. Set comment to changes, failures or always, which says when a pull request gets a comment.
What to do: Correct all of them. [INPUT_INVALID]`,
  },
];

export const reportMistakes: readonly Misconfiguration[] = [...thresholds, ...baselines, ...reports].map(
  (row) => ({
    ...row,
    needsPlan: false,
  }),
);
