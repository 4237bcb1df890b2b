import type { Adaptation } from './adaptation.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { RunIdentity } from './run-identity.ts';

/** A value of a final report. JSON has no NaN and no infinity: they are kept as the strings `NaN`, `Infinity`, `-Infinity`. */
export type MetricValue = number | string | boolean | null;

/** A model refuses a few parameters, each with a few values. */
export const MOST_ADAPTATIONS = 1000;

/** What is recorded of one eval that ended well: one line of `completions.jsonl`. */
export interface CompletionRecord {
  readonly version: 1;
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly eval: string;
  /** The command in the progress file. */
  readonly argv: readonly string[];
  /** SHA-256 over `parts`, hex. */
  readonly fingerprint: string;
  readonly parts: Fingerprint['parts'];
  /** Arguments that name what the eval wrote: of what is there now, only what is in `parts` counts. */
  readonly written: readonly string[];
  /** The final report, flattened: a nested value is named `outer/inner`. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Samples that were evaluated; null when the record does not tell. */
  readonly samples: number | null;
  readonly tokens: RecordedTokens;
  /** API requests; null when they were not counted. */
  readonly requests: { readonly sent: number; readonly replayed: number } | null;
  /** What was changed in requests because a model does not accept it. */
  readonly adaptations: readonly Adaptation[];
  readonly run: RunIdentity;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
}

export interface RecordedTokens {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  /** Part of `prompt`. */
  readonly cached: number;
  /** Part of `completion`. */
  readonly reasoning: number;
}

/** The content that something was done with. */
export type DoneContent = Pick<CompletionRecord, 'fingerprint' | 'parts' | 'written'>;
