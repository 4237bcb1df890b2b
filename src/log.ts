/** Where rooms that do not know GitHub send what a person should read. `src/action/log.ts` is the one that prints. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  /** Shown as an annotation: something went wrong, the run goes on. */
  warning(message: string, title?: string): void;
  /** Shown as an annotation: something failed. */
  error(message: string, title?: string): void;
  /** Opens a collapsible group in the log, closes it when `work` ends. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Prints a line of a child's output so that nothing in it can act as a workflow command. */
  child(line: string): void;
  /** From now on the value is shown as `***`, wherever it appears in what is printed or goes through `redact`. */
  hide(secret: string, options?: HideOptions): void;
  /** The text without what `hide` was called with, for what is kept as well as printed. */
  redact(text: string): string;
}

export interface HideOptions {
  /** The runner masks it already, as it does with what a workflow takes from `secrets`. */
  readonly isMasked?: boolean;
}
