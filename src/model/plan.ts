import type { Command } from './command.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Owner } from './owner.ts';

/** An argument of a class that is not one of evals' own, and what it names: an input, or what the eval writes. */
export interface WritableArgument {
  /** As the parts of the fingerprint name it. */
  readonly argument: string;
  /** Of the file or directory; absolute. */
  readonly path: string;
  /** Of a file: its path without the machine, as it is in the fingerprint. */
  readonly label?: string | undefined;
}

/** One eval of the set as it stands today. */
export interface PlannedEval {
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly key: string;
  /** What people call it: `test-match`, or the key where that would be ambiguous. */
  readonly name: string;
  /** What `oaievalset` would record in the progress file. */
  readonly command: Command;
  /** Samples it evaluates; null when that is not known before it runs. */
  readonly samples: number | null;
  /** Names of the metrics that the registry calls its main ones, first the most telling. */
  readonly metrics: readonly string[];
  readonly fingerprint: Fingerprint;
  /** What earlier versions of the action would have as its fingerprint; results that have one of these are of this content. */
  readonly earlier: readonly Fingerprint[];
  /** Those that name something that is there. */
  readonly writable: readonly WritableArgument[];
}

/** What the eval set means today, in the order in which `oaievalset` would run it. */
export interface Plan {
  readonly evals: readonly PlannedEval[];
  /** SHA-256 (hex) of the plan key, of `dependencies` and of this plan. Undefined when the plan cannot be recalled. */
  readonly digest: string | undefined;
  /** What it was made from. */
  readonly dependencies: PlanDependencies;
  readonly evalsVersion: string;
  /** What the user should know of a set that runs, a line each. */
  readonly warnings: readonly string[];
  /** Whether a completion function of this run calls the API with the user's key. */
  readonly needsApiKey: boolean;
}

/** Absolute paths. A plan stays the same while these stay the same. */
export interface PlanDependencies {
  /** Files, by their content. */
  readonly files: readonly string[];
  /** Directories, by the names in them. */
  readonly directories: readonly string[];
  /** Paths at which nothing was found. */
  readonly missing: readonly string[];
}

/** The dependencies of a plan that is not recalled. */
export const NO_DEPENDENCIES: PlanDependencies = { files: [], directories: [], missing: [] };

/** `PlanDependencies` in `plan.json`, where `missing` has the name that version 0.1 gave it. */
export type SavedDependencies = Omit<PlanDependencies, 'missing'> & { readonly absent: readonly string[] };

/** `plan.json`: the last plan, and the digest of what it was made from. The names of its fields are those on disk. */
export interface SavedPlan {
  readonly version: 1;
  /** Whose state this is; state of another owner is quarantined. */
  readonly owner: Owner;
  /** SHA-256 (hex) of what the plan was made from. */
  readonly signature: string;
  readonly made: {
    readonly basis: SavedDependencies;
    readonly evalsVersion: string;
    readonly warnings: readonly string[];
    readonly needsApiKey: boolean;
  };
  readonly evals: readonly PlannedEval[];
}
