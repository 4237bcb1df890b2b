/**
 * The cache of a repository has room for 10 GB. If superseded checkpoints cannot be deleted, each interval is this many
 * times longer than the one before: an interval of 2 minutes leaves 20 checkpoints in a job of 6 hours.
 */
const GROWTH = 1.2;

/**
 * Kept answers may take 1 GB. For each GB that a checkpoint has, an interval grows by this much more, so that those of 1 GB stay below
 * that limit as well: an interval of 2 minutes leaves 7 of them.
 */
const GROWTH_PER_GB = 1;
const GB = 1e9;

/** The pause after a failed save is twice as long as the one before, up to 16 intervals. */
const BACKOFF = 2;
const MAX_BACKOFF = 16;

export interface SavedCheckpoint {
  /** Whether older checkpoints can be deleted. */
  readonly canDelete: boolean;
  readonly tookMs: number;
  /** Size of its files. */
  readonly bytes: number;
}

/** How long to wait between two checkpoints while evals run. */
export class SaveSchedule {
  #intervalMs: number;
  #backoff = 1;
  /** How long the last save took. It compresses and uploads all files, so at least as much time has to pass without a save. */
  #tookMs = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /**
   * Whether a save may come before its time.
   * @param canDelete whether older checkpoints can be deleted
   * @param sinceMs since the last save began
   */
  maySaveSoon(canDelete: boolean, sinceMs: number): boolean {
    if (this.#backoff > 1 || sinceMs < this.#tookMs * 2) return false;
    return canDelete || sinceMs >= this.#intervalMs;
  }

  get delayMs(): number {
    return Math.max(this.#intervalMs * this.#backoff, this.#tookMs);
  }

  saved({ canDelete, tookMs, bytes }: SavedCheckpoint): void {
    this.#backoff = 1;
    this.#tookMs = tookMs;
    if (!canDelete) this.#intervalMs *= GROWTH + (bytes / GB) * GROWTH_PER_GB;
  }

  failed(): void {
    this.#backoff = Math.min(MAX_BACKOFF, this.#backoff * BACKOFF);
  }
}
