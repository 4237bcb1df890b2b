import type { Command } from './command.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Owner } from './owner.ts';
import type { RequestDemand } from './request-demand.ts';

/** An argument of a class that does not belong to evals itself, and the path that it names: an input or an output of the eval. */
export interface WritableArgument {
  /** The name of the argument, as in the parts of the fingerprint. */
  readonly argument: string;
  /** Absolute path of the file or directory. */
  readonly path: string;
  /** Path of a file in a form that is the same on every machine, as in the fingerprint. */
  readonly label?: string | undefined;
}

/** One eval of the set, with its current content. */
export interface PlannedEval {
  /** Resolved eval key, `test-match.s1.simple-v0`. */
  readonly key: string;
  /** The name in messages: `test-match`, or the key where that would be ambiguous. */
  readonly name: string;
  /** The command that `oaievalset` would record in the progress file. */
  readonly command: Command;
  /** Whether the last completion function of the command grades the answers of the others, or its own if it is the only one. */
  readonly modelGraded: boolean;
  /** Number of samples; null when it is unknown before the eval runs. */
  readonly samples: number | null;
  /** The requests that it will send; missing when they are not known, or when an earlier version of the action saved the plan. */
  readonly demand?: readonly RequestDemand[] | undefined;
  /** Names of the main metrics in the registry, the most important one first. */
  readonly metrics: readonly string[];
  /** `evals.elsuite.basic.match:Match`; missing when an earlier version of the action saved the plan. */
  readonly evalClass?: string | undefined;
  /** What the registry says of its metrics; missing when an earlier version of the action saved the plan. */
  readonly higherIsBetter?: boolean | undefined;
  readonly fingerprint: Fingerprint;
  /** Fingerprints that earlier versions of the action give to the same content. */
  readonly earlier: readonly Fingerprint[];
  /** Arguments that name an existing file or directory. */
  readonly writable: readonly WritableArgument[];
  /** The model map of the run; missing when it has none. */
  readonly modelMap?: Readonly<Record<string, string>> | undefined;
}

/** The current content of the eval set, in the order in which `oaievalset` would run it. */
export interface Plan {
  readonly evals: readonly PlannedEval[];
  /** The keys of the evals of the set that the inputs include and exclude leave out. What earlier runs did for them is kept. */
  readonly leftOut: readonly string[];
  /** SHA-256 (hex) of the plan key, of `dependencies` and of this plan. Undefined when the plan cannot be recalled. */
  readonly digest: string | undefined;
  /** The files and directories that the plan was made from. */
  readonly dependencies: PlanDependencies;
  readonly evalsVersion: string;
  /** The Python that made the plan, `3.11.7`; missing when an earlier version of the action saved the plan. */
  readonly pythonVersion?: string | undefined;
  /** Warnings about a set that can run, one line each. */
  readonly warnings: readonly string[];
  /** Whether a completion function of this run calls the API with the user's key. */
  readonly needsApiKey: boolean;
  /** Names of completion functions that are, or may be, models of the API; missing when an earlier version saved the plan. */
  readonly apiModels?: readonly string[] | undefined;
}

/** Absolute paths. A plan stays the same while these stay the same. */
export interface PlanDependencies {
  /** The plan depends on the content of these files. */
  readonly files: readonly string[];
  /** The plan depends on the names of the entries of these directories. */
  readonly directories: readonly string[];
  /** The plan depends on the absence of these paths. */
  readonly missing: readonly string[];
}

/** The dependencies of a plan that cannot be recalled. */
export const NO_DEPENDENCIES: PlanDependencies = { files: [], directories: [], missing: [] };

/** `PlanDependencies` in `plan.json`, where `missing` has the name that version 0.1 gave it. */
export type SavedDependencies = Omit<PlanDependencies, 'missing'> & { readonly absent: readonly string[] };

/** `plan.json`: the last plan, and the digest of its dependencies. The names of the fields are those on disk. */
export interface SavedPlan {
  readonly version: 1;
  /** The owner of the state. */
  readonly owner: Owner;
  /** The `digest` of the plan. */
  readonly signature: string;
  readonly made: {
    readonly basis: SavedDependencies;
    readonly evalsVersion: string;
    readonly pythonVersion?: string | undefined;
    readonly warnings: readonly string[];
    readonly needsApiKey: boolean;
    readonly apiModels?: readonly string[] | undefined;
  };
  readonly evals: readonly PlannedEval[];
  /** Only when evals were left out. */
  readonly leftOut?: readonly string[] | undefined;
}
