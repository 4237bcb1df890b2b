import type { Place } from './model/place.ts';

/** Receives the messages of all rooms. Only its implementation, `src/action/log.ts`, knows how GitHub shows them. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  /** Shows an annotation: nothing went wrong, but the user should know this. */
  notice(message: string, title?: string): void;
  /** Shows an annotation: something went wrong, but the run continues. */
  warning(message: string, title?: string): void;
  /** Shows an annotation: something failed. If `place` is in the checkout, GitHub shows the annotation there. */
  error(message: string, title?: string, place?: Place): void;
  /** Opens a collapsible group in the log. Disposing of it closes it. Groups cannot contain groups. */
  group(title: string): Disposable;
  /** Prints a line of a child's output in such a way that it cannot act as a workflow command. */
  child(line: string): void;
  /** From now on, replaces the value by `***` in everything that is printed or passed to `redact`. */
  hide(secret: string, options?: HideOptions): void;
  /** The text without the hidden values, for text that is stored as well as printed. */
  redact(text: string): string;
}

export interface HideOptions {
  /** The runner already masks the value, as it does with values from the `secrets` context. */
  readonly isMasked?: boolean;
}

/** Runs `work` inside a group of the log. */
export async function inGroup<T>(log: Pick<Log, 'group'>, title: string, work: () => Promise<T>): Promise<T> {
  using _ = log.group(title);
  return await work();
}
