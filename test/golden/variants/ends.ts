/** How runs end, without rules and without a baseline. */
import type { Report } from '../../../src/model/report.ts';
import type { EvalResult, Results } from '../../../src/model/results.ts';
import { unfinished } from '../../helpers/report-builders.ts';
import { judgedReport } from './judged.ts';
import { rated } from './samples.ts';
import { resultsOf, set28, set28Reused, set1000 } from './sets.ts';
import { FIX_AND_RERUN, REPORT_PATH, RERUN, type Variant } from './variant.ts';

const EXTRAS = { notes: [], next: '', savedReportPath: REPORT_PATH };

function ended(evals: readonly EvalResult[], changes: Partial<Results> = {}, thresholds = ''): Report {
  return judgedReport({ evals, changes, thresholds });
}

const TRACEBACK = [
  'The exception that follows was raised for sample invoice-fields.dev.17.',
  'Traceback (most recent call last):',
  '  File "/home/runner/work/support-bot/support-bot/own/invoice.py", line 41, in eval_sample',
  '    return self.compare(sample, answer)',
  '  File "/home/runner/work/support-bot/support-bot/own/invoice.py", line 63, in compare',
  '    expected = sample["totl"]',
  "KeyError: 'totl'",
];

const failedInvoice = unfinished(
  'invoice-fields',
  'failed',
  "it ended with KeyError: 'totl' in own/invoice.py:63, sample invoice-fields.dev.17",
  {
    recorded: 41,
    error: {
      type: 'KeyError',
      message: "it ended with KeyError: 'totl' in own/invoice.py:63, sample invoice-fields.dev.17",
      place: { file: '/home/runner/work/support-bot/support-bot/own/invoice.py', line: 63 },
      sample: 'invoice-fields.dev.17',
      lastLines: TRACEBACK,
    },
  },
);

const failedSql = unfinished(
  'sql-from-text',
  'failed',
  "it ended with openai.BadRequestError: Error code: 400 - This model's maximum context length is 128000 tokens. However, your messages resulted in 131402 tokens., sample sql-from-text.dev.88",
  { recorded: 88 },
);

function withFailures(): EvalResult[] {
  return set28Reused(20).map((each) => {
    if (each.name === 'invoice-fields') return failedInvoice;
    return each.name === 'sql-from-text' ? failedSql : each;
  });
}

/** Ended by a budget or by a person: the last ten have not completed. */
function interrupted(note: string, started: number): EvalResult[] {
  return set28Reused(28).map((each, at) =>
    at < 18 ? each : unfinished(each.name, 'pending', note, { recorded: at < 18 + started ? 23 - at : 0 }),
  );
}

/** A model grades, and evals reports only how often it chose each answer. */
function graded(): EvalResult[] {
  const choices = (name: string, counts: Readonly<Record<string, number>>) =>
    rated(name, 0, 0, {
      evalClass: 'evals.elsuite.modelgraded.classify:ModelBasedClassify',
      judge: 'gpt-4o-mini',
      metrics: counts,
      mainMetric: null,
      intervals: {},
      samples: { total: 40, outcomes: null, coverage: null },
      tookMs: 41_200,
    });
  return [
    rated('capitals', 37, 40),
    choices('joke-explanations', { 'counts/A': 22, 'counts/B': 17, 'counts/__invalid__': 1 }),
    choices('support-tone', { 'counts/A': 31, 'counts/B': 5, 'counts/C': 4 }),
  ];
}

const adapted = rated('capitals', 37, 40, {
  decision: { kind: 'run', reason: 'own/scoring.py changed (a1b2… → c3d4…)', parts: ['own/scoring.py'] },
  adaptations: [
    { model: 'o4-mini', param: 'temperature', value: '0', renamedTo: null },
    { model: 'o4-mini', param: 'max_tokens', value: null, renamedTo: 'max_completion_tokens' },
  ],
  replacedModels: { 'gpt-4-1106-preview': 'gpt-4o-mini' },
});

const resumedTotals = (evals: readonly EvalResult[]): Partial<Results> => {
  const { totals } = resultsOf(evals);
  return {
    totals: {
      ...totals,
      requests: { sent: 1204, replayed: 866, retried: 12, failed: 0 },
      tokens: { prompt: 640_112, completion: 171_990, cached: 80_000, reasoning: 0 },
      replayedTokens: { prompt: 322_000, completion: 88_410, cached: 0, reasoning: 0 },
      cost: 1.84,
    },
  };
};

export const endVariants: readonly Variant[] = [
  {
    name: 'first-run',
    title: 'A first run of 28 evals, without a baseline',
    report: ended(set28()),
    extras: EXTRAS,
  },
  {
    name: 'resumed',
    title: 'A re-run that resumed: 20 evals ran, 8 are reused, with the cost',
    report: ended(set28Reused(20), resumedTotals(set28Reused(20))),
    extras: EXTRAS,
  },
  {
    name: 'one-eval',
    title: 'A set of one eval, whose code changed, with a model that does not accept a parameter',
    report: ended([adapted]),
    extras: EXTRAS,
  },
  {
    name: 'model-graded',
    title: 'Evals that only count the choices of a judge',
    report: ended(graded()),
    extras: EXTRAS,
  },
  {
    name: 'failed',
    title: 'Two evals of 28 fail',
    report: ended(withFailures()),
    extras: { ...EXTRAS, next: FIX_AND_RERUN },
  },
  {
    name: 'incomplete-by-budget',
    title: 'The time budget is used up, and there are rules',
    report: ended(
      interrupted('the time budget of 30 min is used up', 3),
      {},
      'accuracy >= 0.6\nsupport-*: accuracy >= 0.7',
    ),
    extras: {
      ...EXTRAS,
      notes: ['The set is incomplete, because the time budget of 30 min is used up.'],
      next: RERUN,
    },
  },
  {
    name: 'cancelled',
    title: 'Somebody cancels the job',
    report: ended(interrupted('the job was cancelled', 4)),
    extras: { ...EXTRAS, notes: ['The set is incomplete, because the job was cancelled.'], next: RERUN },
  },
  {
    name: 'killed',
    title: 'The step is killed, and the post step reports',
    report: ended(
      interrupted('not completed when the step ended', 4).map((each) => ({ ...each, decision: null })),
    ),
    extras: {
      ...EXTRAS,
      notes: [
        'The step was interrupted. 14 responses of 4 unfinished evals are recorded and will be replayed.',
      ],
      next: RERUN,
    },
  },
  {
    name: 'evals-1000',
    title: 'A set of 1,000 evals, of which 12 ran and one failed',
    report: ended(
      set1000(12).map((each) =>
        each.name === 'mmlu-0007'
          ? unfinished(each.name, 'failed', 'it timed out after 30 min, in both attempts', { recorded: 11 })
          : each,
      ),
    ),
    extras: { ...EXTRAS, next: FIX_AND_RERUN },
  },
];
