/** Marks the words in which two texts differ. Pure. */

/** A run of words: of both texts, or of this one only. */
export interface Words {
  readonly text: string;
  readonly isShared: boolean;
}

export interface WordDiff {
  readonly before: readonly Words[];
  readonly now: readonly Words[];
}

/** Blanks, words, single characters of scripts that are written without blanks, and single other characters. */
const WORD =
  /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|./gsu;

/** Longer texts are not compared word by word: the table has a cell for each pair of words. */
const MAX_CELLS = 400_000;

/** Below this share of common words, marks would cover nearly everything and help nobody. */
const MIN_SHARED = 0.3;

/** Two texts that have little in common, or that are too long, are returned without marks, as if all were shared. */
export function wordDiff(before: string, now: string): WordDiff {
  const [a, b] = [before.match(WORD) ?? [], now.match(WORD) ?? []];
  const unmarked = { before: whole(before), now: whole(now) };
  const shared = sharedWords(a, b);
  if (!shared) return unmarked;
  const isSolid = (word: string) => /[\p{L}\p{N}]/u.test(word);
  const common = a.filter((word, index) => shared.before[index] && isSolid(word)).length;
  const most = Math.max(a.filter(isSolid).length, b.filter(isSolid).length);
  if (common < most * MIN_SHARED) return unmarked;
  return { before: runs(a, withBlanks(a, shared.before)), now: runs(b, withBlanks(b, shared.now)) };
}

function whole(text: string): Words[] {
  return text === '' ? [] : [{ text, isShared: true }];
}

interface Shared {
  readonly before: readonly boolean[];
  readonly now: readonly boolean[];
}

/** Which words belong to the longest common subsequence; undefined when the texts are too long. */
function sharedWords(a: readonly string[], b: readonly string[]): Shared | undefined {
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const [rows, columns] = [a.length - head - tail, b.length - head - tail];
  if (rows * columns > MAX_CELLS) return undefined;

  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        a[head + row] === b[head + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));

  const before = a.map((_, index) => index < head || index >= a.length - tail);
  const now = b.map((_, index) => index < head || index >= b.length - tail);
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (a[head + row] === b[head + column]) {
      before[head + row] = true;
      now[head + column] = true;
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return { before, now };
}

/** Blanks between two marked words are marked, too, so that a marked phrase is one. */
function withBlanks(words: readonly string[], shared: readonly boolean[]): boolean[] {
  return shared.map((isShared, index) => {
    const isBetween = shared[index - 1] === false && shared[index + 1] === false;
    return isShared && !(isBetween && words[index]?.trim() === '');
  });
}

function runs(words: readonly string[], shared: readonly boolean[]): Words[] {
  const found: { text: string; isShared: boolean }[] = [];
  for (const [index, text] of words.entries()) {
    const isShared = shared[index] === true;
    const last = found.at(-1);
    if (last?.isShared === isShared) last.text += text;
    else found.push({ text, isShared });
  }
  return found;
}
