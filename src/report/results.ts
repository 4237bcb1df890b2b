/** Counts and describes outcomes, for people and for other steps. Pure. */
import { leavesOutTemperature } from '../model/adaptation.ts';
import type { CompletionRecord } from '../model/completion-record.ts';
import { judgeOf } from '../model/judge.ts';
import { replacedIn } from '../model/model-map.ts';
import type { RecordedResponses, ResultRow, Results } from '../model/old-results.ts';
import type { Outcome } from '../model/outcome.ts';
import { noTraffic, type Traffic } from '../model/traffic.ts';
import { mainMetric } from './main-metric.ts';

/** @param leftOut number of evals of the set that have no outcome, because they are not part of the plan */
export function summarize(
  model: string,
  evalSet: string,
  outcomes: readonly Outcome[],
  traffic: Traffic = noTraffic,
  leftOut = 0,
): Results {
  const number = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const [fresh, reused, failed, pending] = [
    number('fresh'),
    number('reused'),
    number('failed'),
    number('pending'),
  ];
  const rows = outcomes.map(row);
  const records = outcomes.flatMap((outcome) => ('record' in outcome ? (outcome.record ?? []) : []));
  return {
    model,
    evalSet,
    rows,
    counts: { total: outcomes.length, completed: fresh + reused, fresh, reused, failed, pending, leftOut },
    traffic,
    recorded: recordedOf(rows),
    adaptations: adaptationsOf(records),
    ownTemperature: ownTemperatureOf(records),
    replacedModels: replacedModelsOf(records),
    verdict: failed > 0 ? 'failed' : pending > 0 ? 'incomplete' : 'passed',
  };
}

function recordedOf(rows: readonly ResultRow[]): RecordedResponses {
  const some = rows.filter(({ recorded }) => recorded > 0);
  return { responses: some.reduce((sum, { recorded }) => sum + recorded, 0), evals: some.length };
}

function adaptationsOf(records: readonly CompletionRecord[]): Results['adaptations'] {
  const all = records.flatMap(({ adaptations }) => adaptations);
  return countedEach(all).map(([adaptation, evals]) => ({ adaptation, evals }));
}

function ownTemperatureOf(records: readonly CompletionRecord[]): Results['ownTemperature'] {
  const all = records.flatMap(({ adaptations }) => [
    ...new Set(adaptations.filter(leavesOutTemperature).map(({ model }) => model)),
  ]);
  return countedEach(all).map(([model, evals]) => ({ model, evals }));
}

function replacedModelsOf(records: readonly CompletionRecord[]): Results['replacedModels'] {
  const all = records.flatMap(({ models = {} }) => replacedIn(models));
  return countedEach(all).map(([[name, live], evals]) => ({ name, live, evals }));
}

/** Each different value, and how often it occurs. */
function countedEach<T>(values: readonly T[]): [value: T, count: number][] {
  const groups = Map.groupBy(values, (value) => JSON.stringify(value));
  return [...groups.values()].flatMap(([value, ...others]) =>
    value === undefined ? [] : [[value, others.length + 1] as [T, number]],
  );
}

function row(outcome: Outcome): ResultRow {
  const { eval: planned, status } = outcome;
  const without = {
    key: planned.key,
    name: planned.name,
    status,
    judge: judgeOf(planned),
    metric: undefined,
    metrics: {},
    samples: null,
    tookMs: undefined,
    run: undefined,
    note: '',
    recorded: 0,
  };
  if (status === 'failed' || status === 'pending')
    return { ...without, note: outcome.reason, recorded: outcome.recorded ?? 0 };
  const { record } = outcome;
  if (!record) return { ...without, note: 'done by oaievalset, no results recorded' };
  return {
    ...without,
    metric: mainMetric(planned.metrics, record.metrics),
    metrics: record.metrics,
    samples: record.samples,
    tookMs: Date.parse(record.ended) - Date.parse(record.started),
    run: { id: record.run.id, attempt: record.run.attempt },
  };
}
