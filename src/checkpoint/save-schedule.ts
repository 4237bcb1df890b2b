/**
 * The cache of a repository has room for 10 GB. If superseded checkpoints cannot be deleted, each interval is this many
 * times longer than the one before: an interval of 2 minutes leaves 20 checkpoints in a job of 6 hours.
 */
const GROWTH = 1.2;

/** The pause after a failed save is twice as long as the one before, up to 16 intervals. */
const BACKOFF = 2;
const MAX_BACKOFF = 16;

/** How long to wait between two checkpoints while evals run. */
export class SaveSchedule {
  #intervalMs: number;
  #backoff = 1;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  get isBackingOff(): boolean {
    return this.#backoff > 1;
  }

  get delayMs(): number {
    return this.#intervalMs * this.#backoff;
  }

  /** @param canDelete whether older checkpoints can be deleted */
  saved(canDelete: boolean): void {
    this.#backoff = 1;
    if (!canDelete) this.#intervalMs *= GROWTH;
  }

  failed(): void {
    this.#backoff = Math.min(MAX_BACKOFF, this.#backoff * BACKOFF);
  }
}
