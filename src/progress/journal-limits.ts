/**
 * Bounds of the journals of a state, so that opening one takes seconds at most, whatever it contains. A journal stops growing at
 * half of each bound, so that no journal that this action wrote reaches one.
 */
export interface JournalLimits {
  /** Segments of one journal. */
  readonly segments: number;
  /** Lines of one journal. */
  readonly lines: number;
  /** Size of one journal. */
  readonly bytes: number;
  /** Journals of one state. */
  readonly journals: number;
}

export const JOURNAL_LIMITS: JournalLimits = {
  segments: 8192,
  lines: 2_000_000,
  bytes: 8 * 1024 ** 3,
  // No eval set has half as many evals.
  journals: 50_000,
};
