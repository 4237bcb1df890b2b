/** The log of `act --json`, line by line. */

/** One line of act's log. */
export interface ActLine {
  readonly text: string;
  readonly job: string | undefined;
  /** The values of the job's matrix. */
  readonly matrix: Readonly<Record<string, unknown>>;
  /** The `id:` of the step, or its number. Undefined outside steps. */
  readonly step: string | undefined;
  readonly stage: 'Pre' | 'Main' | 'Post' | undefined;
  /** Whether the step itself printed it, not act. */
  readonly raw: boolean;
  /** Only set in the line that ends a stage of a step. */
  readonly result: string | undefined;
}

export interface ActResult {
  readonly exitCode: number | null;
  readonly lines: readonly ActLine[];
  /** The whole log, for the message of a failed assertion. */
  readonly text: string;
  /** `success`, `failure` or `skipped`. Undefined if that stage of the step did not run. */
  resultOf(step: string, stage?: ActLine['stage']): string | undefined;
  /** The lines that a step printed. */
  outputOf(step: string, stage?: ActLine['stage']): string[];
  /** What the job printed whose matrix has these values. Its exit code is that of act. */
  ofJob(job: string, matrix?: Readonly<Record<string, unknown>>): ActResult;
}

/** What a run of act printed, and how it ended. */
export function resultOf(exitCode: number | null, lines: readonly ActLine[]): ActResult {
  const of = (step: string, stage: ActLine['stage']): ActLine[] =>
    lines.filter((line) => line.step === step && line.stage === stage);
  return {
    exitCode,
    lines,
    text: lines.map(({ step, stage, text }) => `[${step ?? '-'} ${stage ?? ''}] ${text}`).join('\n'),
    resultOf: (step, stage = 'Main') => of(step, stage).findLast((line) => line.result !== undefined)?.result,
    outputOf: (step, stage = 'Main') =>
      of(step, stage)
        .filter((line) => line.raw)
        .map((line) => line.text),
    ofJob: (job, matrix = {}) => {
      const isOfMatrix = (line: ActLine) =>
        Object.entries(matrix).every(([name, value]) => line.matrix[name] === value);
      return resultOf(
        exitCode,
        lines.filter((line) => line.job === job && isOfMatrix(line)),
      );
    },
  };
}

/** Reads a line as logrus' JSON formatter writes it. Any other text is a line that act printed itself. */
export function readLine(line: string): ActLine {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    entry = { msg: line };
  }
  const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const stage = string(entry.stage);
  return {
    text: (string(entry.msg) ?? '').trimEnd(),
    job: string(entry.jobID),
    matrix: typeof entry.matrix === 'object' ? { ...entry.matrix } : {},
    step: Array.isArray(entry.stepID) ? string(entry.stepID.at(-1)) : undefined,
    stage: stage === 'Pre' || stage === 'Main' || stage === 'Post' ? stage : undefined,
    raw: entry.raw_output === true,
    result: string(entry.stepResult),
  };
}
