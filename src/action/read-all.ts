import { ActionError, oneError } from '../errors.ts';

/** Reads each property of a value. */
export type Readers<T> = { readonly [Name in keyof T]: () => T[Name] | Promise<T[Name]> };

/**
 * Reads all properties, so that one error names all that are wrong, and not only the first.
 * @throws ActionError in the order of the readers; anything else that a reader throws, as it is
 */
export async function readAll<T extends object>(readers: Readers<T>): Promise<T> {
  const errors: ActionError[] = [];
  const properties: [string, unknown][] = [];
  for (const [name, read] of Object.entries<() => unknown>(readers)) {
    try {
      properties.push([name, await read()]);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw oneError(errors);
  return Object.fromEntries(properties) as T;
}
