import type { Adaptation } from './adaptation.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { AskedModels } from './model-map.ts';
import type { RunIdentity } from './run-identity.ts';
import type { TokenUsage } from './token-usage.ts';

/** A value of a final report. JSON has no NaN and no infinity, so they are the strings `NaN`, `Infinity` and `-Infinity`. */
export type MetricValue = number | string | boolean | null;

/** A model rejects a few parameters, each with a few values, so no record needs more. */
export const MAX_RECORDED_ADAPTATIONS = 1000;

/** No eval asks for nearly as many models. The models of one that asks for more are not recorded. */
export const MAX_RECORDED_MODELS = 100;

/** One completed eval: one line of `completions.jsonl`. */
export interface CompletionRecord {
  readonly version: 1;
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly eval: string;
  /** The command, as in the progress file. */
  readonly argv: readonly string[];
  /** Who graded the answers; undefined when no model did, or when an earlier version of the action wrote the record. */
  readonly judge?: string | undefined;
  /** SHA-256 over `parts`, hex. */
  readonly fingerprint: string;
  readonly parts: Fingerprint['parts'];
  /** Arguments that name files which the eval wrote. Of these files, only those in `parts` count. */
  readonly written: readonly string[];
  /** The final report, flattened. A nested value is named `outer/inner`. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Number of evaluated samples; null when the record file does not say. */
  readonly samples: number | null;
  readonly tokens: RecordedTokens;
  /** Numbers of API requests; null when they were not counted. */
  readonly requests: { readonly sent: number; readonly replayed: number } | null;
  /**
   * The responses that completed the eval, replayed ones included, and their tokens, by the model that was requested of the API.
   * Missing when they are not known.
   */
  readonly usage?: Readonly<Record<string, ModelUsage>> | undefined;
  /** Missing when none of its responses was a kept answer of an earlier completion. */
  readonly reusedAnswers?: ReusedAnswers | undefined;
  /** Missing when `requests` says as much, because all or none were replayed, and when there are too many samples. */
  readonly sampleSources?: SampleSources | undefined;
  /** What was changed in requests because a model does not accept it. */
  readonly adaptations: readonly Adaptation[];
  /** The models that the eval asked for; missing when they are not known. */
  readonly models?: AskedModels | undefined;
  readonly run: RunIdentity;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
}

/** Kept answers of earlier completions, among the responses that completed an eval. They are replayed responses. */
export interface ReusedAnswers {
  readonly count: number;
  /** When the oldest of them was recorded. ISO 8601, UTC. */
  readonly oldest: string;
}

/** Those of more samples would make the record too long. */
export const MAX_SAMPLE_SOURCES = 10_000;

/**
 * Which samples sent a request. Both lists (see `bitsOf`) have the order in which the samples first occur in the record file. The responses
 * of a sample in neither of them were replayed.
 */
export interface SampleSources {
  /** Number of samples. */
  readonly samples: number;
  readonly sent: string;
  /** Of these samples it is not known. */
  readonly unknown: string;
}

/** The responses of one model. */
export interface ModelUsage extends TokenUsage {
  readonly responses: number;
}

/** Of two that ended at the same time, the later one in the list. */
export function newestRecord(records: readonly CompletionRecord[]): CompletionRecord | undefined {
  return records.reduce<CompletionRecord | undefined>(
    (newest, each) => (newest && newest.ended > each.ended ? newest : each),
    undefined,
  );
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

/** The content that an eval was completed with. */
export type DoneContent = Pick<CompletionRecord, 'fingerprint' | 'parts' | 'written' | 'models'>;
