/**
 * The tables of inputs and outputs that documents have between two comments:
 *
 *     <!-- inputs: action.yml -->                        all inputs, with their whole descriptions
 *     <!-- /inputs -->
 *     <!-- inputs: action.yml: model, eval-set -->       these inputs, in this order, each with its first sentence
 *     <!-- /inputs -->
 *     <!-- outputs: merge/action.yml -->                 the outputs of another action of this repository
 *     <!-- /outputs -->
 */

/** One input or output of an action. An output has no `default`. */
interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

export type Section = 'inputs' | 'outputs';

/** What a table needs of an `action.yml`. */
export type Action = Readonly<Partial<Record<Section, Readonly<Record<string, Entry>>>>>;

const TABLE = /(<!-- (inputs|outputs): (\S+?\.yml)(?:: ([^\n]*?))? -->\n)([\s\S]*?)(<!-- \/\2 -->)/g;
const MARK = /<!-- \/?(?:inputs|outputs)\b[^\n]*/g;

/**
 * @param actionAt reads the action at a path that starts at the root of the repository
 * @returns the document with its tables as the actions are now
 * @throws when a mark has no partner, or a table names an input or output that the action does not have
 */
export function withTables(text: string, actionAt: (path: string) => Action): string {
  const tables = [...text.matchAll(TABLE)];
  const marks = [...text.matchAll(MARK)];
  if (marks.length !== 2 * tables.length)
    throw new Error(`These marks of tables do not belong together: ${marks.map(([mark]) => mark).join(' ')}`);
  return text.replaceAll(TABLE, (_, start: string, section: Section, path: string, names, _old, end) => {
    const rows = entriesOf(actionAt(path)[section] ?? {}, names, path);
    return `${start}\n${table(section, rows)}\n\n${end}`;
  });
}

function entriesOf(
  all: Readonly<Record<string, Entry>>,
  names: string | undefined,
  path: string,
): (readonly [string, Entry])[] {
  if (names === undefined) return Object.entries(all);
  return names.split(', ').map((name) => {
    const entry = all[name];
    if (!entry) throw new Error(`${path} has no ${name}, which a table names.`);
    return [name, { ...entry, description: firstSentence(entry.description) }];
  });
}

/** A full stop ends a sentence only if what follows begins another: `such as 1.5h` and `results.json` go on. */
function firstSentence(text: string): string {
  return /^[\s\S]*?[.](?= +[A-Z`"])/.exec(text)?.[0] ?? text;
}

function table(section: Section, rows: readonly (readonly [string, Entry])[]): string {
  const head =
    section === 'inputs'
      ? ['| Input | Default | Meaning |', '| :--- | :--- | :--- |']
      : ['| Output | Meaning |', '| :--- | :--- |'];
  return [...head, ...rows.map(section === 'inputs' ? inputRow : outputRow)].join('\n');
}

function inputRow([name, { description, required, default: fallback = '' }]: readonly [
  string,
  Entry,
]): string {
  return `| \`${name}\` | ${required ? 'required' : code(fallback)} | ${inCell(description)} |`;
}

function outputRow([name, { description }]: readonly [string, Entry]): string {
  return `| \`${name}\` | ${inCell(description)} |`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${inCell(text)}\``;
}

/** A bar would begin another cell. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
