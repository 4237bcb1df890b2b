/** The results of a run, as the summary and the outputs show them. */
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
  /** Who grades the answers; undefined when no model does. */
  readonly judge: string | undefined;
  /** How long the eval took; undefined when this action did not complete it. */
  readonly tookMs: number | undefined;
  /** The run that completed the eval. */
  readonly run: { readonly id: string; readonly attempt: number } | undefined;
  /** Why the eval failed or is pending, or what is unusual about its completion. */
  readonly note: string;
  /** Responses that the next run replays, of an eval that is not completed. */
  readonly recorded: number;
}

/** The recorded responses of evals that are not completed, which the next run replays. */
export interface RecordedResponses {
  readonly responses: number;
  /** The evals that have some. */
  readonly evals: number;
}

export interface Counts {
  /** Evals of the plan. */
  readonly total: number;
  readonly completed: number;
  readonly fresh: number;
  readonly reused: number;
  readonly failed: number;
  readonly pending: number;
  /** Evals of the set that the inputs include and exclude leave out of the plan. */
  readonly leftOut: number;
}

export interface Results {
  readonly model: string;
  readonly evalSet: string;
  readonly rows: readonly ResultRow[];
  readonly counts: Counts;
  /** The requests of this run. */
  readonly traffic: Traffic;
  readonly recorded: RecordedResponses;
  /** What was changed in requests because a model does not accept it, each with the number of evals concerned. */
  readonly adaptations: readonly { readonly adaptation: Adaptation; readonly evals: number }[];
  /** Models that sampled their answers at their own temperature, so that two runs may differ. */
  readonly ownTemperature: readonly { readonly model: string; readonly evals: number }[];
  /** Names that the model map replaced in requests, each with the number of evals that asked for it. */
  readonly replacedModels: readonly {
    readonly name: string;
    readonly live: string;
    readonly evals: number;
  }[];
  /** `passed`: all evals completed. `failed`: an eval failed. `incomplete`: no eval failed, and some are pending. */
  readonly verdict: 'passed' | 'failed' | 'incomplete';
}
