/**
 * Saves checkpoints: while evals run, so that a runner that vanishes loses little, and at the end. Evals never wait for it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { after } from '../process/after.ts';
import type { Journal } from '../progress/journal.ts';
import { sealLive } from '../progress/journals.ts';
import type { State } from '../progress/state.ts';
import { redacted } from './cache/client-output.ts';
import { CHECKPOINT_PATH } from './cache/protocol.ts';
import type { CheckpointStore, SaveOutcome } from './store.ts';

/** Those that are not needed to save once, at the end, may be left out. */
export interface CheckpointerOptions {
  readonly state: State;
  /** Whether the checkpoint that was restored already holds all of the state. */
  readonly isUnchanged: () => boolean;
  readonly store: CheckpointStore;
  readonly log: Log;
  /** Journals that are appended to right now. */
  readonly journals?: ReadonlySet<Journal>;
  /** Milliseconds between two checkpoints while evals run. */
  readonly interval?: number;
  /** Anything that differs when there is something new to save. */
  readonly mark?: () => string;
  /** Called before each save: its number is used up from then on. */
  readonly onSave?: (nextSeq: number) => void;
  /** Called after each save with the outline of the state that it holds. */
  readonly onSaved?: (outline: string) => void;
  /** Why there are no checkpoints, as far as the log says so already. */
  readonly knownUnavailable?: string | undefined;
  /** Called with the keys of this run that a newer checkpoint has replaced, and with its key. Ends with the signal. */
  readonly onSuperseded?: (keys: readonly string[], newest: string, signal: AbortSignal) => Promise<void>;
}

/**
 * The cache of a repository holds 10 GB. When superseded checkpoints cannot be deleted, each one comes this much later than
 * the last: with an interval of 2 minutes a job of 6 hours leaves 20 of them.
 */
const GROWTH = 1.2;

/** After trouble, so many intervals until the next try, and at most: a service that limits wants to be left alone. */
const BACKOFF = 2;
const LONGEST_BACKOFF = 16;

/** A checkpoint in the background that takes longer is given up; the next one may fare better. */
const LONGEST_SAVE = 10 * 60_000;

type OnlyWhileEvalsRun = 'journals' | 'interval' | 'mark' | 'onSave';

const ONCE: Required<Pick<CheckpointerOptions, OnlyWhileEvalsRun>> = {
  journals: new Set(),
  interval: Number.POSITIVE_INFINITY,
  mark: () => '',
  onSave: () => {},
};

export class Checkpointer {
  readonly #options: CheckpointerOptions & typeof ONCE;
  readonly #saved: string[] = [];
  #saving: Promise<void> | undefined;
  #abort = new AbortController();
  #callOff: (() => void) | undefined;
  #running = false;
  #interval: number;
  /** When the last one was begun, in milliseconds since the epoch. */
  #begun = Date.now();
  #backoff = 1;
  #savedMark: string;
  #warned = false;

  constructor(options: CheckpointerOptions) {
    this.#options = { ...ONCE, ...options };
    this.#interval = this.#options.interval;
    this.#savedMark = this.#options.mark();
  }

  /** From here on a checkpoint is saved whenever the interval has passed and there is something new. */
  start(): void {
    this.#running = true;
    this.#schedule();
  }

  /**
   * Saves one now, in the background: an eval has ended that took long. Not while one is being saved, after trouble, or when
   * those that nobody deletes would become too many.
   */
  soon(): void {
    const many = !this.#options.onSuperseded && Date.now() - this.#begun < this.#interval;
    if (this.#running && this.#backoff === 1 && !many) this.#tick();
  }

  /** Ends checkpoints in the background; one that is under way is given up. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#callOff?.();
    this.#abort.abort();
    await this.#saving;
  }

  /**
   * Ends checkpoints in the background, and saves the last one. Cache trouble is a warning that says what it means, never
   * a failure.
   * @param hurry aborted when there is no more time for it
   */
  async finish(hurry?: AbortSignal): Promise<{ readonly key: string; readonly complete: boolean }> {
    // What is under way is older than what the last one will save.
    await this.stop();
    const { state, log } = this.#options;
    sealLive(state.paths);
    const last = this.#saved.at(-1);
    if (last !== undefined && this.#options.mark() === this.#savedMark) return { key: last, complete: true };
    if (last === undefined && this.#options.isUnchanged()) return { key: '', complete: true };
    const outcome = await this.#save(hurry ? { signal: hurry } : {});
    if (outcome.kind === 'saved') {
      log.info(`Saved the checkpoint ${outcome.key}`);
      await this.#keep(outcome.key, hurry);
      return { key: outcome.key, complete: true };
    }
    if (outcome.kind === 'failed') {
      const from = last === undefined ? 'an earlier checkpoint' : `the checkpoint ${last}`;
      log.warning(
        `The checkpoint was not saved: ${outcome.cause}. The evals are not affected, but what this run completed can only ` +
          `be taken up from this machine, or from ${from}.`,
        'Checkpoint not saved',
      );
    } else if (outcome.cause !== this.#options.knownUnavailable) {
      log.info(
        `No checkpoint is saved: ${outcome.cause}. What this run completed can only be taken up from this machine.`,
      );
    }
    return { key: last ?? '', complete: outcome.kind === 'unavailable' };
  }

  #schedule(): void {
    this.#callOff?.();
    if (this.#running) this.#callOff = after(this.#interval * this.#backoff, () => this.#tick());
  }

  #tick(): void {
    if (this.#saving) return;
    if (this.#options.mark() === this.#savedMark) {
      this.#schedule();
      return;
    }
    this.#abort = new AbortController();
    this.#begun = Date.now();
    this.#saving = this.#background().finally(() => {
      this.#saving = undefined;
      this.#schedule();
    });
  }

  async #background(): Promise<void> {
    const { log, journals, mark } = this.#options;
    const marked = mark();
    let sealed = true;
    for (const journal of journals) {
      try {
        journal.seal();
      } catch (error) {
        // Its answers are not in this checkpoint; there is something left for the next.
        sealed = false;
        log.debug(`A journal could not be sealed: ${reasonOf(error)}`);
      }
    }
    const outcome = await this.#save({ signal: this.#abort.signal, timeoutMs: LONGEST_SAVE });
    if (outcome.kind === 'saved') {
      if (sealed) this.#savedMark = marked;
      this.#backoff = 1;
      if (!this.#options.onSuperseded) this.#interval *= GROWTH;
      log.info(`Saved the checkpoint ${outcome.key} while evals run`);
      await this.#keep(outcome.key, this.#abort.signal);
    } else if (outcome.kind === 'failed' && !this.#abort.signal.aborted) {
      this.#backoff = Math.min(LONGEST_BACKOFF, this.#backoff * BACKOFF);
      const message = `A checkpoint while evals run was not saved: ${outcome.cause}. It is tried again later; the evals are not affected.`;
      if (this.#warned) log.info(message);
      else log.warning(message, 'Checkpoint not saved');
      this.#warned = true;
    } else if (outcome.kind === 'unavailable') {
      this.#running = false;
    }
  }

  async #keep(key: string, signal = new AbortController().signal): Promise<void> {
    const superseded = this.#saved.splice(0);
    this.#saved.push(key);
    try {
      if (superseded.length > 0) await this.#options.onSuperseded?.(superseded, key, signal);
    } catch (error) {
      this.#options.log.debug(`Superseded checkpoints stay: ${reasonOf(error)}`);
    }
  }

  async #save(limits: { signal?: AbortSignal; timeoutMs?: number }): Promise<SaveOutcome> {
    const { state, store, onSave, onSaved } = this.#options;
    const { live } = state.paths;
    let root: string | undefined;
    try {
      onSave(store.nextSeq + 1);
      // Beside the state, on one file system with it: what never changes is linked, not copied.
      mkdirSync(live, { recursive: true });
      root = mkdtempSync(join(live, 'snapshot-'));
      state.snapshot(join(root, CHECKPOINT_PATH));
      const outline = state.outline();
      const outcome = await store.save(root, limits);
      if (outcome.kind === 'saved') onSaved?.(outline);
      return outcome;
    } catch (error) {
      // Most likely a full disk: the next checkpoint may fare better.
      return { kind: 'failed', cause: `the state could not be copied (${redacted(reasonOf(error), [])})` };
    } finally {
      if (root) discard(root);
    }
  }
}

/** A tree that cannot be removed ends no run: the next one empties the live directory. */
function discard(root: string): void {
  try {
    rmSync(root, { recursive: true, force: true });
  } catch {
    // As said.
  }
}
