/** Tables in plain text, whose columns are as wide as what they contain. Pure. */

/** Replaces text in the lines of a table and pads its columns again. Other lines are replaced one by one. */
export function replacedInColumns(lines: readonly string[], replace: (text: string) => string): string[] {
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (end < lines.length && isRow(lines[end] ?? '')) end += 1;
    if (end - at < 2) {
      shown.push(replace(lines[at] ?? ''));
      at += 1;
    } else {
      shown.push(...replacedTable(lines.slice(at, end), replace));
      at = end;
    }
  }
  return shown;
}

/** Whether the line has columns: blanks that separate no words. */
function isRow(line: string): boolean {
  return /\S {2,}\S/.test(line) && !/^\s/.test(line);
}

function replacedTable(lines: readonly string[], replace: (text: string) => string): string[] {
  const rows = lines.map((line) => [...line]);
  const columns = columnsOf(rows);
  const cells = rows.map((row) => columns.map(([start, end]) => row.slice(start, end).join('')));
  const isRight = columns.map((_, column) =>
    cells.slice(0, -1).some((row) => /^ +\S/.test(row[column] ?? '')),
  );
  const replaced = cells.map((row) => row.map((cell) => replace(cell.trim())));
  const widths = columns.map((_, column) =>
    Math.max(...replaced.map((row) => [...(row[column] ?? '')].length)),
  );
  return replaced.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - [...cell].length);
        return isRight[column] ? `${blanks}${cell}` : `${cell}${blanks}`;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** From where to where each column goes: between them are at least two places that are blank in all rows. */
function columnsOf(rows: readonly (readonly string[])[]): [start: number, end: number][] {
  const width = Math.max(...rows.map((row) => row.length));
  const isBlank = Array.from({ length: width }, (_, at) => rows.every((row) => (row[at] ?? ' ') === ' '));
  const columns: [number, number][] = [];
  for (let at = 0; at < width; at++) {
    if (isBlank[at]) continue;
    const last = columns.at(-1);
    if (last && at - last[1] < 2) last[1] = at + 1;
    else columns.push([at, at + 1]);
  }
  return columns;
}
