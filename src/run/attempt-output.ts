/** What evals says only in its output, and what its record and its exit code do not tell. */
export class AttemptOutput {
  #evaluated: number | undefined;
  #interrupted: string | undefined;
  #lost: string | undefined;
  #atExit = false;
  #flushing = false;

  note(line: string): void {
    // evals/eval.py, _index_samples: once for each data set that the class evaluates.
    const [, samples] = /\[eval\.py:\d+\] Evaluating (\d{1,15}) samples$/.exec(line) ?? [];
    if (samples !== undefined) this.#evaluated = Math.max(this.#evaluated ?? 0, Number(samples));
    // evals/eval.py, SolverEval with EVALS_GENTLE_INTERRUPT: exit code 0, and a report of the samples that were done.
    const [, done, all] = /Report will be based on (\d+) out of the planned (\d+) samples$/.exec(line) ?? [];
    if (done !== all) this.#interrupted = `${done} of ${all} samples`;
    this.#noteExit(line);
  }

  /** Samples that the class said it evaluates; undefined when it said nothing. */
  get evaluated(): number | undefined {
    return this.#evaluated;
  }

  /** How much the report of an eval that was interrupted covers. */
  get interrupted(): string | undefined {
    return this.#interrupted;
  }

  /** The error with which the last events were lost. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** evals writes the last events when Python exits, where an error changes no exit code. Python words it in two ways. */
  #noteExit(line: string): void {
    if (/^(Exception ignored in atexit callback|Error in atexit\._run_exitfuncs)/.test(line)) {
      this.#atExit = true;
      this.#flushing = false;
    }
    if (!this.#atExit) return;
    this.#flushing ||= line.includes('flush_events');
    if (!/^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit)\b/.test(line)) return;
    if (this.#flushing) this.#lost ??= line.slice(0, 300);
    this.#atExit = false;
  }
}
