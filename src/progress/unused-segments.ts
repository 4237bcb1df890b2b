import type { JournalIndex } from './journal-index.ts';
import { type StatePaths, stateFolder } from './paths.ts';
import { quarantineTogether } from './quarantine.ts';

export interface Rejected {
  readonly path: string;
  /** As a clause. */
  readonly why: string;
}

export const TOO_LARGE = 'it is larger than a journal can be';

/** Quarantines the segments of a journal that no version of the action can have written there. */
export function quarantineUnused({ foreign, excessive }: JournalIndex, paths: StatePaths): Rejected[] {
  const reasons: [readonly string[], string][] = [
    [foreign, 'it is not a journal of this eval'],
    [excessive, TOO_LARGE],
  ];
  return reasons
    .filter(([segments]) => segments.length > 0)
    .map(([segments, why]) => ({
      path: quarantineTogether(segments, new Date(), stateFolder(paths)),
      why,
    }));
}
