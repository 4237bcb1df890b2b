/** Counts and describes outcomes, for people and for other steps. Pure. */

import type { Outcome } from '../model/outcome.ts';
import type { ResultRow, Results } from '../model/results.ts';
import { noTraffic, type Traffic } from '../model/traffic.ts';
import { mainMetric } from './main-metric.ts';

export function summarize(
  model: string,
  evalSet: string,
  outcomes: readonly Outcome[],
  traffic: Traffic = noTraffic,
): Results {
  const number = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const [fresh, reused, failed, pending] = [
    number('fresh'),
    number('reused'),
    number('failed'),
    number('pending'),
  ];
  return {
    model,
    evalSet,
    rows: outcomes.map(row),
    counts: { total: outcomes.length, completed: fresh + reused, fresh, reused, failed, pending },
    traffic,
    adaptations: adaptationsOf(outcomes),
    verdict: failed > 0 ? 'failed' : pending > 0 ? 'incomplete' : 'passed',
  };
}

function adaptationsOf(outcomes: readonly Outcome[]): Results['adaptations'] {
  const all = outcomes.flatMap((outcome) => ('record' in outcome ? (outcome.record?.adaptations ?? []) : []));
  const groups = Map.groupBy(all, (adaptation) => JSON.stringify(adaptation));
  return [...groups.values()].flatMap(([adaptation, ...others]) =>
    adaptation === undefined ? [] : [{ adaptation, evals: others.length + 1 }],
  );
}

function row(outcome: Outcome): ResultRow {
  const { eval: planned, status } = outcome;
  const base = { key: planned.key, name: planned.name, status };
  if (status === 'failed' || status === 'pending') {
    return {
      ...base,
      metric: undefined,
      metrics: {},
      samples: null,
      tookMs: undefined,
      run: undefined,
      note: outcome.reason,
    };
  }
  const { record } = outcome;
  if (!record) {
    const note = 'done by oaievalset, no results recorded';
    return {
      ...base,
      metric: undefined,
      metrics: {},
      samples: null,
      tookMs: undefined,
      run: undefined,
      note,
    };
  }
  return {
    ...base,
    metric: mainMetric(planned.metrics, record.metrics),
    metrics: record.metrics,
    samples: record.samples,
    tookMs: Date.parse(record.ended) - Date.parse(record.started),
    run: { id: record.run.id, attempt: record.run.attempt },
    note: '',
  };
}
