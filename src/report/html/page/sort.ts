/** Sorts the table of evals by a column, with a click on its head. */
import { button } from './dom.ts';

export function makeSortable(table: HTMLTableElement): void {
  const [body] = table.tBodies;
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  if (!body) return;
  const original = [...body.rows];
  for (const [index, head] of heads.entries()) {
    const kind = head.dataset.sort;
    if (kind === undefined) continue;
    const toggle = button(head.textContent, () => {
      const direction = nextDirection(head.ariaSort, kind);
      for (const each of heads) each.removeAttribute('aria-sort');
      if (direction !== null) head.ariaSort = direction;
      body.append(...(direction === null ? original : sorted(original, index, direction, kind)));
    });
    head.replaceChildren(toggle);
  }
}

type Direction = 'ascending' | 'descending';

/** A number starts with the largest, all else with the first; the third click restores the order of the page. */
function nextDirection(now: string | null, kind: string): Direction | null {
  const [first, second]: [Direction, Direction] =
    kind === 'number' ? ['descending', 'ascending'] : ['ascending', 'descending'];
  if (now === first) return second;
  return now === second ? null : first;
}

/** Cells without a value come last in both directions. */
function sorted(
  rows: readonly HTMLTableRowElement[],
  column: number,
  direction: Direction,
  kind: string,
): HTMLTableRowElement[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const value = (row: HTMLTableRowElement) => row.cells[column]?.dataset.value;
  return rows.toSorted((rowA, rowB) => {
    const [a, b] = [value(rowA), value(rowB)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return sign * (kind === 'text' ? a.localeCompare(b, 'en') : Number(a) - Number(b));
  });
}
