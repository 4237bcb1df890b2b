/**
 * Globs over the names of evals, as in the inputs `include` and `exclude`. The language is that of Python's fnmatch, with upper
 * and lower case distinguished: `*` matches any text, dots and slashes too, `?` one character, `[abc]` one of these characters,
 * `[!abc]` one other character.
 */

/** What a glob matches from left to right. */
type Item = '*' | ((character: string) => boolean);

/** Compares a glob with names. It needs at most time in proportion to the product of their lengths. */
export class Glob {
  readonly #items: readonly Item[];

  constructor(text: string) {
    this.#items = itemsOf([...text]);
  }

  matches(name: string): boolean {
    const items = this.#items;
    const characters = [...name];
    let item = 0;
    let at = 0;
    // Where to continue when what follows the last star does not match: the star takes one character more.
    let afterStar = -1;
    let retryAt = 0;
    while (at < characters.length) {
      const current = items[item];
      if (current === '*') {
        item += 1;
        afterStar = item;
        retryAt = at;
      } else if (current?.(characters[at] ?? '')) {
        item += 1;
        at += 1;
      } else {
        if (afterStar < 0) return false;
        item = afterStar;
        retryAt += 1;
        at = retryAt;
      }
    }
    return items.slice(item).every((rest) => rest === '*');
  }
}

function itemsOf(characters: readonly string[]): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    const end = character === '[' ? endOfSet(characters, at) : -1;
    if (character === '*') items.push('*');
    else if (character === '?') items.push(() => true);
    else if (end < 0) items.push((other) => other === character);
    else {
      items.push(setOf(characters.slice(at + 1, end)));
      at = end;
    }
  }
  return items;
}

/** The index of the bracket that closes a set, or -1: then the opening one is an ordinary character. The first member may be `]`. */
function endOfSet(characters: readonly string[], start: number): number {
  const first = start + (characters[start + 1] === '!' ? 2 : 1);
  return characters.indexOf(']', first + 1);
}

/** @param content what stands between the brackets */
function setOf(content: readonly string[]): Item {
  const isNegated = content[0] === '!';
  const members = isNegated ? content.slice(1) : content;
  const ranges: [first: number, last: number][] = [];
  for (let at = 0; at < members.length; at += 1) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    // A range in reverse, such as `z-a`, has no members.
    ranges.push([codeOf(members[at]), codeOf(members[isRange ? at + 2 : at])]);
    if (isRange) at += 2;
  }
  return (character) => {
    const code = codeOf(character);
    return ranges.some(([first, last]) => first <= code && code <= last) !== isNegated;
  };
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? Number.NaN;
}

/** The names by which a glob finds an eval: its key, the part before the first dot, and the name that the set lists. */
export function namesOf({ key, name }: { readonly key: string; readonly name: string }): readonly string[] {
  return [...new Set([key, key.split('.', 1)[0] ?? key, name])];
}

/** The text of a glob without what is special in it, which is similar to the names that it was meant to match. */
export function plainText(glob: string): string {
  return glob.replace(/[*?[\]]/g, '');
}
