/** What of the set a plan is requested for, and how its evals will run. */
export interface SetRequest {
  readonly model: string;
  /** The completion function that grades model-graded evals; empty: the last one of `model`. */
  readonly judgeModel: string;
  readonly evalSet: string;
  /** Globs over the names of evals, as src/python/oaievalset_action/globs.py reads them; empty: all evals of the set. */
  readonly include: readonly string[];
  /** Globs over the names of evals that are left out. */
  readonly exclude: readonly string[];
  /** Further `oaieval` arguments, as words. */
  readonly args: readonly string[];
  /** As `--registry_path`; a relative path starts at the working directory. */
  readonly registryPaths: readonly string[];
  /** Whether evals use the chat API for models that they do not know, see chat_fallback.py. */
  readonly chatFallback: boolean;
  /** Whether evals run with the registry as Python reads it here. Then entries that the set does not use may be invalid. */
  readonly sharesRegistry: boolean;
}
