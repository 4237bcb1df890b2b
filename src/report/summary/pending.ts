/** The evals that a later run completes. Pure. */
import { counted, wholeNumber } from '../../model/format.ts';
import { code, inline } from '../markdown-text.ts';
import type { Row } from '../rows.ts';

/** The log has no more either. */
const MAX_NAMES = 50;

const MAX_CAUSES = 20;

/** One item for each cause, with the names of its evals. */
export function pendingLines(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const groups = [...Map.groupBy(rows, ({ result }) => result?.note ?? '')];
  const hidden = groups.slice(MAX_CAUSES).reduce((sum, [, group]) => sum + group.length, 0);
  return [
    `### ${counted(rows.length, 'pending eval')}`,
    '',
    ...groups.slice(0, MAX_CAUSES).map(([note, group]) => `- ${causeOf(note)}${namesOf(group)}`),
    ...(hidden > 0 ? [`- ${counted(hidden, 'more eval')}, for other reasons`] : []),
    '',
  ];
}

function causeOf(note: string): string {
  return note === '' ? '' : `${inline(note.replace(/\.$/, ''))}: `;
}

function namesOf(rows: readonly Row[]): string {
  const names = rows.slice(0, MAX_NAMES).map(({ name, result }) => {
    const recorded = result?.recorded ?? 0;
    return `${code(name, 200)}${recorded > 0 ? ` (${counted(recorded, 'response')} recorded)` : ''}`;
  });
  const hidden = rows.length - names.length;
  return `${names.join(', ')}${hidden > 0 ? ` and ${wholeNumber(hidden)} more` : ''}`;
}
