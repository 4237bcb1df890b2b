import type { FinishedRun } from '../../src/model/finished-run.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Results } from '../../src/model/results.ts';
import type { RunFacts } from '../../src/model/run-facts.ts';
import { noTraffic } from '../../src/model/traffic.ts';
import { summarize } from '../../src/report/results.ts';

export const someFacts: RunFacts = {
  version: 1,
  run: {
    repository: 'o/r',
    id: '1',
    attempt: 1,
    sha: 'abc123',
    ref: 'refs/heads/main',
    workflow: 'o/r/.github/workflows/evals.yml',
    job: 'evals',
    started: '2026-01-01T00:00:00.000Z',
  },
  versions: { action: '0.1.0', evals: '3.0.1', python: '3.11.7' },
  judgeModel: null,
  modelMap: {},
  args: [],
  decisions: {},
};

/** A run of `gpt-4` on `set` that ended with these outcomes. */
export function finishedRun(outcomes: readonly Outcome[], changes: Partial<FinishedRun> = {}): FinishedRun {
  return {
    model: 'gpt-4',
    evalSet: 'set',
    facts: someFacts,
    outcomes,
    excluded: [],
    traffic: noTraffic,
    samples: new Map(),
    attempts: new Map(),
    ended: new Date('2026-01-01T01:00:00.000Z'),
    ...changes,
  };
}

export function resultsOf(outcomes: readonly Outcome[], changes: Partial<FinishedRun> = {}): Results {
  return summarize(finishedRun(outcomes, changes));
}
