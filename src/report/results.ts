/** Outcomes as people and other steps see them. Pure. */
import { noTraffic, type Traffic } from '../gateway/traffic.ts';
import type { Adaptation } from '../model/adaptation.ts';
import type { MetricValue } from '../progress/completion-record.ts';
import type { Outcome } from '../run/outcome.ts';
import { mainMetric, type NamedMetric } from './format.ts';

export interface ResultRow {
  readonly key: string;
  readonly name: string;
  readonly status: Outcome['status'];
  readonly metric: NamedMetric | undefined;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly samples: number | null;
  /** Milliseconds the eval took; undefined when it was not completed by this action. */
  readonly time: number | undefined;
  /** The run that completed it. */
  readonly run: { readonly id: string; readonly attempt: number } | undefined;
  /** Why it failed or is pending, or what is odd about its completion. */
  readonly note: string;
}

export interface Counts {
  readonly total: number;
  readonly completed: number;
  readonly fresh: number;
  readonly reused: number;
  readonly failed: number;
  readonly pending: number;
}

export interface Results {
  readonly model: string;
  readonly evalSet: string;
  readonly rows: readonly ResultRow[];
  readonly counts: Counts;
  /** What this run asked the API. */
  readonly traffic: Traffic;
  /** What was changed in requests because a model does not accept it, and in those of how many evals. */
  readonly adaptations: readonly { readonly adaptation: Adaptation; readonly evals: number }[];
  /** Passed: all done. Failed: an eval failed. Incomplete: none failed, some are pending. */
  readonly verdict: 'passed' | 'failed' | 'incomplete';
}

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
      time: undefined,
      run: undefined,
      note: outcome.reason,
    };
  }
  const { record } = outcome;
  if (!record) {
    const note = 'done by oaievalset, no results recorded';
    return { ...base, metric: undefined, metrics: {}, samples: null, time: undefined, run: undefined, note };
  }
  return {
    ...base,
    metric: mainMetric(planned.metrics, record.metrics),
    metrics: record.metrics,
    samples: record.samples,
    time: Date.parse(record.ended) - Date.parse(record.started),
    run: { id: record.run.id, attempt: record.run.attempt },
    note: '',
  };
}
