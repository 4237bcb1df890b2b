/**
 * Names of models that evals have written into themselves, and the live model that is asked in place of each. A replacement is
 * not replaced again.
 */
export type ModelMap = ReadonlyMap<string, string>;

export const noModelMap: ModelMap = new Map();

/** The names that an eval asked for, each with the model that was sent: the same name, unless the map replaces it. */
export type AskedModels = Readonly<Record<string, string>>;

/** The lines of the map in an order that does not depend on how the user sorted them. */
export function sortedLines(map: ModelMap): (readonly [name: string, live: string])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether an eval that asked for these models would send the same requests with this map. */
export function sendsTheSame(asked: AskedModels, map: ModelMap): boolean {
  return Object.entries(asked).every(([name, sent]) => (map.get(name) ?? name) === sent);
}

/** The names that were replaced, each with the model that was sent. */
export function replacedIn(asked: AskedModels): [name: string, live: string][] {
  return Object.entries(asked).filter(([name, sent]) => name !== sent);
}
