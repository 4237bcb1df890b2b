/** Sets of evals with believable names and results. */
import type { EvalResult, Results } from '../../../src/model/results.ts';
import { results } from '../../helpers/report-builders.ts';
import { rated, reused } from './samples.ts';

/** 28 evals. */
const NAMES = [
  ...['capitals', 'capitals-short', 'rivers', 'currencies', 'flags', 'time-zones', 'unit-conversion'],
  ...['arithmetic', 'word-problems', 'dates-between', 'roman-numerals', 'prime-factors', 'chess-notation'],
  ...['sql-from-text', 'regex-from-text', 'json-repair', 'python-output', 'stack-traces', 'git-commands'],
  ...[
    'support-intent',
    'support-tone',
    'refund-policy',
    'invoice-fields',
    'contract-clauses',
    'medical-codes',
  ],
  ...['spanish-idioms', 'german-compounds', 'joke-explanations'],
];

/** `0.62` to `0.98`, always the same for one eval. */
function rateOf(at: number): number {
  return 0.62 + ((at * 11) % 37) / 100 + (at % 3) * 0.01;
}

export function set28(): EvalResult[] {
  return NAMES.map((name, at) => {
    const n = 30 + ((at * 13) % 8) * 10;
    return rated(name, Math.round(n * Math.min(0.98, rateOf(at + 1))), n);
  });
}

/** The same, of which only some ran. */
export function set28Reused(fresh: number): EvalResult[] {
  return set28().map((each, at) =>
    at < fresh ? each : reused(each.name, each.samples.outcomes?.correct ?? 0, each.samples.total ?? 0),
  );
}

/** @param fresh of them ran, the others are reused */
export function set1000(fresh: number): EvalResult[] {
  return Array.from({ length: 1000 }, (_, at) => {
    const name = `mmlu-${String(at + 1).padStart(4, '0')}`;
    const n = 20 + (at % 5) * 10;
    const correct = Math.round(n * Math.min(1, 0.5 + ((at * 7) % 50) / 100));
    return at < fresh ? rated(name, correct, n) : reused(name, correct, n);
  });
}

/** Results of a run that sent the requests of its fresh evals. */
export function resultsOf(evals: readonly EvalResult[], changes: Partial<Results> = {}): Results {
  const plain = results(evals, { model: 'gpt-4o-mini', evalSet: 'support-bot' });
  const fresh = evals.filter(({ status }) => status === 'fresh');
  const sum = (of: (each: EvalResult) => number) => fresh.reduce((total, each) => total + of(each), 0);
  return {
    ...plain,
    run: { ...plain.run, id: '19850077311' },
    totals: {
      ...plain.totals,
      requests: { sent: sum((each) => each.requests?.sent ?? 0), replayed: 0, retried: 0, failed: 0 },
      tokens: {
        prompt: sum((each) => each.tokens?.prompt ?? 0),
        completion: sum((each) => each.tokens?.completion ?? 0),
        cached: 0,
        reasoning: 0,
      },
    },
    ...changes,
  };
}
