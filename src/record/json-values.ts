/** What the values of a record are. A record was written by others, so nothing in it has a known type. */

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A number of something, or 0 for anything else. */
export function countIn(value: unknown): number {
  return isWholeNumber(value) ? value : 0;
}

/** The value at a path such as `task/instruction`; undefined when there is none. Inherited properties are none. */
export function valueAt(data: JsonObject, path: string): unknown {
  let value: unknown = data;
  for (const name of path.split('/')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
