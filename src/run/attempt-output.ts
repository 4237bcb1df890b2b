import { loggedLine } from '../model/logged-line.ts';

/** Facts about an attempt that are only in its output, and neither in its record nor in its exit code. */
export class AttemptOutput {
  #evaluated: number | undefined;
  #interrupted: string | undefined;
  #lost: string | undefined;
  #sample: string | undefined;
  #lastLine = '';
  #atExit = false;
  #flushing = false;

  note(line: string): void {
    // evals/eval.py, _index_samples: printed once for each data set that the class evaluates.
    const [, samples] = /\[eval\.py:\d+\] Evaluating (\d{1,15}) samples$/.exec(line) ?? [];
    if (samples !== undefined) this.#evaluated = Math.max(this.#evaluated ?? 0, Number(samples));
    // evals/eval.py, SolverEval with EVALS_GENTLE_INTERRUPT: exits with 0 and reports only the samples that were evaluated.
    const [, done, all] = /Report will be based on (\d+) out of the planned (\d+) samples$/.exec(line) ?? [];
    if (done !== all) this.#interrupted = `${done} of ${all} samples`;
    // oaievalset_action/oaieval.py
    const [, sample] = /^The exception that follows was raised for sample (\S{1,200})\.$/.exec(line) ?? [];
    if (sample !== undefined) this.#sample = sample;
    if (line.trim() !== '' && !loggedLine(line)) this.#lastLine = line.trim();
    this.#noteExit(line);
  }

  /** The last line that is not blank, without those of evals' own loggers. */
  get lastLine(): string {
    return this.#lastLine;
  }

  /** The number of samples that the class printed; undefined when it printed none. */
  get evaluated(): number | undefined {
    return this.#evaluated;
  }

  /** What the report of an interrupted eval covers; undefined when the eval was not interrupted. */
  get interrupted(): string | undefined {
    return this.#interrupted;
  }

  /** The sample for which the exception that ended the eval was raised; undefined when that is not known. */
  get sample(): string | undefined {
    return this.#sample;
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
