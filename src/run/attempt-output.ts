/** Facts about an attempt that are only in its output, and neither in its record nor in its exit code. */
export class AttemptOutput {
  #evaluated: number | undefined;
  #interrupted: string | undefined;
  #lost: string | undefined;
  #atExit = false;
  #flushing = false;

  note(line: string): void {
    // evals/eval.py, _index_samples: printed once for each data set that the class evaluates.
    const [, samples] = /\[eval\.py:\d+\] Evaluating (\d{1,15}) samples$/.exec(line) ?? [];
    if (samples !== undefined) this.#evaluated = Math.max(this.#evaluated ?? 0, Number(samples));
    // evals/eval.py, SolverEval with EVALS_GENTLE_INTERRUPT: exits with 0 and reports only the samples that were evaluated.
    const [, done, all] = /Report will be based on (\d+) out of the planned (\d+) samples$/.exec(line) ?? [];
    if (done !== all) this.#interrupted = `${done} of ${all} samples`;
    this.#noteExit(line);
  }

  /** The number of samples that the class printed; undefined when it printed none. */
  get evaluated(): number | undefined {
    return this.#evaluated;
  }

  /** What the report of an interrupted eval covers; undefined when the eval was not interrupted. */
  get interrupted(): string | undefined {
    return this.#interrupted;
  }

  /** The error because of which the last events were not recorded; undefined when there was none. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /**
   * evals writes the last events when Python exits. An error there does not change the exit code. Python versions print it in
   * two ways.
   */
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
