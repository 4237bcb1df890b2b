/** Replaces what differs between two runs of a scenario, so that only a change of the action changes a text. Pure. */

export interface Differences {
  /** Directories and addresses of this run, and what is shown instead. */
  readonly places: Readonly<Record<string, string>>;
  /** Durations that stay, because they are inputs. */
  readonly keeps?: readonly string[];
  /** Whether numbers of requests differ. */
  readonly waits?: boolean;
}

type Figure = readonly [pattern: RegExp, shown: string];

/**
 * What is shown for figures that differ. The hash signs cannot be mistaken for the figures of a run.
 * Dates come first: their digits would be taken for other things.
 */
const FIGURES: readonly Figure[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '####-##-##T##:##:##Z'],
  [/\b\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?\b/g, '####-##-##'],
  // One sign for all units: what takes 59 s on one machine takes 1 min 2 s on another.
  [/\b(?:\d+ h(?: \d+ min)?|\d+ min(?: \d+ s)?|\d+(?:\.\d+)? m?s)(?!\w)/g, '# s'],
  // In a cell of a table, they do not wrap.
  [
    /\b(?:\d+&nbsp;h(?:&nbsp;\d+&nbsp;min)?|\d+&nbsp;min(?:&nbsp;\d+&nbsp;s)?|\d+(?:\.\d+)?&nbsp;m?s)(?!\w)/g,
    '#&nbsp;s',
  ],
  [/\b\d+(?:[.,]\d+)*(?= (?:per|a) (?:second|minute)\b)/g, '#'],
  [/\b\d+(?:\.\d+)? (?:bytes|B|[kKMG]i?B)\b/g, '# kB'],
  [/\b[0-9a-f]{4,}…/g, '####…'],
  // Not of only digits, which may count something, and not of only letters, which may be a word.
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b/g, '########'],
  // evals draws samples at random for it.
  [/\b(boo(?:t)?strap_std) \d+(?:\.\d+)?/g, '$1 #'],
  [/\boaievalset-action \d+\.\d+\.\d+\b/g, 'oaievalset-action #.#.#'],
  [/\bPython 3\\?\.\d+(?:\.\d+)?\b/g, 'Python 3.##'],
  [/\bpython3\.\d+\b/g, 'python3.##'],
  [/\b127\.0\.0\.1:\d{5}\b/g, '127.0.0.1:####'],
  [/\b(process|pid) \d+\b/gi, '$1 #'],
];

/** Of a run that waits. */
const COUNTS: readonly Figure[] = [
  [/\b\d[\d,]*(?= (?:retries|retry|attempts|tries|requests? failed|failed, retries)\b)/g, '#'],
];

/** @returns a function that replaces what differs */
export function normaliser({ places, keeps = [], waits = false }: Differences): (text: string) => string {
  // The longest first: a directory may contain another one.
  const known = Object.entries(places).toSorted(([a], [b]) => b.length - a.length);
  const figures = waits ? [...FIGURES, ...COUNTS] : FIGURES;
  return (text) => {
    let shown = text;
    for (const [place, name] of known) shown = shown.replaceAll(place, name);
    for (const [index, phrase] of keeps.entries()) shown = shown.replaceAll(phrase, mark(index));
    for (const [pattern, figure] of figures) shown = shown.replace(pattern, figure);
    for (const [index, phrase] of keeps.entries()) shown = shown.replaceAll(mark(index), phrase);
    return shown;
  };
}

/** A character that no text has. */
const mark = (index: number): string => String.fromCodePoint(0xe000 + index);

/** Lines that are printed each time that a while has passed: a slow machine prints more of them. */
export const PROGRESS: RegExp = /^\d[\d,]* of \d[\d,]* evals have ended/;

/** Whether the line says how far the run is. */
export function isProgress(line: string): boolean {
  return PROGRESS.test(line);
}

/** Two lines that have the same one differ only in numbers. */
export function withoutNumbers(line: string): string {
  return line.replace(/#+|\d+(?:[.,]\d+)*/g, '#');
}
