/** What the tables of the log and of the job summary have in common. Pure. */
import { counted } from '../model/format.ts';
import type { ResultRow } from '../model/old-results.ts';

const URGENCY: Readonly<Record<ResultRow['status'], number>> = { failed: 0, pending: 1, fresh: 2, reused: 2 };

/** Failed evals, then pending ones, then all others; within each group in the order of the set. */
export function urgentFirst(rows: readonly ResultRow[]): ResultRow[] {
  return rows.toSorted((a, b) => URGENCY[a.status] - URGENCY[b.status]);
}

/** What a table says about an eval without a metric. */
export function noteOf({ note, recorded }: ResultRow): string {
  return recorded > 0 ? `${note.replace(/\.$/, '')}; ${counted(recorded, 'response')} recorded` : note;
}
