/** Reads the input `model-map`: one `name=live-name` a line. */
import type { ModelMap } from '../../model/model-map.ts';
import { firstInvisible } from '../../text.ts';
import { lines, wrongLines } from './text.ts';

const NAME = 'model-map';

/** Where the names come from that the map must not replace. */
export type ChosenNames = Readonly<Record<string, readonly string[]>>;

/**
 * @param chosen names that the user has chosen, by the input that chooses them
 * @throws ActionError INPUT_INVALID, which names every wrong line
 */
export function readModelMap(chosen: ChosenNames): ModelMap {
  const map = new Map<string, string>();
  const problems: string[] = [];
  for (const line of lines(NAME)) {
    const [name = '', live = '', ...rest] = line.split('=').map((part) => part.trim());
    const problem = rest.length > 0 ? 'it has more than one "="' : whyWrong(line, name, live, map, chosen);
    if (problem === undefined) map.set(name, live);
    else problems.push(`${JSON.stringify(line)}: ${problem}`);
  }
  if (problems.length === 0) return map;
  throw wrongLines(
    NAME,
    problems,
    `Write one "name=live model" a line, such as gpt-4-32k=<live model>: the name that evals have written into themselves, and the model to ask instead.`,
  );
}

function whyWrong(
  line: string,
  name: string,
  live: string,
  map: ModelMap,
  chosen: ChosenNames,
): string | undefined {
  if (!line.includes('=')) return 'it has no "="';
  if (name === '') return 'the name before "=" is missing';
  if (live === '') return 'the live model after "=" is missing';
  const invisible = firstInvisible(name) ?? firstInvisible(live);
  if (invisible !== undefined) return `it contains the invisible character ${invisible}`;
  if (/\s/.test(name) || /\s/.test(live)) return 'a model name cannot contain white space';
  if (name === live) return 'it replaces a name with itself';
  if (map.has(name)) return `${name} is already replaced by an earlier line`;
  const input = Object.keys(chosen).find((each) => chosen[each]?.includes(name));
  return input && `${name} is the value of the input ${input}, so set ${input} to ${live} instead`;
}
