/** Rules that are met, missed, or not judged. */
import { unfinished } from '../../helpers/report-builders.ts';
import { judgedReport } from './judged.ts';
import { rated } from './samples.ts';
import { set28 } from './sets.ts';
import { REPORT_PATH, type Variant } from './variant.ts';

const CHANGED = [
  rated('rivers', 21, 50),
  rated('medical-codes', 22, 30),
  rated('joke-explanations', 42, 100),
  unfinished('word-problems', 'failed', 'it ended with ZeroDivisionError in own/units.py:12', {
    recorded: 4,
  }),
  rated('flags', 30, 40, {
    metrics: { accuracy: 0.75, f1_score: 'NaN' },
  }),
];

const evals = set28().map((each) => CHANGED.find(({ name }) => name === each.name) ?? each);

const THRESHOLDS = `accuracy >= 0.6
medical-*: accuracy >= 80%
flags: f1_score >= 0.7
legal-*: accuracy >= 0.9
support-*: coverage >= 0.95
advisory: joke-*: accuracy >= 0.5`;

export const ruleVariants: readonly Variant[] = [
  {
    name: 'passed',
    title: 'All 28 evals are done, and both rules are met',
    report: judgedReport({ evals: set28(), thresholds: 'accuracy >= 0.6\ntotal-tokens <= 2M' }),
    extras: {
      notes: [],
      next: '',
      reportUrl: 'https://github.com/octo-org/support-bot/actions/runs/19850077311/artifacts/4012345678',
    },
  },
  {
    name: 'rules-missed',
    title: 'Rules are missed or not judged, one of them only advisory',
    report: judgedReport({ evals, thresholds: THRESHOLDS }),
    extras: {
      notes: [],
      next: 'Fix the failed eval and the causes of the missed rules, or change the input thresholds, then re-run the failed jobs; they continue from here.',
      savedReportPath: REPORT_PATH,
    },
  },
  {
    name: 'advisory',
    title: 'Only an advisory rule is missed',
    report: judgedReport({
      evals: set28(),
      thresholds: 'accuracy >= 0.6\nadvisory: accuracy >= 0.7\nadvisory: total-tokens <= 100k',
    }),
    extras: { notes: [], next: '', savedReportPath: REPORT_PATH },
  },
];
