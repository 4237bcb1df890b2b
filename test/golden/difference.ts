/** Shows how a text differs from the committed one. Pure. */

/** Unchanged lines around a change. */
const CONTEXT = 2;

type Line = { readonly mark: ' ' | '-' | '+'; readonly text: string };

/** Lines with `-` are committed, lines with `+` are new. Far from a change, lines are left out. */
export function difference(committed: string, fresh: string): string {
  const lines = changes(committed.split('\n'), fresh.split('\n'));
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  return lines
    .flatMap(({ mark, text }, at) => {
      if (isNear[at]) return [`${mark} ${text}`];
      return isNear[at - 1] ? ['  …'] : [];
    })
    .join('\n');
}

/** The changes that keep the longest common subsequence between the equal start and the equal end. */
function changes(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const same = (texts: readonly string[]): Line[] => texts.map((text) => ({ mark: ' ', text }));
  return [
    ...same(before.slice(0, start)),
    ...changedPart(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** A longer part is shown whole, because the table below grows with the product of both lengths. */
const MAX_TABLE = 4_000_000;

function changedPart(before: readonly string[], after: readonly string[]): Line[] {
  const removed = (text = ''): Line => ({ mark: '-', text });
  const added = (text = ''): Line => ({ mark: '+', text });
  if (before.length * after.length > MAX_TABLE) return [...before.map(removed), ...after.map(added)];
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const commonAt = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row)
        row[j] =
          before[i] === after[j]
            ? commonAt(i + 1, j + 1) + 1
            : Math.max(commonAt(i + 1, j), commonAt(i, j + 1));
    }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || commonAt(i + 1, j) >= commonAt(i, j + 1))) {
      lines.push(removed(before[i++]));
    } else lines.push(added(after[j++]));
  }
  return lines;
}
