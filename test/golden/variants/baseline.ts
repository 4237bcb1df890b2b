/** Comparisons with a baseline. */
import type { SampleTexts } from '../../../src/model/sample.ts';
import { sha256 } from '../../helpers/builders.ts';
import { type Before, judgedReport } from './judged.ts';
import { rated } from './samples.ts';
import { set28 } from './sets.ts';
import { REPORT_PATH, type Variant } from './variant.ts';

const EXTRAS = { notes: [], next: '', savedReportPath: REPORT_PATH };

/** A few samples of most evals differ from run to run. */
const NOISE: Readonly<Record<string, Before>> = Object.fromEntries(
  set28().map(({ name }, at) => [name, { worse: at % 3, better: (at + 1) % 3 }]),
);

const DROPPED = set28().map((each) => {
  if (each.name === 'refund-policy') return rated(each.name, 26, 40);
  if (each.name === 'support-intent') return rated(each.name, 81, 100);
  return each.name === 'json-repair' ? rated(each.name, 52, 60) : each;
});

const DROPS: Readonly<Record<string, Before>> = {
  ...NOISE,
  'refund-policy': { worse: 13, better: 0 },
  'support-intent': { worse: 17, better: 1 },
  'json-repair': { worse: 0, better: 16 },
};

/** The first and the second sample have the same words, as samples of a data set often do. */
const REFUNDS: readonly (readonly [question: string, expected: string, before: string, now: string])[] = [
  ['I bought the annual plan 20 days ago and want my money back. Am I eligible?', 'yes', 'yes', 'no'],
  ['My order arrived damaged, it has been 45 days. Can I get a refund?', 'yes', 'yes', 'Only store credit'],
  ['The seller refunded me twice. May I keep it?', 'no', 'no', 'Possibly'],
];

function refunds(answerAt: 2 | 3, judge: string): Record<string, Partial<SampleTexts>> {
  return Object.fromEntries(
    REFUNDS.map((row, at) => [
      `refund-policy.dev.${at}`,
      {
        prompt: `system: Answer with yes or no, following the refund policy.\nuser: ${row[0]}`,
        expected: row[1],
        answer: row[answerAt],
        judge,
      },
    ]),
  );
}

const TEXTS = {
  before: refunds(2, 'The submission agrees with the policy.\n\nC'),
  now: refunds(
    3,
    'The submission contradicts the policy, which grants refunds within 30 days of an annual purchase and within 60 days of damage.\n\nD',
  ),
};

const judgedByMini = set28()
  .slice(0, 6)
  .map((each, at) =>
    at < 2
      ? {
          ...each,
          judge: 'gpt-4o-mini',
          comparable: { ...each.comparable, 'judge:model': sha256('gpt-4o-mini') },
        }
      : each,
  );

const judgedByLarge = (name: string): Before => ({
  ...{ worse: 0, better: 1 },
  changes: {
    judge: 'gpt-4o',
    comparable: { ...rated(name, 1, 2).comparable, 'judge:model': sha256('gpt-4o') },
  },
});

const KEEP_OR_FIX =
  'Look at the samples in report.html, then fix the cause or change the input thresholds. Completed evals are reused, so only changed ones run again. To accept a drop, remove the rule, run the workflow again, and commit results.json and samples.jsonl of that run as the baseline.';

export const baselineVariants: readonly Variant[] = [
  {
    name: 'degraded',
    title: 'Two evals got worse against the baseline, one got better, and no rule is about it',
    report: judgedReport({ evals: DROPPED, before: DROPS, baseline: 'usable', texts: TEXTS }),
    extras: { ...EXTRAS, next: KEEP_OR_FIX },
  },
  {
    name: 'degraded-rule',
    title: 'Two evals got worse, which a rule forbids',
    report: judgedReport({
      evals: DROPPED,
      before: DROPS,
      baseline: 'usable',
      thresholds: 'accuracy drop <= 2pp\nsupport-*: accuracy >= 0.7',
      texts: TEXTS,
    }),
    extras: { ...EXTRAS, next: KEEP_OR_FIX },
  },
  {
    name: 'within-noise',
    title: 'No change against the baseline that is more than noise',
    report: judgedReport({
      evals: set28(),
      before: NOISE,
      baseline: 'usable',
      thresholds: 'accuracy drop <= 2pp',
    }),
    extras: EXTRAS,
  },
  {
    name: 'too-few',
    title: 'One eval with too few samples to tell, which a rule needs',
    report: judgedReport({
      evals: [rated('chess-notation', 5, 8)],
      before: { 'chess-notation': { worse: 2, better: 0 } },
      baseline: 'usable',
      thresholds: 'accuracy drop <= 5pp',
    }),
    extras: { ...EXTRAS, next: 'Add samples to the eval, or remove the rule.' },
  },
  {
    name: 'not-comparable',
    title: 'The judge changed, one eval is new, and one of the baseline is gone',
    report: judgedReport({
      evals: judgedByMini,
      before: {
        ...NOISE,
        capitals: judgedByLarge('capitals'),
        'capitals-short': judgedByLarge('capitals-short'),
      },
      gone: [rated('legal-citations', 40, 50)],
      added: ['time-zones'],
      baseline: 'usable',
    }),
    extras: EXTRAS,
  },
  {
    name: 'baseline-damaged',
    title: 'The baseline cannot be used, and a rule needs it',
    report: judgedReport({
      evals: set28().slice(0, 4),
      baseline: {
        kind: 'unusable',
        path: 'evals/baseline.json',
        problem: 'it is the report of a run that failed',
        next: 'Commit the results.json of a run that passed.',
      },
      thresholds: 'accuracy drop <= 2pp\naccuracy >= 0.6',
    }),
    extras: { ...EXTRAS, next: 'Commit the results.json of a run that passed as evals/baseline.json.' },
  },
];
