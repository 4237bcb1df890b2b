import { type ModelMap, sortedLines } from '../model/model-map.ts';
import type { Outcome } from '../model/outcome.ts';

/**
 * A warning about names of the model map that no eval asked for, which usually are misspelt; undefined when all were asked for,
 * or when an eval may still ask for them: one that has not completed, or whose models were not recorded. Pure.
 */
export function unaskedModels(map: ModelMap, outcomes: readonly Outcome[]): string | undefined {
  const asked = new Set<string>();
  for (const outcome of outcomes) {
    const models = 'record' in outcome ? outcome.record?.models : undefined;
    if (models === undefined) return undefined;
    for (const name of Object.keys(models)) asked.add(name);
  }
  const names = sortedLines(map).flatMap(([name]) => (asked.has(name) ? [] : [name]));
  if (names.length === 0) return undefined;
  const [what, lines] = names.length === 1 ? ['this name', 'its line'] : ['these names', 'their lines'];
  return `No eval of the set asked for ${what} of the input model-map: ${names.join(', ')}. Check the spelling, or remove ${lines}.`;
}
