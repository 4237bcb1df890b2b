/** A message of a logger, as evals sets loggers up: `[2026-11-26 19:11:25,594] [oaieval.py:215] Run started: …` */
export interface LoggedLine {
  /** The name of the source file that printed it. */
  readonly file: string;
  readonly message: string;
}

const LOGGED = /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[([\w.]+):\d+\] (.*)$/s;

/** Undefined when no logger printed the line. Source of the format: evals/cli/oaieval.py, `logging.basicConfig`. */
export function loggedLine(line: string): LoggedLine | undefined {
  const [, file, message] = LOGGED.exec(line) ?? [];
  return file === undefined || message === undefined ? undefined : { file, message };
}
