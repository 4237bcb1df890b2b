/** Decides when to save checkpoints: in the background while evals run, without delaying them, and at the end. */
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Journals } from '../progress/journals.ts';
import { bytesOf } from '../progress/snapshot.ts';
import { SaveSchedule } from './save-schedule.ts';
import { type SnapshotOptions, saveSnapshot } from './save-snapshot.ts';
import type { SaveOutcome } from './store.ts';
import { SupersededCheckpoints } from './superseded.ts';

/** The optional ones are not needed to save a single checkpoint at the end. */
export interface CheckpointerOptions extends SnapshotOptions {
  readonly log: Log;
  /** Whether the restored checkpoint already contains the whole state. */
  readonly isUnchanged: () => boolean;
  readonly journals: Pick<Journals, 'revision' | 'sealAll' | 'sealOpenSegments'>;
  /** The time between two checkpoints while evals run. */
  readonly intervalMs?: number;
  /** The checkpoints that this run has saved so far. */
  readonly superseded?: SupersededCheckpoints;
  /** Why this job has no checkpoints, if the log already says so. */
  readonly knownUnavailable?: string | undefined;
}

export interface Finished {
  /** The key of the newest checkpoint that this run saved; empty if it saved none. */
  readonly key: string;
  /** Whether nothing is left to save. */
  readonly complete: boolean;
}

/** A save in the background that takes longer is abandoned. */
const MAX_SAVE_MS = 10 * 60_000;

/** Node fires a longer timer at once. The delay after failed saves may be longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #superseded: SupersededCheckpoints;
  readonly #schedule: SaveSchedule;
  /** The revision of the state and its journals that the last checkpoint contains. */
  #savedRevision: number;
  #isRunning = false;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> | undefined;
  #abort = new AbortController();
  /** When the last save in the background began, in milliseconds since the epoch. */
  #beganAt = Date.now();
  #hasWarned = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    const { log, superseded, intervalMs = Number.POSITIVE_INFINITY } = options;
    this.#superseded = superseded ?? new SupersededCheckpoints({ github: undefined, ref: '', log });
    this.#schedule = new SaveSchedule(intervalMs);
    this.#savedRevision = this.#revision();
  }

  /** Starts to save a checkpoint after each interval in which something has changed. */
  start(): void {
    this.#isRunning = true;
    this.#scheduleNext();
  }

  /**
   * Saves in the background after a long eval, unless a save is running, the last one failed or took long, or old checkpoints cannot
   * be deleted and the interval has not passed.
   */
  saveSoon(): void {
    if (!this.#isRunning) return;
    if (this.#schedule.maySaveSoon(this.#superseded.canDelete, Date.now() - this.#beganAt))
      this.#saveIfChanged();
  }

  /** Stops saving in the background, and abandons a save that is running. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#abort.abort();
    await this.#saving;
  }

  /**
   * Stops saving in the background and saves the last checkpoint. A failure of the cache is a warning, never an error.
   * @param deadline aborted when there is no time left for the save
   */
  async finish(deadline?: AbortSignal): Promise<Finished> {
    // A save that is running contains less than the last one will.
    await this.stop();
    const { journals, log } = this.#options;
    journals.sealOpenSegments();
    if (this.#isSaved()) return { key: this.#superseded.newest ?? '', complete: true };
    const outcome = await saveSnapshot(this.#options, deadline ? { signal: deadline } : {});
    if (outcome.kind === 'saved') {
      log.info(`Saved the checkpoint ${outcome.key}`);
      await this.#superseded.add(outcome.key, deadline);
    } else this.#reportUnsaved(outcome.kind, outcome.cause);
    return { key: this.#superseded.newest ?? '', complete: outcome.kind !== 'failed' };
  }

  /** Both numbers only grow, so their sum changes when one of them does. */
  #revision(): number {
    return this.#options.state.revision + this.#options.journals.revision;
  }

  #isSaved(): boolean {
    if (this.#superseded.newest === undefined) return this.#options.isUnchanged();
    return this.#revision() === this.#savedRevision;
  }

  #reportUnsaved(kind: 'unavailable' | 'failed', cause: string): void {
    const { log, knownUnavailable } = this.#options;
    if (kind === 'failed') {
      const { newest } = this.#superseded;
      log.warning(
        `The checkpoint was not saved: ${cause}. The results are not affected, but a re-run on another machine will ` +
          `resume from ${newest === undefined ? 'an earlier checkpoint' : `the checkpoint ${newest}`}.`,
        'Checkpoint not saved',
      );
    } else if (cause !== knownUnavailable) {
      log.info(`No checkpoint is saved: ${cause}. Only a re-run on this machine can resume from here.`);
    }
  }

  #scheduleNext(): void {
    clearTimeout(this.#timer);
    const { delayMs } = this.#schedule;
    if (this.#isRunning && Number.isFinite(delayMs))
      this.#timer = setTimeout(() => this.#saveIfChanged(), Math.min(delayMs, MAX_TIMER_MS));
  }

  #saveIfChanged(): void {
    if (this.#saving) return;
    if (this.#revision() === this.#savedRevision) {
      this.#scheduleNext();
      return;
    }
    this.#abort = new AbortController();
    this.#beganAt = Date.now();
    this.#saving = this.#saveInBackground(this.#abort.signal).finally(() => {
      this.#saving = undefined;
      this.#scheduleNext();
    });
  }

  async #saveInBackground(signal: AbortSignal): Promise<void> {
    const { log, journals } = this.#options;
    const revision = this.#revision();
    const errors = journals.sealAll();
    for (const error of errors) log.debug(`A journal could not be sealed: ${reasonOf(error)}`);
    const outcome: SaveOutcome = await saveSnapshot(this.#options, { signal, timeoutMs: MAX_SAVE_MS });
    const tookMs = Date.now() - this.#beganAt;
    if (outcome.kind === 'saved') {
      // Responses of a journal that could not be sealed are left for the next checkpoint.
      if (errors.length === 0) this.#savedRevision = revision;
      log.info(`Saved the checkpoint ${outcome.key} while evals are running`);
      await this.#superseded.add(outcome.key, signal);
      const { canDelete } = this.#superseded;
      this.#schedule.saved({ canDelete, tookMs, bytes: bytesOf(this.#options.state.paths) });
    } else if (outcome.kind === 'unavailable') {
      this.#isRunning = false;
    } else if (!signal.aborted) {
      this.#schedule.failed();
      const message = `A checkpoint could not be saved while evals were running: ${outcome.cause}. The evals are not affected, and the save is retried later.`;
      if (this.#hasWarned) log.info(message);
      else log.warning(message, 'Checkpoint not saved');
      this.#hasWarned = true;
    }
  }
}
