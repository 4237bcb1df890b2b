/** Outcomes as people and other steps see them. */
import type { Adaptation } from './adaptation.ts';
import type { MetricValue } from './completion-record.ts';
import type { Outcome } from './outcome.ts';
import type { Traffic } from './traffic.ts';

export interface NamedMetric {
  readonly name: string;
  readonly value: MetricValue;
}

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
