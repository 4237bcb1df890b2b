/** Finds the name that a misspelt one was meant to be. */

/** A name is similar when at most this share of it has to be changed. */
const MAX_SHARE_CHANGED = 1 / 3;

/** The most similar candidate; undefined when none is similar. Case, hyphens and underscores make no difference. */
export function mostSimilar(name: string, candidates: readonly string[]): string | undefined {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, share: shareChanged(plain(name), plain(candidate)) }))
    .filter(({ share }) => share <= MAX_SHARE_CHANGED)
    .sort((a, b) => a.share - b.share || (a.candidate < b.candidate ? -1 : 1));
  return nearest?.candidate;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/** The edit distance (Levenshtein's), as a share of the longer name. */
export function shareChanged(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return (previous[b.length] ?? 0) / Math.max(a.length, b.length, 1);
}
